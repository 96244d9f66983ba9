"""Acting on a case: one step of its process, or a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.engines.cases import policy
from xirang.engines.cases.commands import log
from xirang.engines.cases.commands.personal import keep_personal, too_many_files
from xirang.engines.cases.events import CaseActed, CaseAnswered, CaseAssigned, CaseClosed, CaseReopened
from xirang.engines.cases.logic.acting import Standing
from xirang.engines.cases.logic.actions import switched_off
from xirang.engines.cases.logic.answers import clean_answers
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.relations import relations_of, unit_acting
from xirang.engines.cases.logic.state import CaseState, Participant
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import lock_case
from xirang.engines.cases.queries.replaying import state_of
from xirang.engines.cases.queries.standing import standing_of
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command, publish
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError
from xirang.foundation.files import StoredFile
from xirang.foundation.ids import new_id
from xirang.foundation.permits import Permit
from xirang.people.queries import find_unit_id

NOTE_LIMIT = 2000
Files = Mapping[str, Sequence[StoredFile]]


@command(
    _("办理一步"), permit=Permit(("anyone",), _("由流程的动作决定，见下文各流程；看得到的办件；公众凭编号和查询码"))
)
def act_on_case(
    *,
    actor: Actor,
    case_id: UUID,
    action: str,
    answers: Mapping[str, Any],
    now: datetime,
    seq: int | None = None,
    files: Files | None = None,
) -> UUID:
    """Take one action of the case's process.

    `seq` is the number of the last event that the actor saw: ConflictError when something has happened since.
    NotAllowedError says why the action cannot be taken, InvalidError which answers are wrong.
    """
    case = lock_case(actor=actor, case_id=case_id)
    process, state = state_of(case, marks=False)
    if seq is not None and seq != state.seq:
        raise ConflictError()
    standing = standing_of(case, process, state, actor=actor, now=now, action=action)
    spec = _offered(standing, action)
    plain = _checked(spec, actor, answers, files or {}, now)
    reason = standing.why_not(action, plain)
    if reason is not None:
        kind = ConflictError if reason.code == "stage" else NotAllowedError
        raise kind(code=reason.code, zh=reason.zh, en=reason.en)
    relation, unit = standing.acts_as(spec)
    by = Participant(actor.ref.kind, actor.ref.id, relation, unit)
    perform(case, process, state, spec, actor=actor, by=by, answers=plain, files=files or {}, now=now)
    return case.pk


def perform(
    case: Case,
    process: ProcessType,
    state: CaseState,
    spec: ActionSpec,
    *,
    actor: Actor,
    by: Participant,
    answers: Mapping[str, Any],
    now: datetime,
    files: Files | None = None,
    steps: log.Steps | None = None,
) -> CaseState:
    """Write down an action that has been allowed, with its files, and tell the others; `by` says who acts as what.

    Where `steps` are gathered it is written with them.
    """
    files = {code: items for code, items in (files or {}).items() if items}
    ids = {code: [new_id(now) for _ in items] for code, items in files.items()}
    body = {"answers": {**answers, **{code: [str(one) for one in items] for code, items in ids.items()}}}
    internal = spec.note == "internal" and by.relation != "requester"
    after = log.append(
        case,
        process,
        state,
        actor=actor,
        by=by,
        kind="acted",
        action=spec.code,
        body=body,
        now=now,
        internal=internal,
        recorded=_recorded(spec, answers),
        steps=steps,
    )
    log.keep_files(case, after.seq, files, internal=internal, now=now, ids=ids)
    _tell(case, process, spec, state, after, answers, by.relation)
    return after


class ReplyNotAllowedError(NotAllowedError):
    code = "reply_not_allowed"
    zh = "给求助人看的话由办理人员写。您可以写内部备注。"
    en = "What the requester reads is written by those who handle the case. You may write an internal note."


@command(
    _("留言或备注"),
    permit=Permit(
        ("anyone",),
        _(
            "给求助人看的：流程的动作写明的角色和关系；内部备注：另有协办、负责人和可查看的角色，审计员除外；求助人可补充；公众凭编号和查询码"
        ),
    ),
)
def add_note(*, actor: Actor, case_id: UUID, text: str, now: datetime, internal: bool = True) -> UUID:
    """Add an internal note (staff) or a word that the requester reads too; the process does not move."""
    case = lock_case(actor=actor, case_id=case_id)
    process, state = state_of(case, marks=False)
    party, sides = policy.party_of(actor, case), policy.sides_of(case, state)
    relations = relations_of(party, sides)
    if not policy.can_note_case(process, relations):
        raise NotAllowedError()
    internal = internal and policy.sees_internal(relations, process)
    if not internal and not policy.can_reply_to_case(process, relations):
        raise ReplyNotAllowedError()
    text = text.strip()
    if not text or len(text) > NOTE_LIMIT:
        sentence = f"请写 1 到 {NOTE_LIMIT} 字。"
        raise InvalidError(fields={"text": sentence}, zh=sentence, en=f"Please write 1 to {NOTE_LIMIT} characters.")
    relation = "requester" if relations & {"requester"} and not internal else _first_relation(relations)
    by = Participant(actor.ref.kind, actor.ref.id, relation, unit_acting(party, sides, relation))
    log.append(
        case,
        process,
        state,
        actor=actor,
        by=by,
        kind="noted",
        action="",
        internal=internal,
        now=now,
        body={"text": text, "visibility": "internal" if internal else "reply"},
        recorded={"note": True},
    )
    return case.pk


def _offered(standing: Standing, action: str) -> ActionSpec:
    """The action as it is offered where the case lies; what was switched off there is refused with that reason."""
    if action not in standing.whole.actions:
        raise InvalidError(code="no_such_action", zh="没有这个办理动作。", en="There is no such action.")
    if action not in standing.offered.actions:
        reason = switched_off(standing.whole.actions[action])
        raise NotAllowedError(code=reason.code, zh=reason.zh, en=reason.en)
    return standing.offered.actions[action]


def _checked(spec: ActionSpec, actor: Actor, answers: Mapping[str, Any], files: Files, now: datetime) -> dict[str, Any]:
    raw = {code: value for code, value in answers.items() if not _blank(value)}
    raw |= {code: list(items) for code, items in files.items() if items}
    cleaned = clean_answers(spec.asks, raw, today=local_date(now))
    plain = dict(cleaned.plain)
    wrong = {code: item.zh for code, item in cleaned.wrong.items()} | too_many_files(spec.asks, files)
    for code, question in spec.asks.items():
        if question.kind == "unit" and code in plain:
            unit_id = find_unit_id(str(plain[code]))
            if unit_id is None:
                wrong[code] = "没有这个承办单位，请从列表中选择。"
            else:
                plain[code] = str(unit_id)
    if wrong:
        raise InvalidError(fields=wrong, zh=f"有 {len(wrong)} 处需要改正。", en="Some answers need correcting.")
    plain = {code: value for code, value in plain.items() if code not in files}
    return plain | keep_personal(spec.asks, cleaned.personal, actor=actor, now=now)[1]


def _blank(value: Any) -> bool:
    return value is None or value == ""


# Kinds of answers that are codes, numbers or ids; of all others a record says only that they were given.
_SAID_AS_IT_IS = frozenset(("choice", "choices", "int", "fen", "date", "bool", "unit"))


def _recorded(spec: ActionSpec, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of the answers: choices, numbers and units as they are, free text only by its length.

    A rating is only said to have been given: whoever is rated may read the records of the case.
    """
    kept: dict[str, Any] = {}
    for code, value in answers.items():
        kind = spec.asks[code].kind
        if kind in _SAID_AS_IT_IS:
            kept[code] = value
        elif kind in ("text", "phone") and isinstance(value, str):
            kept[code] = {"characters": len(value)}
        else:
            kept[code] = {"given": True}
    return {"answers": kept} if kept else {}


def _first_relation(relations: frozenset[str]) -> str:
    return next(
        (
            one
            for one in ("holder", "holder.leader", "co_holder", "responsible_leader", "requester")
            if one in relations
        ),
        min(relations, default=""),
    )


def _said(ask: FieldSpec, answer: Any) -> bool:
    """Whether an answer is words that others may hear; a reference into the vault is not."""
    return ask.kind == "text" and isinstance(answer, str)


def _tell(
    case: Case,
    process: ProcessType,
    spec: ActionSpec,
    before: CaseState,
    after: CaseState,
    answers: Mapping[str, Any],
    relation: str,
) -> None:
    facts = log.facts(case)
    text = (
        ""
        if spec.note == "internal"
        else next((answers[code] for code, ask in spec.asks.items() if _said(ask, answers.get(code))), "")
    )
    publish(CaseActed(**facts, action=spec.code, text=text))
    if (after.holder_unit and after.holder_unit != before.holder_unit) or spec.holds("hold"):
        publish(CaseAssigned(**facts, action=spec.code))
    if "outcome" in answers:
        publish(CaseAnswered(**facts, outcome=after.outcome, reply=text))
    if after.closed and not before.closed:
        publish(CaseClosed(**facts, outcome=after.outcome, confirmed=relation == "requester"))
    if after.reopened > before.reopened:
        publish(CaseReopened(**facts, times=after.reopened))
