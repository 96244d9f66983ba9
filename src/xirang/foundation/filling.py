"""What a line of wiring may take from an event: its facts, whom it names, and texts of the pack filled with them."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from xirang.foundation.calendar import SHANGHAI
from xirang.foundation.declarations import did_you_mean
from xirang.foundation.packs import Complain, PackContents


def names_of_facts(event_type: type) -> frozenset[str]:
    """What a text or an argument may name of such an event; `due` is its deadline as people read it."""
    names = frozenset(one.name for one in dataclasses.fields(event_type))
    return names | {"due"} if "due_at" in names else names


def fact_of(event: Any, name: str) -> Any:
    """One fact of the event; `due` as words."""
    if name == "due":
        due = event.due_at
        return f"{due.astimezone(SHANGHAI):%-m 月 %-d 日 %H:%M}" if due else ""
    return getattr(event, name)


def parties_of(event_type: type, kinds: Iterable[str]) -> frozenset[str]:
    """Whom such an event names as `<party>_<kind>_id`, for these kinds (account, person, unit, organisation)."""
    ends = tuple(f"_{kind}_id" for kind in kinds)
    names = (one.name for one in dataclasses.fields(event_type))
    return frozenset(name.removesuffix(end) for name in names for end in ends if name.endswith(end))


def find_party(event: Any, party: str, kinds: Iterable[str]) -> tuple[str, UUID] | None:
    """The kind and id under which the event names a party: the first of `kinds` that is known; None for nobody."""
    for kind in kinds:
        if (found := getattr(event, f"{party}_{kind}_id", None)) is not None:
            return kind, found
    return None


def check_party(event_type: type, party: str, kinds: Iterable[str], complain: Complain) -> None:
    """Complain where such an event names nobody of that name."""
    parties = parties_of(event_type, kinds)
    if party not in parties:
        zh, en = did_you_mean(party, parties)
        complain(
            "then", "unknown_party", f"这个事件里没有“{party}”可以通知{zh}", f'The event names no "{party}" to tell{en}'
        )


def check_text(event_type: type, file: str, contents: PackContents, complain: Complain) -> None:
    """Complain where the pack has no such text, or where such an event cannot fill it."""
    if file not in contents.texts:
        zh, en = did_you_mean(file, contents.texts)
        complain("then", "unknown_text", f"没有找到文件 {file}{zh}", f"There is no file {file}{en}")
        return
    known = names_of_facts(event_type) | {"due"}
    for name in placeholders(contents.texts[file]):
        if name not in known:
            zh, en = did_you_mean(name, known)
            complain(
                "then",
                "unknown_placeholder",
                f"{file} 里的 {{{name}}} 填不上：这个事件没有它{zh}",
                f"{{{name}}} in {file} cannot be filled: the event does not carry it{en}",
            )


def placeholders(text: str) -> set[str]:
    """The names in braces of a text; a text whose braces do not match has the name `?`."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"?"}


def filled(contents: PackContents, file: str, event: Any) -> tuple[str, str]:
    """A text of the pack with the event's facts in its placeholders: its subject, and the body below."""
    subject, _, body = contents.texts[file].partition("\n")
    facts = _Facts(event)
    return subject.lstrip("# ").format_map(facts), body.strip().format_map(facts)


class _Facts(Mapping[str, Any]):
    """The event's facts for the placeholders of a text; an unknown one stays visible instead of failing."""

    def __init__(self, event: Any) -> None:
        self.event, self.names = event, names_of_facts(type(event))

    def __getitem__(self, key: str) -> Any:
        return fact_of(self.event, key) if key in self.names else "{" + key + "}"

    def __iter__(self) -> Any:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
