"""The figures of the overview, asked of whichever engine measures them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from xirang.engines.cases.spec import CaseFigures, Figures
from xirang.engines.cockpit.policy import can_see_overview
from xirang.foundation.actor import Actor
from xirang.foundation.errors import NotAllowedError
from xirang.foundation.sockets import ask

SPANS = ("month", "quarter", "year")


def since(span: str, now: datetime) -> datetime:
    """The local midnight at which the month, quarter or year of `now` began."""
    local = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = {"month": local.month, "quarter": (local.month - 1) // 3 * 3 + 1, "year": 1}
    return local.replace(month=months[span])


def get_overview(*, actor: Actor, since: datetime, now: datetime) -> Figures:
    """The five figures within the actor's scope: what is in hand now, and what was closed since `since`; one query."""
    if not can_see_overview(actor):
        raise NotAllowedError()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found: Figures = ask(CaseFigures(since=since, end_of_today=midnight + timedelta(days=1)), actor=actor, now=now)
    return found
