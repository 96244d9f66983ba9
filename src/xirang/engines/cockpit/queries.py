"""The figures of the overview, from the queries of the engines below."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from xirang.engines.cases.queries import Figures, get_figures
from xirang.engines.cockpit.policy import can_see_overview
from xirang.foundation.actor import Actor
from xirang.foundation.errors import NotAllowedError

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
    return get_figures(actor=actor, now=now, since=since, end_of_today=midnight + timedelta(days=1))
