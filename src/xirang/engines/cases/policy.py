"""Who may do what with cases. Actions themselves are decided by the process and `logic.allowed_actions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.engines.cases.logic.opening import ASKING_FOR_OTHERS, may_open
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.relations import Party, Sides, relations_of
from xirang.engines.cases.logic.state import CaseState
from xirang.engines.cases.models import Case
from xirang.engines.cases.models.scope import firms_of, posts_of, units_of
from xirang.foundation.actor import Actor, Grant, is_system
from xirang.foundation.permits import Permit

OFFICE_RELATIONS = frozenset({"holder", "co_holder", "holder.leader", "responsible_leader"})
READ_ONLY_ROLES = frozenset({"auditor", "audit_admin"})
RECEIPT = "receipt"
INSTALLING = Permit(("system", "system_admin"), _("随应用包"))
OPENING = INSTALLING.but(_("随应用包；所选区域"))


def roles_within(actor: Actor, area_path: Sequence[UUID]) -> frozenset[str]:
    """The roles that the actor holds in an area or above it."""
    return frozenset(grant.role for grant in actor.grants if grant.area_id in area_path)


def relations_to(actor: Actor, case: Case, state: CaseState | None = None) -> frozenset[str]:
    """The actor's roles where the case lies, and what the actor is to this case; without `state` by its columns."""
    return relations_of(party_of(actor, case), sides_of(case, state))


def party_of(actor: Actor, case: Case) -> Party:
    """The plain facts about an actor that decide what the actor is to a case."""
    return Party(
        id=actor.ref.id if actor.ref.kind == "account" else "",
        roles=roles_within(actor, case.area.path),
        posts=posts_of(actor),
        system=is_system(actor),
        receipt=actor.ref.kind == RECEIPT and actor.ref.id == str(case.pk),
    )


def sides_of(case: Case, state: CaseState | None = None) -> Sides:
    """Who takes part in a case already; the responsible leader stands in the state only."""
    return Sides(
        holder_unit=str(case.holder_unit_id or ""),
        holder_account=str(case.holder_account_id or ""),
        co_holders=frozenset(str(unit) for unit in case.co_holders),
        responsible_leader=(state.responsible_leader or "") if state else "",
        requester_account=str(case.requester_account_id or ""),
        requester_organisation=str(case.requester_organisation_id or ""),
    )


def can_install_processes(actor: Actor) -> bool:
    """Any system administrator; a process is open nowhere by it."""
    return INSTALLING.allows(actor)


def can_open_processes(actor: Actor, area_path: Sequence[UUID]) -> bool:
    """Whoever administers the system in an area, or above it, opens, switches and closes its processes."""
    return OPENING.allows(actor, area_path)


def can_open_case(actor: Actor, process: ProcessType, area_path: Sequence[UUID]) -> bool:
    """Anybody where the process is open to anyone, otherwise whoever holds one of its roles where it is active."""
    roles = {grant.role for grant in actor.grants if _touches(grant, area_path)}
    return may_open(process, roles, system=is_system(actor))


def _touches(grant: Grant, area_path: Sequence[UUID]) -> bool:
    """Whether a grant lies on the way to an area or below it; a neighbouring district's lies beside it."""
    return grant.area_id in area_path or area_path[-1] in grant.area_path


def can_ask_for_others(actor: Actor) -> bool:
    """Grid workers and the desk take down what somebody else asks, and name whom or what it is about."""
    return is_system(actor) or actor.holds(*ASKING_FOR_OTHERS)


def can_ask_for(actor: Actor, requester_id: UUID | None) -> bool:
    """Anybody asks for themselves, and some for others."""
    return requester_id is None or actor.ref.id == str(requester_id) or can_ask_for_others(actor)


def can_name_subject(actor: Actor, organisation_id: UUID | None, person: Mapping[str, str]) -> bool:
    """Anybody asks about the firm for which they speak and about themselves, and some about anybody.

    What the ground knows of the subject fills the case: whoever could name a stranger could read the register by it.
    """
    own = organisation_id is None or organisation_id in firms_of(actor)
    return (own and not person) or can_ask_for_others(actor)


def can_reveal_contact(process: ProcessType, relations: frozenset[str]) -> bool:
    """Whoever may have to act on a case may call its requester; those who only watch over it may not."""
    acting = {who for action in process.actions.values() for who in action.by} - {"requester", "system"}
    return bool(relations & (OFFICE_RELATIONS | acting))


def can_see_case(actor: Actor, case: Case) -> bool:
    """Whoever holds the receipt sees this one case; everybody else by scope."""
    return actor.ref.kind == RECEIPT and actor.ref.id == str(case.pk)


def can_note_case(process: ProcessType, relations: frozenset[str]) -> bool:
    """Those who work on the case or watch over it may write internal notes, but for the auditors, who only read."""
    watching = set(process.seen_by) - READ_ONLY_ROLES
    return can_reply_to_case(process, relations) or bool(relations & (OFFICE_RELATIONS | watching))


def can_reply_to_case(process: ProcessType, relations: frozenset[str]) -> bool:
    """Words that the requester reads come from whoever may take a step of the process, or from the requester."""
    acting = {who for action in process.actions.values() for who in action.by} - {"system"}
    return bool(relations & (acting | {"requester"}) - READ_ONLY_ROLES)


def sees_rating(actor: Actor, case: Case, relations: frozenset[str]) -> bool:
    """Whoever is rated never reads a rating: neither the person who holds the case nor a colleague of the unit."""
    rated = bool(relations & OFFICE_RELATIONS) or case.holder_unit_id in units_of(actor)
    return not rated or "dispatcher" in relations


def sees_internal(relations: frozenset[str], process: ProcessType) -> bool:
    """Internal notes are for those who work on the case or watch over it, never for the requester."""
    return "system" in relations or bool(relations & (OFFICE_RELATIONS | set(process.seen_by)))
