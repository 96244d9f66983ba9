"""Lists for those who work: mine by deadline, the dispatchers' desk, everything within my scope, what I asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from xirang.engines.cases import commands, queries
from xirang.engines.cases.pages import views
from xirang.engines.cases.pages.asking import filters_of, wanted_of
from xirang.engines.cases.pages.columns import (
    BY_ARRIVAL,
    BY_DEADLINE,
    Listed,
    columns_of_lists,
    declared_columns,
    listed,
)
from xirang.engines.cases.pages.menu import WORKING_ROLES, awaited
from xirang.engines.cases.queries import CAP, CaseFilter, Figures, installed
from xirang.foundation.addresses import address_of, address_with
from xirang.foundation.errors import XirangError
from xirang.foundation.ids import parse_uuid
from xirang.foundation.pages import Asked, Who, now, page, roles, signed_in
from xirang.foundation.paging import Page
from xirang.people.queries import is_office
from xirang.ui.components import BulkAction, DueBucket
from xirang.ui.components.lists import Words
from xirang.ui.listing import Asking, Chip, Empty, Line, Listing, Shown, list_page

BULK_LIMIT = 100
PAGE_OF = "page"  # Under these names the parts of a page keep what they found for each other.
FIGURES = "figures"
SPANS: tuple[tuple[str, Words], ...] = (
    ("late", gettext_lazy("已超期")),
    ("today", gettext_lazy("今天到期")),
    ("tomorrow", gettext_lazy("明天")),
    ("week", gettext_lazy("本周")),
    ("later", gettext_lazy("以后")),
    ("waiting", gettext_lazy("等待中")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """What tells the four lists apart. `fixed` is what the list always asks, `own` says that it holds only what the
    reader holds or asked for, so that all of it may be counted.
    """

    name: str
    title: Words
    chips: Callable[[], tuple[Chip, ...]]
    empty: Callable[[Asking], Empty]
    fixed: Callable[[], Mapping[str, Any]] = dict
    strip: bool = False
    bulk: bool = False
    own: bool = False

    def wanted(self, asking: Asking, adds: Mapping[str, Any] | None = None) -> CaseFilter:
        """What is asked for; with `adds` what a chip leads to."""
        return wanted_of(asking, {**(asking.wanted if adds is None else adds), **self.fixed()})

    def declaration(self) -> Listing[Listed]:
        """The list as the builder takes it."""
        return Listing(
            name=f"cases:{self.name}",
            title=self.title,
            unit=gettext_lazy("件"),
            heading=self._heading,
            columns=self._columns,
            rows=self._rows,
            line=_line,
            drawer=lambda key, asking: address_with("cases:drawer")(key) if _office(asking) else "",
            filters=lambda request: filters_of(request, declared=self.name == "cases"),
            chips=lambda _asking: self.chips(),
            chip_counts=lambda asking, _chips: self._figures(asking).lists,
            orders=lambda asking: BY_DEADLINE if self.wanted(asking).open_only else BY_ARRIVAL,
            total=self._total,
            most=CAP,
            strip=self._strip if self.strip else lambda _asking: (),
            bulk=_bulk if self.bulk else None,
            empty=self.empty,
        )

    def _heading(self, asking: Asking) -> Words:
        view = self.wanted(asking).declared
        return view.view.title.text(asking.language) if view else self.title

    def _columns(self, asking: Asking) -> Sequence[Shown[Listed]]:
        wanted = self.wanted(asking)
        if view := wanted.declared:
            by_deadline = wanted.open_only
            return declared_columns(view.process, view.view, by_deadline=by_deadline, language=asking.language)
        return columns_of_lists(by_deadline=wanted.open_only)

    def _rows(self, asking: Asking, key: str, size: int) -> Page[Listed]:
        wanted = self.wanted(asking)
        found = queries.list_cases(actor=asking.actor, wanted=wanted, now=asking.now, key=key, size=size)
        asking.found[PAGE_OF] = found
        view = wanted.declared
        rows = listed(found.rows, view.process, view.view.show) if view else [Listed(case) for case in found.rows]
        return Page(rows, found.previous, found.next)

    def _figures(self, asking: Asking) -> Figures:
        """The figures of chips, strip, pager and frame, by one statement."""
        if FIGURES not in asking.found:
            asking.found[FIGURES] = self._counted(asking)
        figures: Figures = asking.found[FIGURES]
        return figures

    def _counted(self, asking: Asking) -> Figures:
        lists = {chip.key: one for chip in self.chips() if self._bounded(one := self.wanted(asking, chip.adds))}
        if self.strip:
            lists.pop("", None)  # The strip says how many there are in all.
        wanted, actor = self.wanted(asking), asking.actor
        if self._bounded(wanted) and not wanted.text and _goes_on(asking):
            lists["total"] = wanted
        if actor.holds(*WORKING_ROLES) and _office(asking):
            lists["awaited"] = awaited(desk=actor.holds("dispatcher"))
        held = CaseFilter(mine=True) if self.strip else None
        same = {name: _first_alike(lists, name) for name in lists}
        asked_for = {name: one for name, one in lists.items() if same[name] == name and one != held}
        figures = queries.count_lists(actor=actor, lists=asked_for, now=asking.now, strip=held)
        counts = {name: figures.lists.get(same[name], figures.spans.get("all", 0)) for name in lists}
        if held:
            counts[""] = figures.spans["all"]
        if "awaited" in counts:
            asking.request.waiting = counts["awaited"]  # The frame of the page says the same figure.
        return Figures(counts, figures.spans)

    def _bounded(self, wanted: CaseFilter) -> bool:
        """Whether counting ends with few rows read: of closed cases only one's own are found without a walk."""
        return wanted.open_only or self.own or wanted == CaseFilter(state="all", turned=wanted.turned)

    def _total(self, asking: Asking) -> int | None:
        if not _goes_on(asking):
            return len(asking.found[PAGE_OF].rows)
        return self._figures(asking).lists.get("total")

    def _strip(self, asking: Asking) -> tuple[DueBucket, ...]:
        counts = self._figures(asking).spans
        return tuple(
            DueBucket(
                str(word),
                counts[key] if counts[key] <= CAP else f"{CAP}+",
                f"{asking.url}?due={key}",
                late=key == "late" and counts[key] > 0,
                active=asking.get("due") == key,
            )
            for key, word in SPANS
        )


def _first_alike(lists: Mapping[str, CaseFilter], name: str) -> str:
    """The first name under which the same list is asked for: what a chip shows is often the page itself."""
    one = lists[name]
    if one.declared:
        return name
    return next(other for other, alike in lists.items() if not alike.declared and alike == one)


def _goes_on(asking: Asking) -> bool:
    """Whether the page that was found is not the whole list."""
    found: Page[Any] = asking.found[PAGE_OF]
    return bool(found.previous or found.next)


def _office(asking: Asking) -> bool:
    """Whether the reader works here, and so opens cases beside the list; others have the requester's page of them."""
    if "office" not in asking.found:
        asking.found["office"] = is_office(asking.actor)
    return bool(asking.found["office"])


def _line(row: Listed, asking: Asking) -> Line:
    key, case = str(row.case.pk), row.case
    address = address_with("cases:case" if _office(asking) else "cases:tracked")
    return Line(key, address(key), views.bulk_action(installed.offered_at(case.process_id, case.area_path), case.stage))


def _bulk(shown: Sequence[Listed], asking: Asking) -> tuple[BulkAction, ...]:
    found: dict[str, str] = {}
    for row in shown:
        process = installed.offered_at(row.case.process_id, row.case.area_path)
        if code := views.bulk_action(process, row.case.stage):
            found[code] = process.actions[code].title.text(asking.language)
    return tuple(
        BulkAction(title, reverse("cases:bulk", args=[code]), "check-lg", needs=code) for code, title in found.items()
    )


def _chips_of_work() -> tuple[Chip, ...]:
    return (
        Chip("", gettext_lazy("全部")),
        Chip("sign", gettext_lazy("等我签收"), {"at": installed.handed_stages()}),
        Chip("again", gettext_lazy("已重开"), {"outcome": "reopened"}),
        Chip("account", gettext_lazy("挂账"), {"outcome": "on_account"}),
    )


def _chips_of_desk() -> tuple[Chip, ...]:
    return (
        Chip("", gettext_lazy("全部")),
        Chip("late", gettext_lazy("已超期"), {"due": "late"}),
        Chip("today", gettext_lazy("今天到期"), {"due": "today"}),
    )


def _chips_of_cases() -> tuple[Chip, ...]:
    return (
        Chip("", gettext_lazy("在办")),
        Chip("late", gettext_lazy("超期未办结"), {"due": "late"}),
        Chip("account", gettext_lazy("挂账"), {"outcome": "on_account"}),
        Chip("again", gettext_lazy("重开"), {"reopened": "1"}),
        Chip("solved", gettext_lazy("已解决"), {"state": "done", "outcome": "solved"}),
        Chip("explained", gettext_lazy("已解释"), {"state": "done", "outcome": "explained"}),
        Chip("all", gettext_lazy("全部"), {"state": "all"}),
    )


def _chips_of_asked() -> tuple[Chip, ...]:
    return (
        Chip("", gettext_lazy("办理中")),
        Chip("done", gettext_lazy("已办结"), {"state": "done"}),
        Chip("all", gettext_lazy("全部"), {"state": "all"}),
    )


WORK = CaseList(
    name="work",
    title=gettext_lazy("待我办"),
    chips=_chips_of_work,
    fixed=lambda: {"mine": True},
    strip=True,
    bulk=True,
    own=True,
    empty=lambda _asking: Empty(gettext_lazy("没有要您办的件"), gettext_lazy("新交办的件会出现在这里，并发消息给您。")),
)
DESK = CaseList(
    name="dispatch",
    title=gettext_lazy("待交办"),
    chips=_chips_of_desk,
    fixed=lambda: {"stages": installed.desk_stages()},
    empty=lambda _asking: Empty(gettext_lazy("没有等交办的件"), gettext_lazy("按规则能定的已自动分派。")),
)
EVERYTHING = CaseList(
    name="cases",
    title=gettext_lazy("全部办件"),
    chips=_chips_of_cases,
    empty=lambda _asking: Empty(gettext_lazy("没有符合条件的件"), gettext_lazy("放宽条件再看看。")),
)
ASKED = CaseList(
    name="asked",
    title=gettext_lazy("我的求助"),
    chips=_chips_of_asked,
    fixed=lambda: {"asked": True},
    own=True,
    empty=lambda _asking: Empty(
        gettext_lazy("还没有提交过求助"),
        gettext_lazy("有事直接说，谁在办、几时办好，随时能查。"),
        address_of("cases:services"),
        gettext_lazy("我要求助"),
    ),
)
DISPATCHING: Who = roles("dispatcher", "unit_leader", "grid_worker", "leader", "auditor")

work = list_page(signed_in, WORK.declaration())
dispatch = list_page(DISPATCHING, DESK.declaration())
everything = list_page(signed_in, EVERYTHING.declaration())
asked = list_page(signed_in, ASKED.declaration())


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
