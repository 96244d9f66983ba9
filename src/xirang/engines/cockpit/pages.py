"""The leader's overview: five figures, each with its scope and the list that it counts."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xirang.engines.cases.spec import Figures
from xirang.engines.cockpit import queries
from xirang.engines.cockpit.policy import ROLES, can_see_overview
from xirang.foundation.actor import Actor
from xirang.foundation.pages import Asked, now, page, roles
from xirang.ui.components import Stat, TabItem
from xirang.ui.shell import Entries, NavItem


@page(roles(*ROLES))
def overview(request: Asked) -> HttpResponse:
    moment = now()
    span = request.GET.get("span", "month")
    span = span if span in queries.SPANS else "month"
    since = queries.since(span, moment)
    found = queries.get_overview(actor=request.actor, since=since, now=moment)
    return render(
        request,
        "cockpit/overview.html",
        {
            "stats": _stats(found, moment, since),
            "now": moment,
            "since": since,
            "overview": found,
            "tabs": [TabItem(title, f"?{urlencode({'span': key})}", active=key == span) for key, title in _spans()],
        },
    )


def _spans() -> list[tuple[str, str]]:
    return [("month", _("本月")), ("quarter", _("本季")), ("year", _("今年"))]


def _stats(found: Figures, moment: datetime, since: datetime) -> list[Stat]:
    """在办, 超期未办结, 已解决率, 挂账, 重开: solved and explained are never added up."""
    listing = reverse("cases:cases")

    def link(**query: str) -> str:
        return f"{listing}?{urlencode(query)}" if query else listing

    answered = found.solved + found.explained
    rate = _percent(found.solved, answered)
    unit = _("件")
    return [
        Stat(_("在办"), f"{found.in_hand:,}", unit, _("今天到期 %(count)s 件") % {"count": found.due_today}, link()),
        Stat(
            _("超期未办结"),
            f"{found.late:,}",
            unit,
            _late(found, moment),
            link(view="late"),
            tone="red" if found.late else "",
        ),
        Stat(
            _("已解决率"),
            rate,
            "%" if answered else "",
            _("%(solved)s / %(all)s 件，求助人确认") % {"solved": found.solved, "all": answered},
            link(view="explained", closed=timezone.localtime(since).date().isoformat()),
            _("看其余 %(count)s 件") % {"count": found.explained},
        ),
        Stat(_("挂账"), f"{found.on_account:,}", unit, _("条件不够，定期复核"), link(view="account")),
        Stat(
            _("重开"),
            f"{found.reopened:,}",
            unit,
            _("其中 %(count)s 件重开过两次以上") % {"count": found.reopened_twice},
            link(view="again"),
        ),
    ]


def _percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded half up in whole numbers; a dash where there is nothing to share."""
    if not whole:
        return "—"
    tenths = (part * 2000 + whole) // (whole * 2)
    return f"{tenths // 10}.{tenths % 10}"


def _late(found: Figures, moment: datetime) -> str:
    if found.oldest_due is None:
        return _("没有超期")
    days = (timezone.localtime(moment).date() - timezone.localtime(found.oldest_due).date()).days
    return _("最久超 %(days)s 天") % {"days": days} if days else _("均为今天超期")


def entries(request: Asked, actor: Actor) -> Entries:
    """The overview, for those who may see it."""
    if not can_see_overview(actor):
        return Entries()
    url = reverse("cockpit:overview")
    return Entries(
        nav=(NavItem("overview", _("运行总览"), url, "bar-chart", line=True, order=20),),
        tabs=(NavItem("overview", _("总览"), url, "bar-chart", order=30),),
    )
