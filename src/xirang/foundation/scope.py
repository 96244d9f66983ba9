"""Scope fails closed: a table with a scope cannot be read before somebody said within which scope, or why without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, runtime_checkable

from django.db import models
from django.db.models import Q

from xirang.foundation.actor import Actor


class UnscopedReadError(RuntimeError):
    """A scoped table was read without `within(actor)`: a fault of the program that must never leak rows."""


@runtime_checkable
class Scoped(Protocol):
    """What a model with a scope defines."""

    @staticmethod
    def scope(actor: Actor) -> Q:
        """The rows that the actor may see at all."""
        ...


Row = TypeVar("Row", bound=models.Model)
if TYPE_CHECKING:

    class Rows(models.QuerySet[Row]):
        """Django's querysets with the inner methods that their published types leave out."""

        def _clone(self) -> Self: ...
        def _combinator_query(self, combinator: str, *others: Any, **kwargs: Any) -> Self: ...
        def _merge_sanity_check(self, other: Any) -> None: ...
else:
    Rows = models.QuerySet


class ScopedQuerySet(Rows[Row]):
    """A queryset that refuses to touch the database until its scope is stated; its model is `Scoped`."""

    _scope_stated = False

    def within(self, actor: Actor) -> Self:
        """Only what `actor` may see."""
        model = self.model
        if not isinstance(model, Scoped):
            raise UnscopedReadError(f"{model.__name__} does not say what an actor may see")
        rows = self.filter(model.scope(actor))
        rows._scope_stated = True
        return rows

    def all_unscoped(self, because: str) -> Self:
        """Everything; `because` says why no actor's scope applies (clocks, imports, backups, guarded fetches)."""
        if not because:
            raise UnscopedReadError("all_unscoped needs a reason")
        rows = self.all()
        rows._scope_stated = True
        return rows

    def _clone(self) -> Self:
        clone = super()._clone()
        clone._scope_stated = self._scope_stated
        return clone

    def _stated(self) -> None:
        if not self._scope_stated:
            raise UnscopedReadError(f"{self.model.__name__} was read without within(actor)")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._stated()
        super()._fetch_all()

    def count(self) -> int:
        self._stated()
        return super().count()

    def exists(self) -> bool:
        self._stated()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._stated()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._stated()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._stated()
        return super().delete()

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._stated()
        return super().iterator(*args, **kwargs)

    def aiterator(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        self._stated()
        return super().aiterator(*args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> str:
        self._stated()
        return super().explain(*args, **kwargs)

    # A stated scope must not smuggle in rows of another queryset whose scope nobody stated.
    def _combinator_query(self, combinator: str, *others: Any, **kwargs: Any) -> Self:
        self._stated_too(others)
        return super()._combinator_query(combinator, *others, **kwargs)

    def _merge_sanity_check(self, other: Any) -> None:
        self._stated_too([other])
        super()._merge_sanity_check(other)

    def _stated_too(self, others: Iterable[Any]) -> None:
        for other in others:
            if isinstance(other, ScopedQuerySet):
                other._stated()


NOTHING = Q(pk__in=[])
