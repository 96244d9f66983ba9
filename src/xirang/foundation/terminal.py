"""What the command line says, in Chinese or, where the terminal is set to English, in English."""

from __future__ import annotations

import os


class StartupError(Exception):
    """Something outside the program keeps it from running; says what is wrong and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return choose(self.zh, self.en)


def terminal_is_english() -> bool:
    """True where LC_ALL, LC_MESSAGES or LANG (the first one set) names English; Chinese is the default."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("en")
    return False


def choose(zh: str, en: str) -> str:
    """The one of two sentences that suits this terminal."""
    return en if terminal_is_english() else zh


def say(zh: str, en: str) -> None:
    """Print one line at once, so that progress is seen also through a pipe."""
    print(choose(zh, en), flush=True)
