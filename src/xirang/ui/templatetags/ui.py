"""The tag library of every page: ``{% load ui %}``; docs/ui.md shows each tag by example."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xirang.ui import assets, wording
from xirang.ui.components import (
    DueBucket,
    DueCell,
    Fact,
    KnownGroup,
    LinkCell,
    NumberCell,
    Pager,
    Receipt,
    RulerDay,
    Stat,
    StatusCell,
    Step,
    StepCell,
    TabItem,
    Table,
    TimelineItem,
    ViewChip,
    Why,
    describe_due,
    sections,
)
from xirang.ui.components.blocks import render_inside
from xirang.ui.components.fields import describe_field, first_error
from xirang.ui.markdown import markdown_html
from xirang.ui.wording import paired

register = template.Library()
register.tags.update(sections.library.tags)

STATUS_KINDS = frozenset(
    ("wait", "doing", "done", "said", "hang", "again", "late", "warn", "plain", "red", "yellow", "green")
)
LAZY_ASSETS = ("select.js", "select.css", "dates.js", "dates.css", "map.js", "map.css")


# Small things ------------------------------------------------------------------------------------------------------


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file: ``{% asset 'site.css' %}``."""
    return assets.asset_url(name)


@register.simple_tag
def lazy_assets() -> str:
    """Addresses that site.js loads only when a page needs them, as ``name=address`` pairs."""
    return " ".join(f"{name}={assets.asset_url(name)}" for name in LAZY_ASSETS)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; without ``label`` it is decoration. ``size``: empty, ``s`` or ``l``."""
    if name not in assets.icon_names():
        raise template.TemplateSyntaxError(f"图标 {name} 不在 frontend/src/icons.json 里。")
    css = f"x-icon x-icon-{size}" if size else "x-icon"
    href = f"{assets.asset_url('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href)


@register.simple_tag
def status(kind: str, word: str) -> SafeString:
    """A dot and a word; kinds: wait doing done said hang again late warn plain, lights red yellow green."""
    if kind not in STATUS_KINDS:
        raise template.TemplateSyntaxError(f"没有“{kind}”这种状态。可用：{'、'.join(sorted(STATUS_KINDS))}")
    return format_html('<span class="x-status is-{}">{}</span>', kind, word)


@register.simple_tag(takes_context=True)
def due(context: Context, at: datetime | None, now: datetime | None = None) -> SafeString:
    """A deadline by the calendar; ``now`` defaults to the page's ``now``, then to the clock."""
    said = describe_due(at, now or context.get("now") or timezone.now())
    if at is None:
        return format_html('<span class="x-due is-none">{}</span>', said.text)
    return format_html(
        '<time class="x-due is-{}" datetime="{}" title="{}">{}</time>',
        said.state,
        at.isoformat(),
        said.full,
        said.text,
    )


@register.simple_tag
def tag(word: str, kind: str = "") -> SafeString:
    """A small outlined tag; kinds: empty, lead, warn, bad, good."""
    return format_html('<span class="{}">{}</span>', f"x-tag is-{kind}" if kind else "x-tag", word)


@register.simple_tag
def demo_tag() -> SafeString:
    """The dashed tag 演示数据."""
    return format_html('<span class="x-demo-tag">{}</span>', _("演示数据"))


@register.inclusion_tag("ui/components/source_chip.html")
def source_chip(source: str, count: int = 0, icon: str = "building-check", kind: str = "") -> dict[str, Any]:
    """“来自企业登记，省填 6 项”; kinds: empty, own (本账号), missing (企业登记缺)."""
    return {"source": source, "count": count, "icon": icon, "kind": kind}


@register.inclusion_tag("ui/components/chip.html")
def chip(
    label: str, url: str = "", count: int | None = None, active: bool = False, off: bool = False
) -> dict[str, Any]:
    """A filter chip with an optional count."""
    return {"label": label, "url": url, "count": count, "active": active, "off": off}


@register.inclusion_tag("ui/components/button.html")
def button(
    label: str,
    kind: str = "",
    size: str = "",
    icon: str = "",
    type: str = "submit",
    name: str = "",
    value: str = "",
    url: str = "",
    busy: str = "",
    disabled: bool = False,
    form: str = "",
    only_icon: bool = False,
) -> dict[str, Any]:
    """A button, or a link that looks like one when ``url`` is given.

    Kinds: empty, primary, danger, solid-danger, quiet; sizes: empty, small, large. ``busy`` is said while it works.
    """
    return {
        "label": label,
        "kind": kind,
        "size": size,
        "icon": icon,
        "type": type,
        "name": name,
        "value": value,
        "url": url,
        "busy": busy,
        "disabled": disabled,
        "form": form,
        "only_icon": only_icon,
    }


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | str, now: datetime | None = None) -> str:
    """A past moment for tables and timelines: “今天 9:42”, “昨天 16:10”, “9-22 9:00”; words pass through."""
    if not isinstance(at, datetime):
        return at
    local, today = timezone.localtime(at), timezone.localtime(now or context.get("now") or timezone.now())
    time = f"{local.hour}:{local.minute:02d}"
    days = (today.date() - local.date()).days
    if days == 0:
        return _("今天 %(time)s") % {"time": time}
    if days == 1:
        return _("昨天 %(time)s") % {"time": time}
    return f"{wording.short_day(local.date(), today.date())} {time}"


@register.filter
def moment(at: datetime | None, form: str = "") -> str:
    """A moment as prose, for sentences: ``{{ at|moment }}``; forms: empty, ``day``, ``weekday``."""
    return wording.moment_text(at, form) if at else ""


@register.filter
def spoken(either: Any) -> str:
    """What carries a Chinese and an English text, in the reader's language: ``{{ action.title|spoken }}``."""
    return wording.spoken(either) if either else ""


@register.filter
def actor_name(name: str) -> str:
    """Who acted; the system and the public have a name in each language."""
    return wording.actor_name(name)


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """The value under ``key``, None where there is none."""
    return mapping.get(key)


@register.simple_tag
def unique() -> str:
    """An identifier no other element of this answer has; random, so that fragments loaded later cannot collide."""
    return f"x-{secrets.token_hex(5)}"


# List pages --------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/due_strip.html")
def due_strip(buckets: Sequence[DueBucket], label: str = "") -> dict[str, Any]:
    """Counts by deadline over a list; each leads to its part of the list."""
    return {"buckets": buckets, "label": label or _("按到期时间")}


@register.inclusion_tag("ui/components/saved_views.html")
def saved_views(views: Sequence[ViewChip], save_url: str = "", label: str = "") -> dict[str, Any]:
    """Saved views with their counts."""
    return {"views": views, "save_url": save_url, "label": label or _("视图")}


@register.simple_tag(takes_context=True)
def table(context: Context, table: Table, id: str = "list") -> SafeString:
    """A list table with skeleton, empty state, failed load, bulk bar and pager."""
    return render_inside(context, "ui/components/table.html", {"table": table, "id": id})


@register.simple_tag(takes_context=True)
def cell(context: Context, value: Any) -> SafeString | str:
    """One cell by the type of its value: StatusCell, DueCell, NumberCell, LinkCell, StepCell or plain text."""
    if isinstance(value, StatusCell):
        return status(value.kind, value.word)
    if isinstance(value, DueCell):
        return due(context, value.at)
    if isinstance(value, LinkCell):
        return format_html('<a href="{}">{}</a>', value.url, value.text)
    if isinstance(value, StepCell):
        facts = format_html_join("", "<span>{}</span>", ((paired(title, text),) for title, text in value.facts))
        return format_html('<div class="x-step"><b>{}</b><div class="x-step-facts">{}</div></div>', value.title, facts)
    if isinstance(value, NumberCell):
        if value.value is None:
            return "—"
        number = f"{value.value:,}" if isinstance(value.value, int) else value.value
        return format_html("{} {}", number, value.unit) if value.unit else number
    return value if value not in (None, "") else "—"


@register.filter
def markdown(text: str) -> SafeString:
    """A text in Markdown as HTML, safe whoever wrote it."""
    return markdown_html(text)


@register.inclusion_tag("ui/components/pager.html")
def pager(pager: Pager) -> dict[str, Any]:
    """Previous and next only; lists page by key."""
    return {"pager": pager}


@register.inclusion_tag("ui/components/drawer_host.html")
def drawer_host(label: str = "") -> dict[str, Any]:
    """The empty place where a drawer docks; put it last inside ``.x-list``."""
    return {"label": label or _("摘要")}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Sequence[TabItem], label: str = "") -> dict[str, Any]:
    """Tabs as links."""
    return {"items": items, "label": label or _("分页")}


@register.inclusion_tag("ui/components/segmented.html")
def segmented(items: Sequence[TabItem], label: str = "") -> dict[str, Any]:
    """A segmented control as links, for two to four views of one thing."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/components/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "", icon: str = "inbox") -> dict[str, Any]:
    """Nothing here, and the nearest useful thing."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("ui/components/failed.html")
def failed_load(retry_url: str = "", reference: str = "", text: str = "") -> dict[str, Any]:
    """A load that failed: what was chosen is still there, and how to try again."""
    return {"retry_url": retry_url, "reference": reference, "text": text or _("列表没取到。您选的条件还在。")}


@register.inclusion_tag("ui/components/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """Grey lines while waiting."""
    return {"lines": range(lines)}


# Reasons, proofs and facts -----------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/facts.html", takes_context=True)
def facts(context: Context, items: Sequence[Fact], wide: bool = False) -> dict[str, Any]:
    """A definition list."""
    return {"items": items, "wide": wide, "now": context.get("now")}


@register.inclusion_tag("ui/components/known_fields.html")
def known_fields(groups: Sequence[KnownGroup], title: str = "", correct_url: str = "") -> dict[str, Any]:
    """What is already known, grouped by source, as text; on a phone folded to three lines."""
    first = [known for group in groups for known in group.fields if known.value][:3]
    return {
        "groups": groups,
        "title": title,
        "correct_url": correct_url,
        "first": first,
        "lead": groups[0] if groups else None,
        "others": sum(group.saved or len(group.fields) for group in groups[1:]),
    }


@register.inclusion_tag("ui/components/steps.html")
def steps(items: Sequence[Step], label: str = "") -> dict[str, Any]:
    """The steps of a process; upright on a phone."""
    return {"items": items, "label": label or _("办理步骤")}


@register.inclusion_tag("ui/components/timeline.html", takes_context=True)
def timeline(
    context: Context,
    items: Sequence[TimelineItem],
    more_url: str = "",
    more_text: str = "",
    state: str = "ready",
    retry_url: str = "",
) -> dict[str, Any]:
    """What happened, newest first; ``state``: ready, loading, failed."""
    return {
        "items": items,
        "more_url": more_url,
        "more_text": more_text,
        "state": state,
        "retry_url": retry_url,
        "now": context.get("now"),
    }


@register.inclusion_tag("ui/components/ruler.html")
def ruler(days: Sequence[RulerDay], sentence: str = "", headline: str = "", rule_url: str = "") -> dict[str, Any]:
    """The working-day ruler with the full sentence beneath it."""
    return {"days": days, "sentence": sentence, "headline": headline, "rule_url": rule_url, "long": len(days) > 12}


@register.simple_tag(takes_context=True)
def why(context: Context, why: Why) -> SafeString:
    """为什么…: rule, document, inputs, calculation, objection; covers no ruler."""
    return render_inside(context, "ui/components/why.html", {"why": why})


@register.inclusion_tag("ui/components/stat.html")
def stat(stat: Stat) -> dict[str, Any]:
    """A figure; put several into ``<div class="x-stats">``."""
    return {"stat": stat}


@register.inclusion_tag("ui/components/receipt.html")
def receipt(receipt: Receipt) -> dict[str, Any]:
    """A receipt: QR code, number, lookup code, witnesses, how to verify."""
    return {"receipt": receipt}


@register.inclusion_tag("ui/components/stars.html")
def stars(value: int, of: int = 5) -> dict[str, Any]:
    """A rating that was given, shown as stars and as a number."""
    return {"value": value, "of": of, "filled": range(value), "open": range(of - value)}


# Forms -------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, hint: str = "", unit: str = "", source: str = "", label: str = "") -> dict[str, Any]:
    """Any Django bound field as the right component, with label, hint and error."""
    return describe_field(bound, hint=hint, unit=unit, source=source, label=label)


@register.inclusion_tag("ui/components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary at the top of a form; each line leads to its field."""
    return {
        "form": form,
        "wrong": [(form[name], first_error(form[name])) for name in form.fields if name in form.errors],
    }
