"""The smallest parts of a page, made by Python because a list holds hundreds: icon, dot, tag, deadline, cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from xirang.ui import assets, wording
from xirang.ui.components import Column, DueCell, LinkCell, MomentCell, NumberCell, StatusCell, StepCell, describe_due

STATUS_KINDS = frozenset(
    ("wait", "doing", "done", "said", "hang", "again", "late", "warn", "plain", "red", "yellow", "green")
)
LAZY_ASSETS = ("select.js", "select.css", "dates.js", "dates.css", "map.js", "map.css")
OPENING = Markup('<td role="cell" data-label="%s" class="%s">')
CLOSING = Markup("</td>")
NOTHING = Markup("")
DASH = "—"
ICON = Markup('<svg class="%s" %s><use href="%s"/></svg>')
SILENT = Markup('aria-hidden="true" focusable="false"')
LABELLED = Markup('role="img" aria-label="%s"')
STATUS = Markup('<span class="x-status is-%s">%s</span>')
TAG = Markup('<span class="%s">%s</span>')
DUE = Markup('<time class="x-due is-%s" datetime="%s" title="%s">%s</time>')
NO_DUE = Markup('<span class="x-due is-none">%s</span>')
MOMENT = Markup('<time class="x-moment" datetime="%s">%s</time>')
LINK = Markup('<a href="%s">%s</a>')
STEP = Markup('<div class="x-step"><b>%s</b><div class="x-step-facts">%s</div></div>')
PART = Markup("<span>%s</span>")


def asset(name: str) -> str:
    """Address of a built file, such as `site.css`; ImproperlyConfigured when the build made no such file."""
    return assets.asset_url(name) if settings.DEBUG else _asset(name)


def lazy_assets() -> str:
    """Addresses that site.js loads only when a page needs them, as `name=address` pairs."""
    return " ".join(f"{name}={asset(name)}" for name in LAZY_ASSETS)


def icon(name: str, size: str = "", label: str = "") -> Markup:
    """An icon of the sprite; without `label` it is decoration. `size`: empty, `s` or `l`. LookupError if unknown."""
    return _draw_icon(name, size, asset("icons.svg"), label) if label or settings.DEBUG else _icon(name, size)


@lru_cache(maxsize=64)
def _asset(name: str) -> str:
    return assets.asset_url(name)


@lru_cache(maxsize=512)
def _icon(name: str, size: str) -> Markup:
    return _draw_icon(name, size, asset("icons.svg"), "")


def _draw_icon(name: str, size: str, sprite: str, label: str) -> Markup:
    if name not in assets.icon_names():
        raise LookupError(f"图标 {name} 不在 frontend/src/icons.json 里。")
    css = f"x-icon x-icon-{size}" if size else "x-icon"
    heard = LABELLED % label if label else SILENT
    return ICON % (css, heard, f"{sprite}#{name}")


def status(kind: str, word: object) -> Markup:
    """A dot and a word; kinds: wait doing done said hang again late warn plain, lights red yellow green."""
    if kind not in STATUS_KINDS:
        raise LookupError(f"没有“{kind}”这种状态。可用：{'、'.join(sorted(STATUS_KINDS))}")
    return STATUS % (kind, word)


def tag(word: object, kind: str = "") -> Markup:
    """A small outlined tag; kinds: empty, lead, warn, bad, good."""
    return TAG % (f"x-tag is-{kind}" if kind else "x-tag", word)


def demo_tag() -> Markup:
    """The dashed tag 演示数据."""
    return TAG % ("x-demo-tag", _("演示数据"))


def due(at: datetime | None, now: datetime) -> Markup:
    """A deadline by the calendar as seen at `now`; `at` None says that there is none."""
    said = describe_due(at, now)
    if at is None:
        return NO_DUE % said.text
    return DUE % (said.state, at.isoformat(), said.full, said.text)


def when(at: datetime | str, now: datetime) -> str:
    """A past moment for tables and timelines: “今天 9:42”, “昨天 16:10”, “9-22 9:00”; words pass through."""
    if not isinstance(at, datetime):
        return at
    local, today = timezone.localtime(at), timezone.localtime(now)
    time = f"{local.hour}:{local.minute:02d}"
    days = (today.date() - local.date()).days
    if days == 0:
        return _("今天 %(time)s") % {"time": time}
    if days == 1:
        return _("昨天 %(time)s") % {"time": time}
    return f"{wording.short_day(local.date(), today.date())} {time}"


def cell(value: Any, now: datetime) -> Markup | str:
    """One cell by the type of its value, one of the cells of `components` or plain text."""
    if isinstance(value, str):
        return value or DASH
    if isinstance(value, DueCell):
        return due(value.at, now)
    if isinstance(value, StatusCell):
        return status(value.kind, value.word)
    if isinstance(value, MomentCell):
        return _moment(value)
    if isinstance(value, LinkCell):
        return LINK % (value.url, value.text)
    if isinstance(value, StepCell):
        return _step(value)
    if isinstance(value, NumberCell):
        return _number(value)
    return DASH if value is None else escape(value)


class Opening(NamedTuple):
    """The beginning of each cell of one column, drawn once a table: `leads` says that the cell opens its row."""

    key: str
    tag: Markup
    leads: bool


def openings(columns: Sequence[Column]) -> list[Opening]:
    """The beginnings of the cells of a table, one for each column."""
    return [Opening(one.key, OPENING % (one.title, one.cell_css), one.role == "title") for one in columns]


def cells(opened: Sequence[Opening], values: Mapping[str, Any], now: datetime, leading: Markup) -> Markup:
    """All cells of a row; `leading` is the finished content of the cell that opens it."""
    pieces: list[Markup | str] = []
    for one in opened:
        pieces += (one.tag, leading if one.leads else cell(values.get(one.key), now), CLOSING)
    return NOTHING.join(pieces)


def _moment(value: MomentCell) -> Markup | str:
    if value.at is None:
        return DASH
    local = timezone.localtime(value.at)
    return MOMENT % (value.at.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}" if value.seconds else f"{local:%Y-%m-%d %H:%M}")


def _step(value: StepCell) -> Markup:
    facts = Markup("").join(PART % wording.paired(*pair) for pair in value.facts)
    return STEP % (value.title, facts)


def _number(value: NumberCell) -> str:
    if value.value is None:
        return DASH
    number = f"{value.value:,}" if isinstance(value.value, int) else value.value
    return f"{number} {value.unit}" if value.unit else number
