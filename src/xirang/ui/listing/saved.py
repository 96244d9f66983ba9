"""Who keeps the views of a list that somebody saved: a floor above this one, which knows accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from xirang.foundation.actor import Actor
from xirang.foundation.engines import every


class KeptView(Protocol):
    """A saved view: its title, the filters of its address, and where a form removes it."""

    @property
    def title(self) -> str: ...
    @property
    def query(self) -> Mapping[str, str]: ...
    @property
    def remove_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SavedViews:
    """Offered by the floor of accounts: who keeps views, those of one list by its name, and where a form saves one."""

    kept_for: Callable[[Actor], bool]
    of: Callable[[Actor, str], Sequence[KeptView]]
    save_url: Callable[[], str]


def saved_views(actor: Actor) -> SavedViews | None:
    """Whoever keeps saved views for this actor, if anybody does."""
    return next((one for one in every(SavedViews) if one.kept_for(actor)), None)
