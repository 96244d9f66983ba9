"""Which texts of a case may be looked for: title, answers in words, places, steps, notes, names of files and firms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.sentences import step_title
from xirang.foundation.language import is_english
from xirang.foundation.search import Word, code_of, has_word
from xirang.foundation.text import tokens

MOST_TERMS = 1500  # Of a case with very long texts the first ones are kept.


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a case: what people call it, the words, and whether only those read it who see internal notes.

    `also` is the same in the other language, where a choice has a title in both: it may be looked for as well.
    """

    where: str
    text: str
    internal: bool = False
    at: datetime | None = None
    also: str = ""

    def has(self, word: Word) -> bool:
        """Whether this text, in either language, has the word."""
        return has_word(self.text, word) or has_word(self.also, word)


class Logged(Protocol):
    """What is needed of an event of the log."""

    kind: str
    action: str
    internal: bool
    at: datetime
    body: Any


class Filed(Protocol):
    """What is needed of an attachment."""

    field: str
    name: str
    internal: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Everything of one case that may hold words."""

    number: str
    title: str
    fields: Mapping[str, Any]
    events: Iterable[Logged] = ()
    files: Iterable[Filed] = ()
    firms: Iterable[str] = ()


_TITLES = {
    "number": ("编号", "Number"),
    "title": ("标题", "Title"),
    "file": ("附件名", "File name"),
    "firm": ("企业", "Organisation"),
}


def pieces_of(process: ProcessType, told: Told, language: str = "zh") -> Iterator[Piece]:
    """The texts of a case. Fields that hold personal data are passed over, also the names of their files."""
    english = is_english(language)
    titles = {name: pair[1 if english else 0] for name, pair in _TITLES.items()}
    yield Piece(titles["title"], told.title)
    yield Piece(titles["number"], told.number)
    for code, spec in process.fields.items():
        value = told.fields.get(code)
        if text := text_of(spec, value, language):
            yield Piece(spec.title.text(language), text, also=_other(spec, value, language))
    personal = {code for specs in _all_specs(process) for code, spec in specs.items() if spec.personal}
    for file in told.files:
        if file.field not in personal:
            yield Piece(titles["file"], file.name, file.internal)
    for name in told.firms:
        yield Piece(titles["firm"], name)
    for event in told.events:
        yield from _said(process, event, language)


def text_of(spec: FieldSpec, value: Any, language: str) -> str:
    """An answer as words that may be looked for; empty for what is personal, and for kinds that are no words."""
    if spec.personal or spec.source.startswith("requester.") or value in (None, "", []):
        return ""
    if spec.kind == "text" and isinstance(value, str):
        return value
    if spec.kind == "place" and isinstance(value, dict):
        return str(value.get("address", ""))
    if spec.is_choice and spec.choices:
        codes = value if isinstance(value, list) else [value]
        return " ".join(spec.choices.title(str(code), language) for code in codes)
    return ""


def _other(spec: FieldSpec, value: Any, language: str) -> str:
    """A choice in the language that is not the reader's."""
    return text_of(spec, value, "zh" if is_english(language) else "en") if spec.is_choice else ""


def _said(process: ProcessType, event: Logged, language: str) -> Iterator[Piece]:
    """What was said in one step or note."""
    action = process.actions.get(event.action) if event.kind == "acted" else None
    if event.kind != "noted" and action is None:
        return
    title = step_title(process, event.kind, event.action, event.body, internal=event.internal, language=language)
    if action is None:
        yield Piece(title, str(event.body.get("text", "")), event.internal, event.at)
        return
    given = event.body.get("answers", {})
    for code, spec in action.asks.items():
        if text := text_of(spec, given.get(code), language):
            yield Piece(title, text, event.internal, event.at, _other(spec, given.get(code), language))


def _all_specs(process: ProcessType) -> Iterator[Mapping[str, FieldSpec]]:
    yield process.fields
    for action in process.actions.values():
        yield action.asks


def terms_of(pieces: Iterable[Piece], areas: Iterable[str]) -> list[int]:
    """What the index holds of a case: tokens of texts that all read who see it, inner ones apart, and its areas."""
    found = {area_code(one): None for one in areas}
    for piece in pieces:
        for token in (*tokens(piece.text), *tokens(piece.also)):
            found[inner_code(token) if piece.internal else code_of(token)] = None
    return list(islice(found, MOST_TERMS))


def inner_code(token: str) -> int:
    """The number of a token of an internal text: only those look for it who may read such texts."""
    return code_of(f"\0{token}")


def area_code(area_id: str) -> int:
    """The number by which a case is found within an area."""
    return code_of(f"@{area_id}")
