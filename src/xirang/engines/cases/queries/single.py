"""Fetching one case: always within the actor's scope, or by the receipt that its requester holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from xirang.areas.queries import get_area
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.models import Attachment, Case
from xirang.engines.cases.policy import RECEIPT, can_see_case
from xirang.engines.cases.queries import installed
from xirang.foundation.actor import Actor, PlainActor, Ref
from xirang.foundation.errors import NotFoundError
from xirang.foundation.ids import CaseNumberError, check_query_code, parse_case_number, query_code
from xirang.foundation.scope import ScopedQuerySet
from xirang.foundation.statements import NotPlainError, Part, part, rows, unscoped, within

_SHOWN = ("area", "process", "holder_unit", "holder_account", "requester_organisation", "about_organisation", "place")


class NoSuchCaseError(NotFoundError):
    code = "no_such_case"
    zh = "没有这件办件，或它不在您可以查看的范围内。"
    en = "There is no such case, or it lies outside what you may see."


class WrongReceiptError(NotFoundError):
    code = "wrong_receipt"
    zh = "编号或查询码不对。两者都印在受理回执上，查询码是六位字母和数字。"
    en = "The number or the query code is not right. Both are on your receipt."


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a requester keeps of a case: with number and query code it is followed, confirmed or reopened."""

    number: str
    query_code: str
    title: str
    opened_at: datetime
    due_at: datetime | None

    @property
    def token(self) -> str:
        """Number and query code in one word, as FixMyStreet's clients send it."""
        return f"{self.number}-{self.query_code}"


_LOCK = "SELECT {columns} FROM cases_case c WHERE c.id = {case} AND {scope} FOR UPDATE"
_RECEIPT = "SELECT c.number, c.title, c.opened_at, c.due_at FROM cases_case c WHERE c.id = {case} AND {scope}"


def get_receipt(case_id: UUID) -> Receipt:
    """The receipt of a case, for whoever has just opened it or opened it before with the same key."""
    scope = unscoped(Case, "whoever opened a case is handed its receipt")
    found = rows(part(_RECEIPT, case=case_id, scope=scope))
    if not found:
        raise NoSuchCaseError()
    number, title, opened_at, due_at = found[0]
    code = query_code(settings.SECRETS.bytes_of("receipts_key"), case_id)
    return Receipt(number, code, title, opened_at, due_at)


def get_case(*, actor: Actor, case_id: UUID) -> Case:
    """One case with what a page shows of it; NoSuchCaseError outside the actor's scope."""
    return _guarded(actor, Case.objects.select_related(*_SHOWN), case_id)


def sees_case(*, actor: Actor, case_id: UUID) -> bool:
    """Whether a case lies within the actor's scope."""
    return Case.objects.within(actor).filter(pk=case_id).exists()


def process_of_case(case: Case) -> ProcessType:
    """The process type under which a case was opened."""
    return installed.process_of(case.process_id)


def lock_case(*, actor: Actor, case_id: UUID) -> Case:
    """As `get_case`, with its area and locked until the end of the transaction: one step at a time."""
    holder = _holds_receipt(actor, case_id)
    try:
        scope = unscoped(Case, "the receipt of this case was shown") if holder else within(Case, actor, "c")
    except NotPlainError:
        return _guarded(actor, Case.objects.select_for_update(of=("self",)).select_related("area"), case_id)
    return _locked(case_id, scope)


def lock_case_unscoped(case_id: UUID, because: str) -> Case:
    """As `lock_case` where no actor's scope applies; `because` says why."""
    return _locked(case_id, unscoped(Case, because))


def _locked(case_id: UUID, scope: Part) -> Case:
    found = rows(part(_LOCK, columns=columns_of_case(), case=case_id, scope=scope))
    if not found:
        raise NoSuchCaseError()
    return case_from(found[0])


@cache
def columns_of_case() -> Part:
    """All columns of a case `c`, as a statement asks for them and `case_from` takes them."""
    return Part(", ".join(f"c.{one.column}" for one in Case._meta.concrete_fields))


def case_from(row: Sequence[Any]) -> Case:
    """A case with its area, from the values of `columns_of_case`."""
    names, fields = _names()
    values = list(row)
    values[fields] = json.loads(values[fields])
    case = Case.from_db(DEFAULT_DB_ALIAS, names, values)
    case.area = get_area(case.area_id)
    return case


@cache
def _names() -> tuple[list[str], int]:
    """The columns of a case as its model names them, and which of them is JSON."""
    names = [one.attname for one in Case._meta.concrete_fields]
    return names, names.index("fields")


def _holds_receipt(actor: Actor, case_id: UUID) -> bool:
    return actor.ref.kind == RECEIPT and actor.ref.id == str(case_id)


def _guarded(actor: Actor, found: ScopedQuerySet[Case], case_id: UUID) -> Case:
    holder = _holds_receipt(actor, case_id)
    found = found.all_unscoped("the receipt of this case was shown") if holder else found.within(actor)
    case = found.filter(pk=case_id).first()
    if case is None or (holder and not can_see_case(actor, case)):
        raise NoSuchCaseError()
    return case


def receipt_actor(case_id: UUID) -> PlainActor:
    """Whoever holds the receipt of one case: may see it and act as its requester, nothing else."""
    return PlainActor(Ref(RECEIPT, str(case_id)), "求助人")


def find_case_by_receipt(*, number: str, code: str) -> Case:
    """The case of a number and its query code; one and the same error whichever of the two is wrong.

    A number whose check character is wrong is said to be mistyped: that gives nothing away.
    """
    try:
        parsed = str(parse_case_number(number))
    except CaseNumberError as error:
        raise WrongReceiptError(zh=error.zh, en=error.en, code="mistyped_number") from error
    case = Case.objects.all_unscoped("found by its receipt").filter(number=parsed).first()
    key = settings.SECRETS.bytes_of("receipts_key")
    # The code is compared for an unknown number too, so that the time taken tells nothing.
    if not check_query_code(key, case.pk if case else UUID(int=0), code) or case is None:
        raise WrongReceiptError()
    return case


def get_attachment(*, actor: Actor, case_id: UUID, attachment_id: UUID, internal: bool) -> Attachment:
    """An attachment of a case that the actor may see; internal ones only for staff (`internal`)."""
    case = get_case(actor=actor, case_id=case_id)
    kept = Attachment.objects.filter(case=case, pk=attachment_id)
    found = (kept if internal else kept.filter(internal=False)).first()
    if found is None:
        raise NoSuchCaseError()
    return found
