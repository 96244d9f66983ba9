"""Says a deadline by the calendar, the way an officer would say it, never as a percentage."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xirang.ui.wording import moment_text, short_day, weekday_name


@dataclass(frozen=True, slots=True)
class DueText:
    """A deadline in words: ``text`` to show, ``state`` late, soon, plain or none, ``full`` for the tooltip."""

    text: str
    state: str
    full: str = ""


def describe_due(at: datetime | None, now: datetime) -> DueText:
    """Describe the deadline ``at`` as seen at ``now``; both are aware datetimes, the words use the local calendar."""
    if at is None:
        return DueText(_("没有期限"), "none")
    local, today = timezone.localtime(at), timezone.localtime(now)
    full = moment_text(at, "weekday")
    if at < now:
        return DueText(_late(now - at), "late", full)
    days = (local.date() - today.date()).days
    if days == 0:
        return DueText(_("今天 %(time)s") % {"time": f"{local:%H:%M}"}, "soon", full)
    if days == 1:
        return DueText(_("明天 %(time)s") % {"time": f"{local:%H:%M}"}, "plain", full)
    date = short_day(local.date(), today.date())
    return DueText(_("%(date)s %(weekday)s") % {"date": date, "weekday": weekday_name(local.weekday())}, "plain", full)


def _late(past: timedelta) -> str:
    minutes = int(past.total_seconds() // 60)
    if minutes < 60:
        return _("超 %(count)s 分钟") % {"count": max(minutes, 1)}
    if minutes < 24 * 60:
        return _("超 %(count)s 小时") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("超 %(count)s 天", "超 %(count)s 天", days) % {"count": days}
