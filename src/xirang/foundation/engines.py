"""An engine declares itself: one frozen value per engine, and the questions that the floors ask of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Engine:
    """What an engine, or a floor with something to say, brings to the house.

    `code` is the label of its application, `title` a sentence of the catalogue. What it `offers` are frozen values
    whose types belong to the floors that use them: events and effects to foundation, entries of the menu to ui, roles
    to people. The order of the offers says nothing.
    """

    code: str
    title: Any
    offers: tuple[Any, ...] = ()


class TwiceError(RuntimeError):
    """Two engines claim the same name: a fault of the program, found when it starts."""


_engines: list[Engine] = []


def install(engines: Iterable[Engine]) -> None:
    """Say which engines there are, in the order of INSTALLED_APPS; done once, by `project`, at the start."""
    global _engines
    _engines = list(engines)


def engines() -> tuple[Engine, ...]:
    """Every installed engine, lower floors first."""
    return tuple(_engines)


# Offers by type, with the list of engines in which they were found: asked for every event and every effect.
_found: dict[type[Any], tuple[list[Engine], list[Any]]] = {}


def every(kind: type[T]) -> list[T]:
    """All offers of one type, lower floors first."""
    known = _found.get(kind)
    if known is None or known[0] is not _engines:
        offers = [offer for engine in _engines for offer in engine.offers if isinstance(offer, kind)]
        known = _found[kind] = (_engines, offers)
    return list(known[1])


def by_name(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """A dictionary of things that must have different names; TwiceError names the first that does not."""
    found: dict[str, T] = {}
    for name, thing in pairs:
        if name in found and found[name] != thing:
            raise TwiceError(f"{name} is declared twice")
        found[name] = thing
    return found
