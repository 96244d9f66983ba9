"""One search over all engines: what each of them offers to it, and how a question is cut into words and found again."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xirang.foundation.actor import Actor
from xirang.foundation.text import plain, tokens

MOST_SIGNS, MOST_WORDS = 100, 8
BEFORE, AROUND = 12, 60
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_BETWEEN = re.compile(r"[\W_]+")
_HAN_SIGN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question, made plain, and the tokens that a text with this word has."""

    text: str
    tokens: tuple[str, ...]

    @property
    def codes(self) -> tuple[int, ...]:
        """The tokens as an index of numbers holds them."""
        return tuple(code_of(one) for one in self.tokens)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for. A text is a hit when it has all `words`.

    `text` is what was typed, without signs that nobody sees. `too_short` are words of one Chinese sign, which no index
    knows; `cut` says that more was typed than is looked for.
    """

    text: str
    words: tuple[Word, ...] = ()
    too_short: tuple[str, ...] = ()
    cut: bool = False

    def only(self, word: Word) -> Question:
        """The same with one word alone."""
        return Question(word.text, (word,))


@dataclass(frozen=True, slots=True)
class Match:
    """Where a hit has the words: the field as people call it, and the part of its text that has them."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `state` is a kind of dot and its word; `number` stands before what matched."""

    title: str
    url: str
    number: str = ""
    matches: tuple[Match, ...] = ()
    state: tuple[str, str] | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The first hits of one engine and how many there are; `more` says that there are at least so many."""

    hits: tuple[Hit, ...] = ()
    count: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A page that leads on where nothing was found: its address and what the link says."""

    title: str
    url: str


NOTHING_FOUND = Found()


def _everybody(actor: Actor) -> bool:
    return True


def _nowhere(actor: Actor, text: str, now: datetime) -> str:
    return ""


def _no_ways(actor: Actor, question: Question, now: datetime) -> tuple[Way, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """Offered by an engine: how its things are found, always within what the actor may see.

    `code` names the group in addresses, `title` is a sentence of the catalogue, groups stand by `order`.
    `find(actor, question, now, limit)` gives the first `limit` hits; without it there is no group. `offered(actor)`
    says who has this group at all.
    `direct(actor, text, now)` is the address of the one thing that a whole number or code names, or empty: also where
    the actor may not see it, so that nobody learns what exists. `instead` are ways on where nothing was found.
    """

    code: str
    title: Any = ""
    order: int = 50
    find: Callable[[Actor, Question, datetime, int], Found] | None = None
    offered: Callable[[Actor], bool] = _everybody
    direct: Callable[[Actor, str, datetime], str] = _nowhere
    instead: Callable[[Actor, Question, datetime], tuple[Way, ...]] = _no_ways


def read_question(given: str) -> Question:
    """A question as people type it: full width or not, any case, words between blanks or punctuation."""
    text = _UNSEEN.sub(" ", given).strip()
    kept = text[:MOST_SIGNS].strip()
    pieces = list(dict.fromkeys(filter(None, _BETWEEN.split(plain(kept)))))
    words, short = [], []
    for piece in pieces[:MOST_WORDS]:
        if len(piece) == 1 and _HAN_SIGN.match(piece):
            short.append(piece)
        elif found := _tokens_of(piece):
            words.append(Word(piece, found))
    return Question(kept, tuple(words), tuple(short), cut=len(text) > MOST_SIGNS or len(pieces) > MOST_WORDS)


def _tokens_of(piece: str) -> tuple[str, ...]:
    """The tokens that every text with this piece has: a lone sign at its edge may be part of a longer run there."""
    found = tokens(piece)
    longer = [one for one in found if len(one) > 1 or not _HAN_SIGN.match(one)]
    return tuple(longer or found)


def code_of(token: str) -> int:
    """A token as a signed number of 32 bits: an index of numbers is a third of one of words.

    Two tokens may have the same number, so whoever shows a hit looks whether its text has the word (`has_word`).
    """
    number = zlib.crc32(token.encode("utf-8", "surrogatepass"))
    return number - (1 << 32) if number >= 1 << 31 else number


def has_word(text: str, word: Word) -> bool:
    """Whether a text really has the word, not only its tokens; blanks and punctuation in between do not matter."""
    return word.text in _BETWEEN.sub("", plain(text))


def excerpt(text: str, words: Iterable[Word]) -> str:
    """The part of a text around the first word that it has, with an ellipsis where something is left out."""
    spans = _spans(text, words)
    begin = max(0, spans[0][0] - BEFORE) if spans else 0
    begin = 0 if begin <= 2 else begin
    end = min(len(text), begin + AROUND)
    end = len(text) if len(text) - end <= 2 else end
    shown = " ".join(text[begin:end].split())
    return ("…" if begin else "") + shown + ("…" if end < len(text) else "")


def marked(text: str, words: Iterable[Word]) -> list[tuple[str, bool]]:
    """A text cut into pieces, each with whether it is one of the words; joined they are the text."""
    pieces, at = [], 0
    for begin, end in _spans(text, words):
        pieces += [(text[at:begin], False)] if begin > at else []
        pieces.append((text[begin:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) or not pieces else pieces


def _spans(text: str, words: Iterable[Word]) -> list[tuple[int, int]]:
    """Where the words stand in the text as it is written, in order, those that touch or overlap made one."""
    folded, place = [], []
    for at, sign in enumerate(text):
        # One written sign may be several plain ones (㈱, ½): each remembers where it was written.
        for one in _BETWEEN.sub("", unicodedata.normalize("NFKC", sign).lower()):
            folded.append(one)
            place.append(at)
    whole = "".join(folded)
    found = []
    for word in words:
        start = whole.find(word.text)
        while start >= 0:
            found.append((place[start], place[start + len(word.text) - 1] + 1))
            start = whole.find(word.text, start + len(word.text))
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
