"""The page of one case: deadline first, the reason one click away, only the actions that the reader may take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xirang.areas.queries import root_area
from xirang.engines.cases import commands, policy, queries
from xirang.engines.cases.forms import DeclaredForm, NoteForm
from xirang.engines.cases.logic.dispatching import Dispatch
from xirang.engines.cases.logic.process import ActionSpec
from xirang.engines.cases.pages import views
from xirang.engines.cases.queries import CaseView
from xirang.engines.cases.queries.detail import suggested_unit
from xirang.foundation.actor import Ref
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import ConflictError, InvalidError, NotFoundError
from xirang.foundation.pages import Asked, now, page, signed_in
from xirang.people import commands as people
from xirang.people.models import Organisation
from xirang.people.queries import find_unit, is_office, list_units
from xirang.ui.wording import reader_language


def _view(request: Asked, case_id: UUID) -> tuple[CaseView, dict[str, Any]]:
    moment = now()
    view = queries.get_case_view(
        actor=request.actor,
        case_id=case_id,
        now=moment,
        language=reader_language(),
    )
    return view, {
        "view": view,
        "case": view.case,
        "now": moment,
        "dispatch_why": views.dispatch_why(view),
        "crumbs": [(_("全部办件"), reverse("cases:cases")), (view.case.number, "")],
        "tags": [view.process.title.text(view.language)],
        **views.public_context(view, moment),
    }


@page(signed_in)
@require_GET
def page_of_case(request: Asked, case_id: UUID) -> HttpResponse:
    """The office's page of a case; a requester is led to their own."""
    if not is_office(request.actor):
        return HttpResponseRedirect(reverse("cases:tracked", args=[case_id]))
    view, context = _view(request, case_id)
    return render(
        request,
        "cases/case.html",
        {
            **context,
            "note_form": NoteForm(may_reply=view.can_reply),
            "personal": [shown for shown in view.fields if shown.personal],
            "source": queries.find_source(actor=request.actor, case=view.case, now=context["now"]),
            "caused": view.caused,
        },
    )


@page(signed_in)
@require_GET
def drawer(request: Asked, case_id: UUID) -> HttpResponse:
    """The summary that docks beside a list."""
    _found, context = _view(request, case_id)
    return render(request, "cases/drawer.html", {**context, "recent": context["timeline"][:3]})


@page(signed_in)
def act(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """The questions of one action, and taking it."""
    view, context = _view(request, case_id)
    spec = view.offered.actions.get(action)
    if action not in view.process.actions:
        raise NotFoundError()
    if spec is None or (request.method != "POST" and spec not in view.allowed):
        messages.info(request, _("这一步现在不能办，办件可能已有变化。"))
        return HttpResponseRedirect(reverse("cases:case", args=[case_id]))
    units = _units(view) if any(ask.kind == "unit" for ask in spec.asks.values()) else []
    form = DeclaredForm(
        spec.asks,
        request.POST or None,
        request.FILES or None,
        language=view.language,
        units=units,
        initial=_suggested(view, spec),
    )
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            commands.act_on_case(
                actor=request.actor,
                case_id=case_id,
                action=action,
                answers=form.answers(),
                files=form.stored_files(),
                now=context["now"],
                seq=views.seq_of(request),
            )
        except InvalidError as error:
            form.add_command_errors(error)
        except ConflictError as error:
            # What was typed stays on the page, for whoever still wants to act after reading what has changed.
            form.add_error(None, error.sentence())
            status = error.status
        else:
            messages.success(
                request,
                _("%(number)s 已%(title)s。") % {"number": view.case.number, "title": spec.title.text(view.language)},
            )
            return HttpResponseRedirect(_after(request, view, case_id))
    return render(
        request,
        "cases/act.html",
        {
            **context,
            "spec": spec,
            "form": form,
            "title": spec.title.text(view.language),
            "destructive": views.is_destructive(spec, view.process),
            "suggestion": _suggestion(view, spec),
        },
        status=status or (400 if form.errors else 200),
    )


def _units(view: CaseView) -> list[Organisation]:
    """Units of the whole district: a case lies in a community, while whoever handles it mostly serves everybody."""
    return list_units(root_area(local_date(now())) or view.case.area)


def _after(request: Asked, view: CaseView, case_id: UUID) -> str:
    """Back to the case; whoever can no longer see it goes back to their work."""
    try:
        queries.get_case(actor=request.actor, case_id=case_id)
    except NotFoundError:
        return reverse("cases:work")
    return reverse("cases:case", args=[case_id])


def _suggestion(view: CaseView, spec: ActionSpec) -> Dispatch | None:
    """The unit that the rules suggest to the desk, with the reason."""
    if view.offered.assignment is None or spec.code != view.offered.assignment.code:
        return None
    return suggested_unit(view)


def _suggested(view: CaseView, spec: ActionSpec) -> dict[str, str]:
    decision = _suggestion(view, spec)
    unit = find_unit(decision.unit.removeprefix("unit/")) if decision else None
    return {spec.holds("hold"): str(unit.pk)} if unit else {}


@page(signed_in)
@require_POST
def note(request: Asked, case_id: UUID) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        commands.add_note(
            actor=request.actor,
            case_id=case_id,
            text=form.cleaned_data["text"],
            internal=form.cleaned_data["internal"],
            now=now(),
        )
        messages.success(request, _("备注已记下。"))
    else:
        messages.error(request, _("备注没有记下：请写 1 到 2000 字。"))
    return HttpResponseRedirect(reverse("cases:case", args=[case_id]))


@page(signed_in)
@require_POST
def reveal(request: Asked, case_id: UUID, field: str) -> HttpResponse:
    """Show one personal answer in clear to somebody who works on the case; purpose and reader are recorded."""
    view, context = _view(request, case_id)
    shown = next((one for one in view.fields if one.code == field and one.personal and one.person_id), None)
    if shown is None or shown.person_id is None or not policy.can_reveal_contact(view.process, view.relations):
        raise NotFoundError()
    value = people.reveal_field(
        actor=request.actor,
        person_id=shown.person_id,
        field=shown.drawer,
        purpose=request.POST.get("purpose", ""),
        now=context["now"],
        matter=Ref("case", str(case_id)),
    )
    return render(request, "cases/revealed.html", {**context, "shown": shown, "value": value})
