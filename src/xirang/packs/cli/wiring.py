"""`xirang wiring`: prints which event leads to which effect, pack by pack."""

from __future__ import annotations

import argparse
from itertools import groupby

from xirang.foundation.terminal import choose


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the whole table."""


def run(args: argparse.Namespace) -> int:
    from xirang.packs.wiring.hearing import table

    for pack, lines in groupby(table(), key=lambda row: row[0]):
        print(pack)
        for _pack, when, then in lines:
            print(choose(f"  当 {when}\n  则 {then}", f"  when {when}\n  then {then}"))
    return 0
