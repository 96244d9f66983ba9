"""`xirang wiring`: prints which event leads to which effect, pack by pack."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the whole table."""


def run(args: argparse.Namespace) -> int:
    from xirang.packs.wiring.hearing import table

    for pack, when, effect, arguments in table():
        print(f"{pack}\n  当 {when}\n  则 {effect} {arguments}")
    return 0
