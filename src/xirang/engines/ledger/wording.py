"""Puts records into words: titles for what their bodies hold, and names in place of ids.

Each engine brings the words of its own records; one word means one thing wherever it is recorded, and a test holds the
words complete and alike. Owners whose bodies speak in codes of their own (a case in those of its process) bring a
`Speak` instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from xirang.foundation.engines import by_name, every
from xirang.foundation.records import ActorKind, Entry, RecordKind, RecordWords
from xirang.ui.wording import aside, listed, moment_text

_HASHES = {"hash", "sha256", "report_sha256"}


def kinds() -> dict[str, RecordKind]:
    """Every kind of object that records are about."""
    return by_name((one.kind, one) for one in every(RecordKind))


def parts() -> dict[str, Any]:
    """What the parts of bodies are called, by word."""
    return _words("parts")


def _words(name: str) -> dict[Any, Any]:
    """One table of all engines' words; it is asked for once a page, and there are few."""
    return {key: value for words in every(RecordWords) for key, value in getattr(words, name).items()}


def kind_title(kind: str) -> str:
    """What objects of this kind are called, in the reader's language; the bare kind of one that nobody knows."""
    found = kinds().get(kind)
    return str(found.title) if found else kind


def subject_text(kind: str, subject_id: str, names: Mapping[str, str]) -> str:
    """An object by its kind and, where it has one, its name; packs and processes go by their codes."""
    found = kinds().get(kind)
    name = subject_id if found and found.coded else names.get(subject_id, "")
    return f"{kind_title(kind)} {name}".rstrip()


def erased_word() -> str:
    """What stands in place of a sealed value that was erased."""
    return _("已按规定删除")


def actor_text(kind: str, actor_id: str, names: Mapping[str, str]) -> str:
    """Who acted: an account by its shown name, everybody else by what they are."""
    titles = {one.kind: one.title for one in every(ActorKind)}
    return names.get(actor_id) or str(titles.get(kind, actor_id))


def hash_text(digits: str) -> str:
    """As much of a hash as tells two apart at a glance."""
    return f"{digits[:12]}…"


def pointed_at(kind: str, records: Iterable[Entry]) -> set[str]:
    """The ids (of areas also codes) of all objects of this kind that records are about or name in their bodies."""
    words = [word for word, pointed in _words("points_to").items() if pointed == kind]
    found = {record.subject_id for record in records if record.subject_kind == kind}
    return found | {text for record in records for word in words for text in _texts(record.body.get(word))}


def facts_in(body: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The particulars of one body as (title, text), with `names` in place of ids; what says nothing is left out."""
    titles = parts()
    said = ((str(titles.get(word, word)), _text(word, value, names)) for word, value in body.items())
    return tuple((title, text) for title, text in said if text)


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _text(word: str, value: Any, names: Mapping[str, str]) -> str:
    """One part of a body as text; empty for what says nothing."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, dict):
        if word == "digests":
            return _("%(count)s 项") % {"count": len(value)}
        if word == "switches":
            return listed(aside(name, _("开") if on else _("关")) for name, on in value.items())
        return listed(f"{name}={_text(name, one, names)}" for name, one in value.items())
    if word == "about":
        return kind_title(value[0])
    if isinstance(value, list):
        return listed(_text(word, one, names) for one in value)
    return _one(word, str(value), names)


def _one(word: str, text: str, names: Mapping[str, str]) -> str:
    if word in _HASHES:
        return hash_text(text)
    if spoken := _words("spoken").get(word):
        return str(spoken(text))
    if word == "matter":
        return kind_title(text.partition(":")[0])
    if titled := _words("values").get((word, text)):
        return str(titled)
    # A code that names an object elsewhere on the page is here still a code: a record reads alike beside any other.
    if text in names and word in _words("points_to"):
        return names[text]
    return _moment(text) or text


def _moment(text: str) -> str:
    """An ISO moment as people read it; days stay as they are."""
    if len(text) < 19 or text[10] != "T":
        return ""
    try:
        return moment_text(datetime.fromisoformat(text))
    except ValueError:
        return ""
