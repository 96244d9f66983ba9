"""Picks the sentence in the reader's language from whatever carries one in Chinese and one in English."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import get_language


class Bilingual(Protocol):
    """A finding or an error of the pure rooms, which know no reader."""

    @property
    def zh(self) -> str:
        """What readers of Chinese get."""
        ...

    @property
    def en(self) -> str:
        """What readers of English get."""
        ...


def spoken(either: Bilingual) -> str:
    """The English sentence for readers of English, the Chinese one for all others."""
    return either.en if (get_language() or "zh").startswith("en") else either.zh
