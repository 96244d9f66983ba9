"""Lists for those who work: mine by deadline, the dispatchers' desk, everything within my scope, what I asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xirang.engines.cases import commands, queries
from xirang.engines.cases.logic.words import OUTCOMES, titled
from xirang.engines.cases.pages import views
from xirang.engines.cases.queries import CaseFilter, DeclaredView, installed
from xirang.engines.cases.queries.rows import CaseRow
from xirang.foundation.addresses import address_of
from xirang.foundation.errors import NotFoundError, XirangError
from xirang.foundation.ids import parse_uuid
from xirang.foundation.pages import Asked, now, page, roles, signed_in
from xirang.foundation.paging import PAGE
from xirang.people.queries import is_office, list_saved_views
from xirang.ui.components import BulkAction, Column, DueBucket, Pager, Table, ViewChip
from xirang.ui.wording import reader_language

FILTERS = ("list", "due", "process", "stage", "outcome", "q", "area", "unit", "reopened", "state", "view", "closed")
BULK_LIMIT = 100
# Key in the address, title, and what the chip adds to the filter.
Chips = list[tuple[str, str, dict[str, Any]]]


@page(signed_in)
def work(request: Asked) -> HttpResponse:
    """My work, ordered by deadline."""
    chips: Chips = [
        ("", _("全部"), {}),
        ("sign", _("等我签收"), {"at": installed.handed_stages()}),
        ("again", _("已重开"), {"outcome": "reopened"}),
        ("account", _("挂账"), {"outcome": "on_account"}),
    ]
    return _list(
        request,
        "work",
        _("待我办"),
        {"mine": True},
        chips,
        strip=True,
        bulk=True,
        empty=(_("没有要您办的件"), _("新交办的件会出现在这里，并发消息给您。")),
    )


@page(roles("dispatcher", "unit_leader", "grid_worker", "leader", "auditor"))
def dispatch(request: Asked) -> HttpResponse:
    """Cases that wait to be handed to a unit, oldest deadline first."""
    stages = installed.desk_stages()
    chips = [("", _("全部"), {}), ("late", _("已超期"), {"due": "late"}), ("today", _("今天到期"), {"due": "today"})]
    return _list(
        request,
        "dispatch",
        _("待交办"),
        {"stages": stages},
        chips,
        empty=(_("没有等交办的件"), _("按规则能定的已自动分派。")),
    )


@page(signed_in)
def everything(request: Asked) -> HttpResponse:
    """All cases within my scope."""
    chips = [
        ("", _("在办"), {}),
        ("late", _("超期未办结"), {"due": "late"}),
        ("account", _("挂账"), {"outcome": "on_account"}),
        ("again", _("重开"), {"reopened": "1"}),
        ("solved", _("已解决"), {"state": "done", "outcome": "solved"}),
        ("explained", _("已解释"), {"state": "done", "outcome": "explained"}),
        ("all", _("全部"), {"state": "all"}),
    ]
    return _list(request, "cases", _("全部办件"), {}, chips, empty=(_("没有符合条件的件"), _("放宽条件再看看。")))


@page(signed_in)
def asked(request: Asked) -> HttpResponse:
    """What I, or the firm I speak for, asked for."""
    chips = [("", _("办理中"), {}), ("done", _("已办结"), {"state": "done"}), ("all", _("全部"), {"state": "all"})]
    return _list(
        request,
        "asked",
        _("我的求助"),
        {"asked": True},
        chips,
        empty=(_("还没有提交过求助"), _("有事直接说，谁在办、几时办好，随时能查。")),
        empty_link=(reverse("cases:services"), _("我要求助")),
    )


def _list(
    request: Asked,
    name: str,
    title: str,
    fixed: dict[str, Any],
    chips: Chips,
    *,
    strip: bool = False,
    bulk: bool = False,
    empty: tuple[str, str],
    empty_link: tuple[str, str] = ("", ""),
) -> HttpResponse:
    moment, language = now(), reader_language()
    given = {key: value for key in FILTERS if (value := request.GET.get(key, "").strip()[:80])}
    chosen = next((extra for key, _title, extra in chips if key and key == given.get("view")), {})
    wanted = _filter({**given, **chosen, **fixed})
    declared = _declared(request, given.get("list", ""), moment) if name == "cases" else None
    key = request.GET.get("key", "")
    if declared is not None:
        found = queries.list_declared(actor=request.actor, declared=declared, key=key)
    else:
        found = queries.list_cases(actor=request.actor, wanted=wanted, now=moment, key=key)
    url = address_of(f"cases:{name}")
    table = Table(
        columns=_columns(by_deadline=declared.open_only if declared else wanted.state == "open"),
        rows=views.rows(found.rows, language, office=is_office(request.actor)),
        caption=title,
        selectable=bulk,
        bulk=_bulk(found.rows) if bulk else (),
        empty_title=empty[0],
        empty_text=empty[1],
        empty_url=empty_link[0],
        empty_action=empty_link[1],
        pager=Pager(
            None,
            _("件"),
            PAGE,
            previous_url=_page_url(url, given, found.previous),
            next_url=_page_url(url, given, found.next),
        ),
    )
    context = {
        "title": title,
        "name": name,
        "table": table,
        "now": moment,
        "given": given,
        "given_query": urlencode(given),
        "url": url,
        "clear": url if given else "",
        "chips": _chips(request, name, url, chips, given),
        "processes": sorted((c, t[language == "en"]) for c, t in installed.titles().items()),
        "declared": _declared_titles() if name == "cases" else (),
        "outcomes": [(code, titled(OUTCOMES, code, language)) for code in OUTCOMES],
        "strip": _strip(request, wanted, url, given, moment) if strip else (),
    }
    return render(request, "cases/list.html", context)


def _filter(given: dict[str, Any]) -> CaseFilter:
    return CaseFilter(
        state=given.get("state", "open") if given.get("state") in ("open", "done", "all") else "open",
        due=given.get("due", ""),
        mine=bool(given.get("mine")),
        asked=bool(given.get("asked")),
        process=given.get("process", ""),
        stages=tuple(given["stages"]) if "stages" in given else (given["stage"],) if given.get("stage") else (),
        at=given.get("at"),
        outcome=given.get("outcome", ""),
        reopened=given.get("reopened") == "1",
        unit_id=parse_uuid(given.get("unit", "")),
        area_id=parse_uuid(given.get("area", "")),
        text=given.get("q", ""),
        closed_since=_day(given.get("closed", "")),
    )


def _day(text: str) -> date | None:
    """A day of an address, or None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _declared(request: Asked, text: str, moment: datetime) -> DeclaredView | None:
    """The list that a process declares, named `process.view` in the address; an unknown name is a list not found."""
    if not text:
        return None
    code, _dot, view = text.partition(".")
    process = next((active.process for active in installed.active_processes() if active.code == code), None)
    if process is None or view not in process.views:
        raise NotFoundError(code="no_such_list", zh="没有这个列表，它可能已随应用包停用。", en="There is no such list.")
    return queries.read_view(process, process.views[view], actor=request.actor, now=moment)


def _columns(*, by_deadline: bool) -> tuple[Column, ...]:
    due = (Column("due", _("截止"), "due", sorted="up"),) if by_deadline else ()
    return (
        *due,
        Column("title", _("事项"), "title"),
        Column("status", _("状态"), "status"),
        Column("area", _("区域"), secondary=True),
        Column("holder", _("承办"), secondary=True),
        Column("number", _("编号"), secondary=True),
    )


def _bulk(cases: Iterable[CaseRow]) -> tuple[BulkAction, ...]:
    found: dict[str, str] = {}
    for case in cases:
        process = installed.offered_at(case.process_id, case.area_path)
        if code := views.bulk_action(process, case.stage):
            found[code] = process.actions[code].title.text(reader_language())
    return tuple(
        BulkAction(title, reverse("cases:bulk", args=[code]), "check-lg", needs=code) for code, title in found.items()
    )


def _strip(request: Asked, wanted: CaseFilter, url: str, given: dict[str, str], moment: Any) -> tuple[DueBucket, ...]:
    desk = CaseFilter(stages=installed.desk_stages()) if request.actor.holds("dispatcher") else None
    counts = queries.count_by_due(actor=request.actor, wanted=wanted, now=moment, beside=desk)
    request.waiting = counts["beside" if desk else "all"]  # The badge of the shell says the same figure.
    words = {
        "late": _("已超期"),
        "today": _("今天到期"),
        "tomorrow": _("明天"),
        "week": _("本周"),
        "later": _("以后"),
        "waiting": _("等待中"),
    }
    return tuple(
        DueBucket(
            word,
            counts[key] if counts[key] <= queries.CAP else f"{queries.CAP}+",
            f"{url}?{urlencode({'due': key})}",
            late=key == "late" and counts[key] > 0,
            active=given.get("due") == key,
        )
        for key, word in words.items()
    )


def _chips(request: Asked, name: str, url: str, chips: Chips, given: dict[str, str]) -> tuple[ViewChip, ...]:
    own = list_saved_views(request.actor, f"cases:{name}") if is_office(request.actor) else []
    fixed = tuple(
        ViewChip(
            title, f"{url}?view={key}" if key else url, active=given.get("view", "") == key and (bool(key) or not given)
        )
        for key, title, _extra in chips
    )
    saved = tuple(
        ViewChip(view.title, f"{url}?{urlencode(view.query)}", active=given == view.query, own=True) for view in own
    )
    return fixed + saved


def _declared_titles() -> list[tuple[str, str]]:
    """The lists that active processes declare, as `process.view` and title."""
    language = reader_language()
    processes = {active.code: active.process for active in installed.active_processes()}
    return [
        (f"{process.code}.{view.code}", f"{process.title.text(language)} · {view.title.text(language)}")
        for process in processes.values()
        for view in process.views.values()
    ]


def _page_url(url: str, given: dict[str, str], key: str) -> str:
    return f"{url}?{urlencode({**given, 'key': key})}" if key else ""


@require_POST
@page(signed_in)
def bulk(request: Asked, action: str) -> HttpResponse:
    """One action that asks nothing, on several cases; each is a command of its own, what fails is named."""
    ids = [parsed for text in request.POST.getlist("ids")[:BULK_LIMIT] if (parsed := parse_uuid(text))]
    done, refused = 0, []
    for case_id in ids:
        try:
            commands.act_on_case(actor=request.actor, case_id=case_id, action=action, answers={}, now=now())
            done += 1
        except XirangError as error:
            refused.append(error.sentence())
    if done:
        messages.success(request, _("已办 %(count)s 件。") % {"count": done})
    if refused:
        messages.error(request, _("%(count)s 件没有办成：%(why)s") % {"count": len(refused), "why": refused[0]})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else reverse("cases:work"))
