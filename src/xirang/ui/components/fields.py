"""Turns any Django bound field into what the field template needs: which component, which attributes, which words."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

LONG_LIST = 15

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, "hidden"),
    (forms.MultipleHiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "checks"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "check"),
    (forms.Textarea, "textarea"),
    (forms.SelectMultiple, "select"),
    (forms.Select, "select"),
    (forms.NumberInput, "number"),
    (forms.DateInput, "date"),
    (forms.FileInput, "upload"),
)
GROUPS = frozenset(("checks", "radios", "segmented", "rating", "area"))


def field_kind(widget: forms.Widget) -> str:
    """The component for a widget: its own word, else by its class, else plain text."""
    own = getattr(widget, "kind", "")
    if own:
        return own
    return next((kind for known, kind in KINDS if isinstance(widget, known)), "text")


def describe_field(bound: BoundField, hint: str, unit: str, source: str, label: str) -> dict[str, Any]:
    """Everything the template reads; identifiers tie hint and error to the input for screen readers."""
    widget = bound.field.widget
    kind = field_kind(widget)
    hint = hint or str(bound.help_text)
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    described = []
    if hint:
        described.append(f"{bound.auto_id}_hint")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    return {
        "bound": bound,
        "kind": kind,
        "widget": widget,
        "hint": hint,
        "unit": unit,
        "source": source,
        "label": label or bound.label,
        "id": identifier,
        "group": kind in GROUPS,
        "error": first_error(bound),
        "counter": _counter_limit(bound) if kind == "textarea" else None,
        "input": _render(bound, kind, described),
        "described": " ".join(described),
        "value": _value(bound),
        "options": _options(bound) if kind in {"radios", "checks", "segmented", "rating"} else [],
        "choices": _flat_choices(bound) if kind == "area" else [],
        "max_mb": getattr(widget, "max_bytes", 0) // (1024 * 1024),
    }


def first_error(bound: BoundField) -> str:
    """The first thing wrong; Django's bare “required” is said as what to do instead."""
    if not bound.errors:
        return ""
    first = bound.errors.as_data()[0]
    if first.code == "required" and str(first.message) == str(forms.Field.default_error_messages["required"]):
        chosen = field_kind(bound.field.widget) in {"radios", "checks", "segmented", "rating", "area", "select", "date"}
        return (_("请选择“%(label)s”。") if chosen else _("请填写“%(label)s”。")) % {"label": bound.label}
    return strip_tags(str(bound.errors[0]))


def _value(bound: BoundField) -> str:
    value = bound.value()
    return "" if value is None else str(value)


def _counter_limit(bound: BoundField) -> int | None:
    limit = bound.field.widget.attrs.get("maxlength") or getattr(bound.field, "max_length", None)
    return int(limit) if limit else None


def _render(bound: BoundField, kind: str, described: list[str]) -> SafeString | str:
    if kind in GROUPS | {"place", "upload"}:
        return ""
    attrs: dict[str, Any] = {}
    css = bound.field.widget.attrs.get("class", "")
    if kind == "check":
        attrs["class"] = f"x-check-box {css}".strip()
    elif kind != "hidden":
        attrs["class"] = f"x-input {css}".strip()
    if kind == "textarea":
        attrs.setdefault("rows", bound.field.widget.attrs.get("rows") if _rows_chosen(bound) else 3)
        # The browser must not cut off pasted text silently: the counter and the server say what is too long.
        limit = _counter_limit(bound)
        if limit:
            attrs["data-x-counter"] = str(limit)
    if kind == "select" and _wants_search(bound):
        attrs["data-x-select"] = ""
    if kind == "number":
        attrs["inputmode"] = bound.field.widget.attrs.get("inputmode", "decimal")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors and kind != "hidden":
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


def _wants_search(bound: BoundField) -> bool:
    widget = bound.field.widget
    single = not isinstance(widget, forms.SelectMultiple) and "data-x-select" not in widget.attrs
    return single and len(list(widget.choices)) > LONG_LIST


def _rows_chosen(bound: BoundField) -> bool:
    # Django fills in ten rows by itself; only another number was chosen by a page's author.
    return str(bound.field.widget.attrs.get("rows", "10")) != "10"


def _options(bound: BoundField) -> list[dict[str, Any]]:
    chosen = bound.value()
    values = {
        str(item) for item in (chosen if isinstance(chosen, list | tuple | set) else [chosen]) if item is not None
    }
    options = []
    for index, (value, title) in enumerate(_flat_choices(bound)):
        if value == "" and bound.field.required:
            continue
        options.append(
            {
                "value": value,
                "title": title,
                "checked": str(value) in values,
                "id": f"{bound.auto_id}_{index}",
            }
        )
    return options


def _flat_choices(bound: BoundField) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for value, title in bound.field.widget.choices:
        if isinstance(title, list | tuple):
            flat.extend((str(inner), str(name)) for inner, name in title)
        else:
            flat.append(("" if value is None else str(value), str(title)))
    return flat
