"""What the ground already knows about who asks and what it is about, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from xirang.engines.cases.logic.ground import NOBODY, Ground, asks, filled, names_filling, requester_kind
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.rules import dispatch_names
from xirang.engines.cases.models import Case
from xirang.engines.cases.models.scope import firms_of
from xirang.foundation.actor import Actor
from xirang.foundation.ids import parse_uuid
from xirang.people.queries import (
    facts_of_organisation,
    masked_fields,
    names_of_organisations,
    on_file,
    person_of_account,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Fields that one register filled: its title, when it was checked, and the values to show by field code.

    `about` is what it says of the subject itself, by name (name, credit_code, person); a person is shown masked.
    """

    key: str
    title_zh: str
    title_en: str
    checked_at: datetime | None
    shown: Mapping[str, str]
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks, what about, where that lies, and every field of the form that need not be asked.

    `ground` is what rules may use; `values` are what the event keeps for the fields that it fills.
    """

    about_id: UUID | None = None
    about_person_id: UUID | None = None
    requester_account_id: UUID | None = None
    requester_person_id: UUID | None = None
    requester_organisation_id: UUID | None = None
    area_id: UUID | None = None
    ground: Ground = field(default_factory=Ground)
    values: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The codes of the fields that need no answer."""
        return frozenset(self.values)


def known_of(
    process: ProcessType,
    *,
    actor: Actor,
    about_id: UUID | None = None,
    requester_id: UUID | None = None,
    about_person_id: UUID | None = None,
    about_another: bool = False,
    shown: bool = True,
) -> Known:
    """What is known before anything is asked; empty for somebody who has not signed in.

    Where it is not `shown` to anybody, only what fills a field is read, and no sources are named.
    Where the process is about an organisation and none is named, it is the firm for which the actor speaks; where it is
    about a person and none is named, it is the person who asks, unless it is `about_another` who is yet to be named.
    """
    account_id, person_id = _requester(actor, requester_id)
    firm_id = next(iter(firms_of(actor)), None) if account_id else None
    if process.about == "organisation" and about_id is None:
        about_id = firm_id
    if process.about == "person" and about_person_id is None and not about_another:
        about_person_id = person_id
    about = facts_of_organisation(about_id) if about_id and (shown or names_filling(process, "about")) else {}
    filling = names_filling(process, "requester")
    firm_named = shown or "organisation" in filling
    ground = Ground(
        about=_of_person(about_person_id) if process.about == "person" else about,
        requester=_of_requester(account_id is not None, person_id, firm_id, named=firm_named)
        if shown or filling
        else NOBODY,
        about_person=str(about_person_id or "") if process.about == "person" else "",
        requester_person=str(person_id or ""),
    )
    values = filled(process, ground)
    return Known(
        about_id=about_id,
        about_person_id=about_person_id if process.about == "person" else None,
        requester_account_id=account_id,
        requester_person_id=person_id,
        requester_organisation_id=firm_id,
        area_id=about.get("area_id"),
        ground=ground,
        values=values,
        sources=_sources(process, values, about, person_id, own=about_person_id == person_id) if shown else (),
    )


def ground_of_case(process: ProcessType, case: Case, names: Iterable[str] | None = None) -> Ground:
    """What rules may use of a case's subject and requester, read now and kept nowhere.

    `names` are those that the rules in question use, those of dispatch if not given. The registers are asked only for
    what is named; most rules cost no query.
    """
    names = dispatch_names(process) if names is None else names
    about: Mapping[str, Any] = {}
    if asks(names, "about"):
        if process.about == "person":
            about = _of_person(case.about_person_id)
        elif case.about_organisation_id:
            about = facts_of_organisation(case.about_organisation_id)
    account, person_id = case.requester_account_id is not None, case.requester_person_id
    if asks(names, "requester"):
        return Ground(about, _of_requester(account, person_id, case.requester_organisation_id))
    return Ground(about, requester_kind(account=account, person=person_id is not None))


def _requester(actor: Actor, requester_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    """The account that asks and its person; nobody's where the actor has none."""
    if requester_id is None:
        requester_id = parse_uuid(actor.ref.id) if actor.ref.kind == "account" else None
    person_id = person_of_account(requester_id) if requester_id else None
    return (requester_id, person_id) if person_id else (None, None)


def _of_person(person_id: UUID | None) -> dict[str, Any]:
    return on_file(person_id) if person_id else {}


def _of_requester(
    account: bool, person_id: UUID | None, firm_id: UUID | None, *, named: bool = True
) -> Mapping[str, Any]:
    if not account and person_id is None:
        return NOBODY
    found = _of_person(person_id) | requester_kind(account=account, person=True)
    if firm_id and named:
        found |= {"organisation": str(firm_id), "organisation_name": names_of_organisations({firm_id}).get(firm_id, "")}
    return found


def _sources(
    process: ProcessType, values: Mapping[str, Any], about: Mapping[str, Any], person_id: UUID | None, *, own: bool
) -> tuple[Source, ...]:
    """The filled fields by the register that filled them; what lies in the vault is shown masked, and of nobody else
    than the person who asks.
    """
    asks_for_self = process.about == "person" and own
    kept = {code: value["drawer"] for code, value in values.items() if _in_vault(value)}
    registered = {code: _as_text(value) for code, value in values.items() if code not in kept}
    sources = []
    if registered:
        said = {name: str(about[name]) for name in ("name", "credit_code") if about.get(name)}
        sources.append(Source("about", "企业登记", "the register", about.get("checked_at"), registered, said))
    if person_id is not None and (kept or asks_for_self):
        masked = masked_fields([person_id], ["name", "phone", "address"])[person_id]
        shown = {
            code: masked.get(drawer, "") for code, drawer in kept.items() if values[code]["person"] == str(person_id)
        }
        said = {"person": masked["name"]} if asks_for_self and masked.get("name") else {}
        sources.append(Source("account", "本账号", "your account", None, shown, said))
    return tuple(sources)


def _in_vault(value: Any) -> bool:
    return isinstance(value, Mapping) and "person" in value


def _as_text(value: Any) -> str:
    return str(value["address"] if isinstance(value, Mapping) else value)
