"""The public portal: ask, track by number and query code, confirm or reopen, rate, and figures without login."""

from __future__ import annotations

import csv
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xirang.areas.queries import known_children, root_area
from xirang.engines.cases import commands, policy, queries
from xirang.engines.cases.forms import WHOSE_MATTER, AskForm, DeclaredForm, TrackForm
from xirang.engines.cases.limits import guessing, repeat_key, take_ask
from xirang.engines.cases.pages import views
from xirang.engines.cases.queries import installed, prefill
from xirang.engines.cases.queries.portal import expected_due
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, TooManyError
from xirang.foundation.ids import new_id, query_code
from xirang.foundation.pages import Asked, anyone, now, page
from xirang.ui.wording import reader_language

RECEIPTS, RECEIPTS_KEPT = "receipts", 20


@page(anyone)
def home(request: Asked) -> HttpResponse:
    moment = now()
    figures = queries.get_public_figures(now=moment) if root_area(local_date(moment)) else None
    return render(
        request,
        "cases/portal.html",
        {
            "services": _services(request),
            "after": views.what_happens(),
            "bar": views.bar(figures) if figures else (),
            "now": moment,
            "figures": figures,
        },
    )


@page(anyone)
def services(request: Asked) -> HttpResponse:
    """Every service that is open; a word typed on the first page goes along into the form."""
    found = _services(request)
    said = request.GET.get("said", "")[:500]
    return render(request, "cases/services.html", {"services": found, "said": said})


@page(anyone)
def ask(request: Asked, process: str) -> HttpResponse:
    moment, language = now(), _language()
    root = root_area(local_date(moment))
    if root is None or (active := installed.get_active(process, root.path)) is None:
        raise NotFoundError()
    if not policy.can_open_case(request.actor, active.process, active.area_path):
        if is_public(request.actor):
            return HttpResponseRedirect(f"{reverse('people:sign_in')}?next={request.path}")
        raise NotAllowedError(
            code="not_open_to_you",
            zh=f"“{active.process.title.zh}”不对您目前的身份开放。",
            en="This service is not open to your present role.",
        )
    about_another = active.process.about == "person" and policy.can_ask_for_others(request.actor)
    known = prefill.known_of(active.process, actor=request.actor, about_another=about_another)
    specs = {code: spec for code, spec in active.process.fields.items() if code not in known.fields}
    areas = () if known.area_id else known_children(root.pk, local_date(moment))
    first_text = next((code for code, spec in specs.items() if spec.kind == "text"), "")
    initial = {"submission": str(new_id()), first_text: request.GET.get("said", "")[:500]}
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    status = 0
    form = AskForm(
        specs, *given, language=language, root=root, areas=areas, about_another=about_another, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _open(request, form, active.process.code, root.pk, known.area_id)
        except InvalidError as error:
            form.add_command_errors(error)
        except TooManyError as error:  # What was typed stays on the page until it may be sent.
            form.add_error(None, error.sentence())
            status = error.status
    groups = views.known_groups(known, active.process, language)
    return render(
        request,
        "cases/ask.html",
        {
            "process": active.process,
            "form": form,
            "title": active.process.title.text(language),
            "now": moment,
            "known": groups,
            "expected": expected_due(active.process, moment, language),
            "to_fill": len(specs) + (len(WHOSE_MATTER) if about_another else 0),
            "filled": sum(group.saved for group in groups),
        },
        status=status or (400 if form.errors else 200),
    )


def _open(request: Asked, form: AskForm, process: str, root_id: UUID, known_area: UUID | None) -> HttpResponse:
    moment, actor = now(), request.actor
    take_ask(request, actor, moment)
    area = form.cleaned_data.get("area")
    if area is not None and root_id not in area.path:
        raise InvalidError(
            fields={"area": _("请选择本区的街道或社区。")},
            zh="请选择本区的街道或社区。",
            en="Please choose an area of this district.",
        )
    area_id = area.pk if area else known_area or root_id
    opening = commands.Opening(
        process=process,
        area_id=area_id,
        answers=form.answers(),
        places=form.places(),
        files=form.stored_files(),
        about_person=form.about_person(),
    )
    case_id = commands.open_case.once(_key_of(form, opening), actor=actor, opening=opening, now=moment)
    _remember(request, case_id)
    return HttpResponseRedirect(reverse("cases:receipt", args=[case_id]))


def _key_of(form: AskForm, opening: commands.Opening) -> str:
    """The same form sent twice is one case; the same page with other words in it is another request."""
    places = {code: asdict(place) for code, place in opening.places.items()}
    files = {code: [stored.sha256 for stored in items] for code, items in opening.files.items()}
    mark = form.cleaned_data.get("submission") or str(new_id())
    return repeat_key(
        "ask", mark, opening.process, str(opening.area_id), opening.answers, places, files, opening.about_person
    )


@page(anyone)
def receipt(request: Asked, case_id: UUID) -> HttpResponse:
    """What the requester takes home: number, query code, who acts next and until when."""
    actor = requester(request, case_id)
    moment = now()
    view = queries.get_case_view(actor=actor, case_id=case_id, now=moment, language=_language())
    code = query_code(settings.SECRETS.bytes_of("receipts_key"), case_id)
    address = request.build_absolute_uri(reverse("cases:track")) + f"?number={view.case.number}"
    return render(
        request, "cases/receipt.html", {"view": view, "now": moment, "receipt": views.receipt_card(view, code, address)}
    )


@page(anyone)
def track(request: Asked) -> HttpResponse:
    form = TrackForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    if request.method == "POST" and form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        try:
            with guessing(request, number, now()):
                case = queries.find_case_by_receipt(number=number, code=code)
        except NotFoundError as error:
            form.add_error("number" if error.code == "mistyped_number" else None, error.sentence())
        else:
            _remember(request, case.pk)
            return HttpResponseRedirect(reverse("cases:tracked", args=[case.pk]))
    return render(request, "cases/track.html", {"form": form}, status=400 if form.errors else 200)


@page(anyone)
def tracked(request: Asked, case_id: UUID) -> HttpResponse:
    """The requester's view of one case, and what the requester may do with it now."""
    moment = now()
    view = queries.get_case_view(actor=requester(request, case_id), case_id=case_id, now=moment, language=_language())
    return render(
        request,
        "cases/tracked.html",
        {"view": view, "now": moment, "dispatch_why": views.dispatch_why(view), **views.public_context(view, moment)},
    )


@page(anyone)
def answer(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """One action of the requester: confirm and rate, reopen, supplement, withdraw."""
    actor, moment, language = requester(request, case_id), now(), _language()
    view = queries.get_case_view(actor=actor, case_id=case_id, now=moment, language=language)
    spec = next((one for one in view.allowed if one.code == action), None)
    if spec is None:
        messages.info(request, _("这一步现在不能办，办件可能已有变化。"))
        return HttpResponseRedirect(reverse("cases:tracked", args=[case_id]))
    form = DeclaredForm(spec.asks, request.POST or None, request.FILES or None, language=language)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            commands.act_on_case(
                actor=actor,
                case_id=case_id,
                action=action,
                answers=form.answers(),
                files=form.stored_files(),
                now=moment,
                seq=views.seq_of(request),
            )
        except InvalidError as error:
            form.add_command_errors(error)
        except ConflictError as error:
            form.add_error(None, error.sentence())
            status = error.status
        else:
            messages.success(request, _("“%(title)s”已提交。") % {"title": spec.title.text(language)})
            return HttpResponseRedirect(reverse("cases:tracked", args=[case_id]))
    return render(
        request,
        "cases/answer.html",
        {"view": view, "spec": spec, "form": form, "now": moment, "title": spec.title.text(language)},
        status=status or (400 if form.errors else 200),
    )


@page(anyone)
def figures(request: Asked) -> HttpResponse:
    """Figures for everybody: what came in, what was solved, explained, put on account, reopened; also as CSV."""
    moment = now()
    months = queries.list_public_months(now=moment)
    found = queries.get_public_figures(now=moment)
    if request.GET.get("format") == "csv":
        return _csv(months)
    return render(
        request,
        "cases/figures.html",
        {"months": months, "figures": found, "bar": views.bar(found), "now": moment},
    )


def _csv(months: list[Any]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="xirang-figures.csv"'
    writer = csv.writer(response)
    writer.writerow(["月份", "收到", "已解决", "已解释", "挂账", "重开", "办理中"])
    for month in months:
        writer.writerow(
            [
                f"{timezone.localtime(month.month):%Y-%m}",
                month.received,
                month.solved,
                month.explained,
                month.on_account,
                month.reopened,
                month.in_hand,
            ]
        )
    return response


def _services(request: Asked) -> list[views.Service]:
    root = root_area(local_date(now()))
    return views.services(request.actor, root.path if root else [], _language())


def _language() -> str:
    return reader_language()


def _remember(request: Asked, case_id: UUID) -> None:
    """Keep the receipts that this browser has shown in its session; nothing of it is in the address."""
    kept = [item for item in request.session.get(RECEIPTS, []) if item != str(case_id)]
    request.session[RECEIPTS] = [*kept[-(RECEIPTS_KEPT - 1) :], str(case_id)]


def requester(request: Asked, case_id: UUID) -> Actor:
    """Whoever holds the receipt acts as the requester; a signed-in person acts as themselves where they see the case.

    So an officer never becomes the requester by knowing a code, and a resident who has signed in since still follows
    what they reported without an account.
    """
    actor = request.actor
    held = str(case_id) in request.session.get(RECEIPTS, [])
    if not is_public(actor):
        mine = not held or actor.read_only or queries.sees_case(actor=actor, case_id=case_id)
        return actor if mine else queries.receipt_actor(case_id)
    if not held:
        raise queries.WrongReceiptError(
            zh="请先用办件编号和查询码查询。", en="Please look the case up by its number and query code."
        )
    return queries.receipt_actor(case_id)
