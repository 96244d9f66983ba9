"""Says a deadline by the calendar, the way an officer would say it, never as a percentage."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class DueText:
    """A deadline in words: ``text`` to show, ``state`` late, soon, plain or none, ``full`` for the tooltip."""

    text: str
    state: str
    full: str = ""


def weekday_name(day_of_week: int) -> str:
    """Name of a weekday, Monday being 0, in the language of the request."""
    # The names are spelled out so that the message extractor finds each of them.
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[day_of_week]


def describe_due(at: datetime | None, now: datetime) -> DueText:
    """Describe the deadline ``at`` as seen at ``now``; both are aware datetimes, the words use the local calendar."""
    if at is None:
        return DueText(_("没有期限"), "none")
    local, today = timezone.localtime(at), timezone.localtime(now)
    full = _("%(month)s 月 %(day)s 日 %(weekday)s %(time)s") % {
        "month": local.month,
        "day": local.day,
        "weekday": weekday_name(local.weekday()),
        "time": f"{local:%H:%M}",
    }
    if at < now:
        return DueText(_late(now - at), "late", full)
    days = (local.date() - today.date()).days
    if days == 0:
        return DueText(_("今天 %(time)s") % {"time": f"{local:%H:%M}"}, "soon", full)
    if days == 1:
        return DueText(_("明天 %(time)s") % {"time": f"{local:%H:%M}"}, "plain", full)
    date = f"{local.month}-{local.day:02d}" if local.year == today.year else f"{local:%Y-%m-%d}"
    return DueText(_("%(date)s %(weekday)s") % {"date": date, "weekday": weekday_name(local.weekday())}, "plain", full)


def _late(past: timedelta) -> str:
    minutes = int(past.total_seconds() // 60)
    if minutes < 60:
        return _("超 %(count)s 分钟") % {"count": max(minutes, 1)}
    if minutes < 24 * 60:
        return _("超 %(count)s 小时") % {"count": minutes // 60}
    return _("超 %(count)s 天") % {"count": minutes // (24 * 60)}
