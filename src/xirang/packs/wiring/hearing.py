"""Finds the wired lines that hear an event, and asks for their effects, each in a delivery of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from xirang.foundation import sockets
from xirang.foundation.actor import SYSTEM
from xirang.foundation.outbox import Delivered
from xirang.foundation.packs import PackContents, pack_words
from xirang.foundation.sockets import Hearer
from xirang.packs.models import PackActivation, PackVersion
from xirang.packs.wiring.in_force import WiredLine, lines_for
from xirang.packs.wiring.naming import hearer_name
from xirang.packs.wiring.reading import WiringLine

# Eight tries over a good twenty-two hours: whoever comes to work the next day finds what was given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))


def find(event: Any, delivered: Delivered) -> list[Hearer]:
    """A hearer for every wired line that is for this event; no query where no line hears its kind."""
    return [_hearer(wired) for wired in lines_for(event, delivered)]


def _hearer(wired: WiredLine) -> Hearer:
    many = sockets.answers_many(pack_words().effects[wired.line.effect].question)
    return Hearer(
        hearer_name(wired.activation_id, wired.number),
        partial(_ask_for, wired),
        WAITS,
        partial(_question, wired) if many else None,
    )


def table() -> list[tuple[str, str, str]]:
    """The whole wiring of all active packs: pack and area, event, effect, as `xirang wiring` prints it."""
    return sorted(_rows())


def _rows() -> Iterator[tuple[str, str, str]]:
    active = PackActivation.objects.filter(active_to__isnull=True).select_related("version", "area")
    for activation in active:
        for data in activation.version.wiring:
            line = WiringLine.from_data(data)
            yield f"{activation.pack}@{activation.area.name}", line.when, line.then


def _ask_for(wired: WiredLine, event: Any, delivered: Delivered) -> None:
    question = _question(wired, event, delivered)
    if question is not None:
        sockets.ask(question, actor=SYSTEM, now=delivered.now)


def _question(wired: WiredLine, event: Any, delivered: Delivered) -> Any:
    """What a line asks for at this event; None where the event gives no reason to ask."""
    effect = pack_words().effects[wired.line.effect]
    return effect.build(event, wired.line.args, _contents(wired.version_id))


@lru_cache(maxsize=256)
def _contents(version_id: UUID) -> PackContents:
    """The texts of a version, which never change; readme and declarations are not needed."""
    pack, texts = PackVersion.objects.values_list("pack", "texts").get(pk=version_id)
    return PackContents(pack, texts=texts)
