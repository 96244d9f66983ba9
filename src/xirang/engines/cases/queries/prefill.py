"""What the ground already knows about who asks and what it is about, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from xirang.engines.cases.logic.process import ProcessType
from xirang.foundation.actor import Actor
from xirang.people.models import Account
from xirang.people.queries import facts_of_organisation, masked_fields


@dataclass(frozen=True, slots=True)
class Source:
    """Fields that one register filled: its title, when it was checked, and the values to show by field code."""

    key: str
    title_zh: str
    title_en: str
    checked_at: datetime | None
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks, what about, where that lies, and every field of the form that need not be asked.

    `values` are what the event keeps for known fields; `about` and `requester` are what expressions may use.
    """

    about_id: UUID | None = None
    requester_account_id: UUID | None = None
    requester_person_id: UUID | None = None
    requester_organisation_id: UUID | None = None
    area_id: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    requester: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The codes of the fields that need no answer."""
        return frozenset(self.values)


def known_of(
    process: ProcessType, *, actor: Actor, about_id: UUID | None = None, requester_id: UUID | None = None
) -> Known:
    """What is known before anything is asked; empty for somebody who has not signed in.

    Where the process is about an organisation and none is named, it is the firm for which the actor speaks.
    """
    account = _requester(actor, requester_id)
    firm_id = (
        next(
            (grant.organisation_id for grant in actor.grants if grant.role == "enterprise" and grant.organisation_id),
            None,
        )
        if account
        else None
    )
    if process.about == "organisation" and about_id is None:
        about_id = firm_id
    about = facts_of_organisation(about_id) if about_id else {}
    person = masked_fields([account.person_id], ["name", "phone"]).get(account.person_id, {}) if account else {}
    requester = _as_requester(account, firm_id, person)
    values, sources = _fill(process, about, account, person)
    return Known(
        about_id=about_id,
        requester_account_id=account.pk if account else None,
        requester_person_id=account.person_id if account else None,
        requester_organisation_id=firm_id,
        area_id=about.get("area_id"),
        values=values,
        about=_as_about(about),
        requester=requester,
        sources=sources,
    )


def about_of(organisation_id: UUID | None) -> dict[str, Any]:
    """What expressions may use of the organisation that a case is about; empty when it is about none."""
    return _as_about(facts_of_organisation(organisation_id)) if organisation_id else {}


def _requester(actor: Actor, requester_id: UUID | None) -> Account | None:
    if requester_id is not None:
        return Account.sign_ins.filter(pk=requester_id).first()
    return Account.sign_ins.filter(pk=actor.ref.id).first() if actor.ref.kind == "account" else None


def _as_about(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An organisation as expressions see it (`names.about_names`)."""
    if not facts:
        return {}
    return {
        "name": facts.get("name"),
        "credit_code": facts.get("credit_code") or None,
        "address": facts.get("address") or None,
        "staff": facts.get("staff"),
        "industry": facts.get("industry") or None,
        "kind": facts.get("kind") or None,
        "registered_on": facts.get("registered_on"),
    }


def _as_requester(account: Account | None, firm_id: UUID | None, person: Mapping[str, str]) -> dict[str, Any]:
    if account is None:
        return {"anonymous": True, "kind": "anonymous"}
    return {
        "name": account.title_name,
        "phone": person.get("phone") or None,
        "anonymous": False,
        "kind": "account",
        "organisation": str(firm_id) if firm_id else None,
    }


def _fill(
    process: ProcessType, about: Mapping[str, Any], account: Account | None, person: Mapping[str, str]
) -> tuple[dict[str, Any], tuple[Source, ...]]:
    """Fill the fields that say `from:`; a value of the vault is kept as a reference and shown masked."""
    values: dict[str, Any] = {}
    registered: dict[str, str] = {}
    own: dict[str, str] = {}
    for code, spec in process.fields.items():
        thing, _, name = spec.source.partition(".")
        if thing == "about" and about.get(name):
            text = str(about[name])
            values[code] = {"address": text} if spec.kind == "place" else text
            registered[code] = text
        elif thing == "requester" and account is not None and name in ("phone", "name") and person.get(name):
            values[code] = {"person": str(account.person_id), "drawer": name}
            own[code] = person[name]
    sources = []
    if registered:
        sources.append(Source("about", "企业登记", "the register", about.get("checked_at"), registered))
    if own:
        sources.append(Source("account", "本账号", "your account", None, own))
    return values, tuple(sources)
