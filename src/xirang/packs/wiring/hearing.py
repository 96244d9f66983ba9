"""Hears every delivered event and asks for the effects that active packs wired to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xirang.areas.queries import get_area
from xirang.engines.bulletin.spec import Notify
from xirang.foundation.actor import SYSTEM
from xirang.foundation.outbox import Delivered, kind_of
from xirang.foundation.sockets import ask
from xirang.packs.models import PackVersion
from xirang.packs.queries import list_active_wiring

Build = Callable[[Any, Mapping[str, Any], PackVersion], Any]


def hear(event: Any, delivered: Delivered) -> None:
    """Ask for every effect wired to this event in the event's area, for the pack whose process it concerns."""
    area_id = getattr(event, "area_id", None)
    if area_id is None:
        return
    for version, line in list_active_wiring(get_area(area_id)):
        if line["event"] != kind_of(event) or not _concerns(version, event) or not _matches(event, line["filters"]):
            continue
        effect = EFFECTS[line["effect"]](event, line["args"], version)
        if effect is not None:
            ask(effect, actor=SYSTEM, now=delivered.now)


def table() -> list[tuple[str, str, str, str]]:
    """The whole wiring of all active packs: pack, event, effect and its arguments, as `xirang wiring` prints it."""
    from xirang.packs.models import PackActivation

    rows = []
    for activation in PackActivation.objects.filter(active_to__isnull=True).select_related("version", "area"):
        for line in activation.version.wiring:
            when = line["event"] + (f" {line['filters']}" if line["filters"] else "")
            rows.append((f"{activation.pack}@{activation.area.name}", when, line["effect"], str(line["args"])))
    return sorted(rows)


def _concerns(version: PackVersion, event: Any) -> bool:
    """A pack hears its own processes; events without a process are heard by all."""
    process = getattr(event, "process", "")
    return not process or process in version.manifest["codes"].get("cases.process", ())


def _matches(event: Any, filters: Mapping[str, Any]) -> bool:
    return all(getattr(event, name, None) == value for name, value in filters.items())


def _notify(event: Any, args: Mapping[str, Any], version: PackVersion) -> Notify | None:
    """`bulletin.notify(to='holder', text='texts/assigned.md')`: to whom the event names, in the pack's words."""
    recipient = _recipient(event, args["to"])
    if recipient is None:
        return None
    text = version.texts.get(args["text"], "")
    subject, _, body = text.partition("\n")
    facts = _Facts(event)
    return Notify(
        subject=subject.lstrip("# ").format_map(facts),
        body=body.strip().format_map(facts),
        about=("case", str(event.case_id)),
        url=event.url,
        area_id=event.area_id,
        **recipient,
    )


def _recipient(event: Any, party: str) -> dict[str, Any] | None:
    for kind in ("account", "person", "unit"):
        if (found := getattr(event, f"{party}_{kind}_id", None)) is not None:
            return {f"to_{kind}_id": found}
    return None


class _Facts(dict[str, Any]):
    """The event's facts for the placeholders of a text; an unknown one stays visible instead of failing."""

    def __init__(self, event: Any) -> None:
        from dataclasses import fields

        from django.utils import timezone

        super().__init__({field.name: getattr(event, field.name) for field in fields(event)})
        if self.get("due_at"):
            self["due"] = timezone.localtime(self["due_at"]).strftime("%-m 月 %-d 日 %H:%M")

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


EFFECTS: dict[str, Build] = {"bulletin.notify": _notify}
