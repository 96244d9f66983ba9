"""Scope fails closed: a table with a scope cannot be read before somebody said within which scope, or why without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q

from xirang.foundation.actor import Actor


class UnscopedReadError(RuntimeError):
    """A scoped table was read without `within(actor)`: a fault of the program that must never leak rows."""


class ScopedQuerySet(models.QuerySet):
    """A queryset that refuses to touch the database until its scope is stated.

    A model that uses it defines `scope(actor) -> Q`, the rows that the actor may see at all.
    """

    _scope_stated = False

    def within(self, actor: Actor) -> Self:
        """Only what `actor` may see."""
        rows = self.filter(self.model.scope(actor))
        rows._scope_stated = True
        return rows

    def all_unscoped(self, because: str) -> Self:
        """Everything; `because` says why no actor's scope applies (clocks, imports, backups, guarded fetches)."""
        if not because:
            raise UnscopedReadError("all_unscoped needs a reason")
        rows = self._chain()
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

    def _refuse_or(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self._stated()
        return getattr(super(), name)(*args, **kwargs)

    def count(self) -> int:
        return self._refuse_or("count")

    def exists(self) -> bool:
        return self._refuse_or("exists")

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._refuse_or("aggregate", *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        return self._refuse_or("update", **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        return self._refuse_or("delete")

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        return self._refuse_or("iterator", *args, **kwargs)

    def aiterator(self, *args: Any, **kwargs: Any) -> Any:
        return self._refuse_or("aiterator", *args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> str:
        return self._refuse_or("explain", *args, **kwargs)

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
