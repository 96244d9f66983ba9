"""Adding one event to a case: the log first, then the columns that follow from it, the record and what others hear."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from xirang.engines.cases.events import CaseFacts
from xirang.engines.cases.logic.kept import kept_values
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.relations import HANDLING_ROLES
from xirang.engines.cases.logic.replay import apply, start
from xirang.engines.cases.logic.state import CaseState, Event, EventKind, Participant, SequenceError
from xirang.engines.cases.models import NEVER, Attachment, Case
from xirang.engines.cases.queries.replaying import CALENDAR
from xirang.foundation.actor import Actor, Grant, Ref
from xirang.foundation.addresses import address_with
from xirang.foundation.commands import record
from xirang.foundation.errors import ConflictError
from xirang.foundation.files import StoredFile
from xirang.foundation.plain import jsonable
from xirang.foundation.statements import Part, changed, joined, new_row, part, value_of

# The roles by whose post one is what the relation says; every other relation is itself a role.
_POSTS = {"holder": HANDLING_ROLES, "co_holder": HANDLING_ROLES, "holder.leader": ("unit_leader",)}
# The columns that follow from the log and may change with each event.
_FOLLOWING = (
    "stage",
    "stage_kind",
    "outcome",
    "holder_unit_id",
    "holder_account_id",
    "co_holders",
    "due_at",
    "due_clock",
    "order_at",
    "next_mark_at",
    "closed_at",
    "reopened",
    "last_seq",
    "updated_at",
    "fields",
)
# One statement carries a step: the case's row, and the event from which its columns follow.
_FIRST = "WITH opened AS ({row}){values} {event}"
_NEXT = "WITH followed AS (UPDATE {table} SET {changes} WHERE id = {case}){values} {event}"
# So does what lists filter by: answers that are new, and the place in the order of those that stay.
_KEPT = """, kept AS (
  INSERT INTO cases_casevalue (case_id, field, value, process_code, opened_at, order_at)
  SELECT {case}::uuid, given.field, given.value, {process}, {opened}::timestamptz, {order}::timestamptz
  FROM unnest({fields}::text[], {given}::text[]) AS given(field, value)
  ON CONFLICT (case_id, field) DO UPDATE SET value = excluded.value, order_at = excluded.order_at
)"""
_MOVED = """, moved AS (
  UPDATE cases_casevalue SET order_at = {order}::timestamptz
  WHERE case_id = {case}::uuid AND field <> ALL({fields}::text[])
)"""
# The same for many steps of clocks, which answer nothing: a row of the case for each case, after its last event.
_TOGETHER = """
WITH followed AS (
    UPDATE {table} c SET {changes} FROM jsonb_populate_recordset(NULL::cases_case, {cases}::jsonb) one
    WHERE c.id = one.id
), moved AS (
    UPDATE cases_casevalue v SET order_at = CASE WHEN one.stage_kind <> 'done' THEN one.order_at END
    FROM jsonb_populate_recordset(NULL::cases_case, {cases}::jsonb) one
    WHERE v.case_id = one.id AND v.order_at IS DISTINCT FROM CASE WHEN one.stage_kind <> 'done' THEN one.order_at END
)
INSERT INTO cases_caseevent ({columns}) SELECT {columns}
FROM jsonb_populate_recordset(NULL::cases_caseevent, {events}::jsonb)
"""
_LOG = "cases_caseevent"
# A row that changes was locked within the scope of whoever acts.
EMPTY = Part("")
_LOCKED = Part("cases_case", (), frozenset({"cases_case"}))


def write_first(
    case: Case, process: ProcessType, *, actor: Actor, by: Participant, body: Mapping[str, Any], now: datetime
) -> CaseState:
    """Open the log of a new case and save it with the columns that follow."""
    event = Event(1, now, "opened", "open", by, jsonable(dict(body)))
    state = start(process, event, CALENDAR)
    _follow(case, state, now)
    covered = _covered_post(actor, event)
    added = _row(case, event, actor, internal=False, covered=covered)
    row = {name: getattr(case, name) for name in _columns()}
    values = _kept(case, state, kept_values(process, state.values))
    changed(part(_FIRST, row=new_row("cases_case", row), values=values, event=new_row(_LOG, added)))
    case._state.adding = False
    record(
        Ref("case", str(case.pk)),
        {
            "number": case.number,
            "process": case.process_code,
            "channel": case.channel,
            "fields": sorted(body.get("fields", {})),
        },
        area_id=case.area_id,
        stands_in_for=covered.absent if covered else None,
    )
    return state


def append(
    case: Case,
    process: ProcessType,
    state: CaseState,
    *,
    actor: Actor,
    by: Participant,
    kind: EventKind,
    action: str,
    body: Mapping[str, Any],
    now: datetime,
    internal: bool = False,
    recorded: Mapping[str, Any] | None = None,
    steps: Steps | None = None,
) -> CaseState:
    """Add one event; ConflictError when somebody else's came first. `recorded` is what the ledger keeps of the body.

    Where `steps` are gathered it is written with them, else at once.
    """
    event = Event(state.seq + 1, max(now, state.last_at), kind, action, by, jsonable(dict(body)))
    try:
        after = apply(process, state, event, CALENDAR)
    except SequenceError as error:
        raise ConflictError(zh=error.zh, en=error.en) from error
    _follow(case, after, now)
    covered = _covered_post(actor, event, state)
    row = _row(case, event, actor, internal=internal, covered=covered)
    if steps is None:
        _write(case, row, _values_after(case, process, state, after))
    else:
        steps.gather(case, row)
    record(
        Ref("case", str(case.pk)),
        {
            "number": case.number,
            "seq": event.seq,
            "from": state.stage,
            "to": after.stage,
            **({"action": action} if action else {}),
            **(recorded or {}),
        },
        area_id=case.area_id,
        stands_in_for=covered.absent if covered else None,
    )
    return after


class Steps:
    """Steps of many cases, all of whose rows are locked, that one statement writes at the end of their transaction."""

    def __init__(self) -> None:
        self._cases: dict[UUID, Case] = {}
        self._events: list[dict[str, Any]] = []

    def gather(self, case: Case, event: dict[str, Any]) -> None:
        """Take one more step; the columns of the case are read when all is written, after its last one."""
        self._cases[case.pk] = case
        self._events.append(event)

    def write(self) -> None:
        """Write down what was gathered, in its order."""
        if not self._events:
            return
        cases = [{name: getattr(case, name) for name in ("id", *_FOLLOWING)} for case in self._cases.values()]
        given = {
            "cases": _as_json(cases),
            "events": _as_json(self._events),
            "columns": Part(", ".join(self._events[0])),
        }
        changes = Part(", ".join(f"{name} = one.{name}" for name in _FOLLOWING))
        changed(part(_TOGETHER, table=_LOCKED, changes=changes, **given))


def _as_json(rows: list[dict[str, Any]]) -> str:
    """Rows by column as the server reads them; ids and moments go as text."""
    return json.dumps(rows, ensure_ascii=False, default=str)


def _write(case: Case, event: dict[str, Any], kept: Part) -> None:
    values = [(name, value_of(getattr(case, name))) for name in _FOLLOWING]
    changes = joined([Part(f"{name} = {one.text}", one.values) for name, one in values], ", ")
    changed(part(_NEXT, table=_LOCKED, changes=changes, case=str(case.pk), values=kept, event=new_row(_LOG, event)))


def keep_files(
    case: Case,
    seq: int,
    files: Mapping[str, Sequence[StoredFile]],
    *,
    internal: bool,
    now: datetime,
    ids: Mapping[str, Sequence[UUID]],
) -> None:
    """Note the attachments that came with one event; their bytes are stored already."""
    Attachment.objects.bulk_create(
        Attachment(
            id=attachment_id,
            case=case,
            seq=seq,
            field=field,
            name=stored.name,
            content_type=stored.content_type,
            size=stored.size,
            sha256=stored.sha256,
            scanned=stored.scan_state,
            internal=internal,
            uploaded_at=now,
        )
        for field, items in files.items()
        for stored, attachment_id in zip(items, ids.get(field, ()), strict=True)
    )


def facts(case: Case) -> dict[str, Any]:
    """What every event of this case carries (see `events.CaseFacts`)."""
    values = {
        "case_id": case.pk,
        "number": case.number,
        "title": case.title,
        "process": case.process_code,
        "stage": case.stage,
        "area_id": case.area_id,
        "url": address_with("cases:case")(str(case.pk)),
        "holder_unit_id": case.holder_unit_id,
        "holder_account_id": case.holder_account_id,
        "requester_account_id": case.requester_account_id,
        "requester_person_id": case.requester_person_id,
        "about_organisation_id": case.about_organisation_id,
        "due_at": case.due_at,
    }
    assert values.keys() <= {field for field in CaseFacts.__dataclass_fields__}
    return values


def _follow(case: Case, state: CaseState, now: datetime) -> None:
    """Set every derived column from the state; nothing else ever writes them."""
    case.stage, case.stage_kind, case.outcome = state.stage, state.stage_kind, state.outcome
    case.holder_unit_id = UUID(state.holder_unit) if state.holder_unit else None
    case.holder_account_id = UUID(state.holder_account) if state.holder_account else None
    case.co_holders = [UUID(unit) for unit in state.co_holders]
    case.opened_at, case.due_at, case.due_clock = state.opened_at, state.due_at, state.due_clock
    case.order_at = state.due_at or NEVER
    case.next_mark_at = state.next_mark_at
    case.closed_at, case.reopened, case.last_seq = state.closed_at, state.reopened, state.seq
    case.fields, case.updated_at = dict(state.values), now


def _values_after(case: Case, process: ProcessType, before: CaseState, after: CaseState) -> Part:
    """What a step changes of what lists filter by: nothing, where neither an answer nor the order changes."""
    was, given = kept_values(process, before.values), kept_values(process, after.values)
    new = {field: value for field, value in given.items() if was.get(field) != value}
    moved = EMPTY
    if given.keys() - new.keys() and _place(before) != _place(after):
        moved = part(_MOVED, order=_moment(_place(after)), case=str(case.pk), fields=list(new))
    return joined([_kept(case, after, new), moved], "")


def _kept(case: Case, state: CaseState, values: Mapping[str, str]) -> Part:
    if not values:
        return EMPTY
    return part(
        _KEPT,
        case=str(case.pk),
        process=case.process_code,
        opened=_moment(state.opened_at),
        order=_moment(_place(state)),
        fields=list(values),
        given=list(values.values()),
    )


def _place(state: CaseState) -> datetime | None:
    """Where a case stands among open ones; none once it is closed."""
    return None if state.closed else state.due_at or NEVER


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _covered_post(actor: Actor, event: Event, state: CaseState | None = None) -> Grant | None:
    """The colleague's post that carried this act, or none where a post of one's own would have done.

    A case that a colleague has taken in person (`state` before the act) is open to a stand-in only, not to the unit.
    """
    roles = _POSTS.get(event.by.relation, (event.by.relation,))
    posts = [
        grant for grant in actor.grants if grant.role in roles and str(grant.organisation_id) == str(event.by.unit_id)
    ]
    taken = state is not None and state.holder_account not in (None, "", actor.ref.id)
    own = [post for post in posts if not post.stands_in_for and (post.role == "unit_leader" or not taken)]
    return None if own else next((post for post in posts if post.stands_in_for), None)


def _row(case: Case, event: Event, actor: Actor, *, internal: bool, covered: Grant | None) -> dict[str, Any]:
    """The event as one more row of the log, by column."""
    return {
        "case_id": case.pk,
        "seq": event.seq,
        "at": event.at,
        "kind": event.kind,
        "action": event.action,
        "actor_kind": event.by.kind,
        "actor_id": event.by.id,
        "actor_name": actor.name,
        "stands_in_for": covered.stands_in_for if covered else "",
        "relation": event.by.relation,
        "unit_id": event.by.unit_id or None,
        "internal": internal,
        "body": dict(event.body),
    }


@cache
def _columns() -> tuple[str, ...]:
    """The columns of a case, all of which bear the names of its attributes."""
    return tuple(one.attname for one in Case._meta.concrete_fields)
