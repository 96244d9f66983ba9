"""How many examples property tests try: few in every run, more where somebody asks for it."""

from __future__ import annotations

import os


def examples(number: int) -> int:
    """That many examples; `EXAMPLES=10 make t k=properties` tries ten times as many."""
    return number * int(os.environ.get("EXAMPLES") or 1)
