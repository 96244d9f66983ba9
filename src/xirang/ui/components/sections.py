"""The block tags: cards, heads, alerts, slips, drawers, filter rows, confirms and the action bar."""

from collections.abc import Sequence
from typing import Any

from django.template import Library
from django.utils.translation import gettext as _

from xirang.ui.components.blocks import compile_slot, register_block

library = Library()
library.tag("slot", compile_slot)


@register_block(library, "card", "ui/components/card.html")
def card(title: str = "", sub: str = "", flush: bool = False, id: str = "", level: int = 2) -> dict[str, Any]:
    """A card; slots ``actions`` and ``foot``; ``flush`` drops the padding for tables."""
    return {"title": title, "sub": sub, "flush": flush, "id": id, "level": level}


@register_block(library, "page_head", "ui/components/page_head.html")
def page_head(
    title: str,
    crumbs: Sequence[Any] = (),
    status_kind: str = "",
    status_word: str = "",
    sub: str = "",
    tags: Sequence[str] = (),
    demo: bool | None = None,
) -> dict[str, Any]:
    """The head of a page; content is the line under the title; slots ``actions`` and ``tabs``.

    ``crumbs``: Link objects or (title, url) pairs, the last one without address.
    """
    pairs = [
        (crumb.title, crumb.url) if hasattr(crumb, "title") and hasattr(crumb, "url") else crumb for crumb in crumbs
    ]
    return {
        "title": title,
        "crumbs": pairs,
        "status_kind": status_kind,
        "status_word": status_word,
        "sub": sub,
        "tags": tags,
        "demo": demo,
    }


@register_block(library, "alert", "ui/components/alert.html")
def alert(kind: str = "info") -> dict[str, Any]:
    """A notice in the flow: info, good, warn, bad; slot ``actions``."""
    icons = {
        "info": "info-circle-fill",
        "good": "check-circle-fill",
        "warn": "exclamation-triangle-fill",
        "bad": "x-circle-fill",
    }
    return {"kind": kind, "icon": icons[kind]}


@register_block(library, "slip", "ui/components/slip.html")
def slip(title: str, kind: str = "plain", number: str = "", url: str = "") -> dict[str, Any]:
    """A slip of the three slips: blue, yellow, red, plain."""
    return {"title": title, "kind": kind, "number": number, "url": url}


@register_block(library, "drawer", "ui/components/drawer.html")
def drawer(
    title: str,
    number: str = "",
    status_kind: str = "",
    status_word: str = "",
    previous_url: str = "",
    next_url: str = "",
    close_url: str = "",
    url: str = "",
) -> dict[str, Any]:
    """The content of a docked drawer; slot ``foot`` holds its actions. ``*_url`` of neighbours are drawer fragments."""
    return {
        "title": title,
        "number": number,
        "status_kind": status_kind,
        "status_word": status_word,
        "previous_url": previous_url,
        "next_url": next_url,
        "close_url": close_url,
        "url": url,
    }


@register_block(library, "filter_row", "ui/components/filter_row.html")
def filter_row(action: str = "", target: str = "", clear_url: str = "") -> dict[str, Any]:
    """A GET form of filters; with ``target`` (a CSS id) htmx swaps only the list. Slot ``actions``."""
    return {"action": action, "target": target, "clear_url": clear_url}


@register_block(library, "confirm", "ui/components/confirm.html")
def confirm(
    label: str,
    title: str,
    action: str,
    verb: str,
    consequence: str = "",
    cancel: str = "",
    kind: str = "danger",
    size: str = "",
    icon: str = "",
    button_class: str = "",
) -> dict[str, Any]:
    """A button that asks first, with or without script; the content holds extra fields. Posts to ``action``."""
    return {
        "label": label,
        "title": title,
        "action": action,
        "verb": verb,
        "consequence": consequence,
        "cancel": cancel or _("不做了"),
        "kind": kind,
        "size": size,
        "icon": icon,
        "button_class": button_class,
    }


@register_block(library, "action_bar", "ui/components/action_bar.html")
def action_bar(note: str = "") -> dict[str, Any]:
    """The fixed bar of allowed actions and one sentence about what is not there; slot ``extra`` folds on a phone."""
    return {"note": note}
