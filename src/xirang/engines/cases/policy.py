"""Who may do what with cases. Actions themselves are decided by the process and `logic.allowed_actions`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.models import Case
from xirang.engines.cases.models.scope import HANDLING_ROLES, units_of
from xirang.foundation.actor import Actor, Grant, is_public, is_system
from xirang.foundation.permits import Permit

OFFICE_RELATIONS = frozenset({"holder", "co_holder", "holder.leader", "responsible_leader"})
ASK_FOR_OTHERS = ("grid_worker", "dispatcher")
READ_ONLY_ROLES = frozenset({"auditor", "audit_admin"})
RECEIPT = "receipt"
INSTALLING = Permit(("system", "system_admin"), _("随应用包"))
OPENING = INSTALLING.but(_("随应用包；所选区域"))


def roles_within(actor: Actor, area_path: Sequence[UUID]) -> frozenset[str]:
    """The roles that the actor holds in an area or above it."""
    return frozenset(grant.role for grant in actor.grants if grant.area_id in area_path)


def relations_to(actor: Actor, case: Case, co_holders: tuple[str, ...] = ()) -> frozenset[str]:
    """The actor's roles where the case lies, and what the actor is to this case."""
    found = set(roles_within(actor, case.area.path))
    if is_system(actor):
        found.add("system")
    if _is_requester(actor, case):
        found.add("requester")
    if case.holder_unit_id:
        for grant in actor.grants:
            if grant.organisation_id == case.holder_unit_id and grant.role in HANDLING_ROLES:
                found |= _as_unit(actor, grant, case)
    if case.holder_account_id and str(case.holder_account_id) == actor.ref.id:
        found.add("holder")
    if {str(unit) for unit in units_of(actor)} & set(co_holders):
        found.add("co_holder")
    return frozenset(found)


def can_install_processes(actor: Actor) -> bool:
    """Any system administrator; a process is open nowhere by it."""
    return INSTALLING.allows(actor)


def can_open_processes(actor: Actor, area_path: Sequence[UUID]) -> bool:
    """Whoever administers the system in an area, or above it, opens, switches and closes its processes."""
    return OPENING.allows(actor, area_path)


def can_open_case(actor: Actor, process: ProcessType, area_path: Sequence[UUID]) -> bool:
    """Anybody where the process is open to anyone, otherwise whoever holds one of its roles where it is active."""
    if process.anonymous or is_system(actor):
        return True
    return any(grant.role in process.accounts_may_open and _touches(grant, area_path) for grant in actor.grants)


def _touches(grant: Grant, area_path: Sequence[UUID]) -> bool:
    """Whether a grant lies on the way to an area or below it; a neighbouring district's lies beside it."""
    return grant.area_id in area_path or area_path[-1] in grant.area_path


def can_ask_for(actor: Actor, requester_id: UUID | None) -> bool:
    """Anybody asks for themselves; grid workers and the desk also take down what somebody else asks."""
    if requester_id is None or is_system(actor) or actor.ref.id == str(requester_id):
        return True
    return actor.holds(*ASK_FOR_OTHERS)


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


def _as_unit(actor: Actor, grant: Grant, case: Case) -> set[str]:
    found = {"holder.leader"} if grant.role == "unit_leader" else set()
    personal = case.holder_account_id is not None and str(case.holder_account_id) != actor.ref.id
    # A case taken by one person is theirs; the head of the unit and an appointed stand-in may still act.
    if not personal or grant.role == "unit_leader" or grant.stands_in_for:
        found.add("holder")
    return found


def _is_requester(actor: Actor, case: Case) -> bool:
    if actor.ref.kind == RECEIPT:
        return actor.ref.id == str(case.pk)
    if is_public(actor) or actor.ref.kind != "account":
        return False
    if case.requester_account_id and str(case.requester_account_id) == actor.ref.id:
        return True
    return case.requester_organisation_id is not None and any(
        grant.role == "enterprise" and grant.organisation_id == case.requester_organisation_id for grant in actor.grants
    )
