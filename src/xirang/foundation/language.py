"""The two languages of the house, by the codes that browsers, accounts and packs use for them."""

from __future__ import annotations


def is_english(language: str) -> bool:
    """Whether a code such as `en` or `en-gb` means English; everything else is read in Chinese."""
    return language.startswith("en")
