"""What a check of a number found, in words, and how typed numbers are cleaned before they are checked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NOISE = re.compile(r"[\s\-‐‑‒–—―−_\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
LONGEST_INPUT = 100

# The first two digits of GB/T 2260 codes; 10 stands for the nation as a whole in numbers given out centrally.
PROVINCES = frozenset(
    re.findall(
        "[0-9]{2}",
        "10 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82",
    )
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a stable code, a sentence in Chinese and English, and the place (from 1) it concerns."""

    code: str
    zh: str
    en: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """A cleaned number with the errors that refuse it and the warnings that only ask for a second look."""

    number: str
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    suggestion: str | None = None

    @property
    def ok(self) -> bool:
        return not self.errors


class NumberError(ValueError):
    """A number that is refused; `zh` and `en` are the first finding's sentences, `check` holds all of them."""

    def __init__(self, check: NumberCheck) -> None:
        self.check = check
        self.zh, self.en = check.errors[0].zh, check.errors[0].en
        super().__init__(self.en)


def clean(text: str) -> str:
    """Strip blanks, dashes and invisible signs, make full-width forms plain and letters capital."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text[: LONGEST_INPUT + 1])).upper()
