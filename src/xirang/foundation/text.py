"""Our own tokeniser for searching Chinese and Latin text with an ordinary array index."""

from __future__ import annotations

import re
import unicodedata

_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]+|[0-9a-z]+")
_MOST = 400


def plain(text: str) -> str:
    """The text as it is compared: full-width forms made plain, lower case, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def tokens(text: str) -> list[str]:
    """The sorted, distinct tokens of `text`: every pair of neighbouring Chinese signs, every Latin word or number.

    A single Chinese sign between other things is a token of its own. A text contains a phrase only when it has all the
    phrase's tokens, so an index over the array finds candidates; at most 400 tokens are kept.
    """
    found: set[str] = set()
    for run in _RUNS.findall(plain(text)):
        if run[0] < "\u3400":
            found.add(run[:64])
        elif len(run) == 1:
            found.add(run)
        else:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return sorted(found)[:_MOST]
