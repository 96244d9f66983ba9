"""The small district with one poisoned case, and every address with parameters that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.roles import make_accounts
from xirang.engines.cases import commands, queries
from xirang.engines.cases.commands import Opening, PlaceGiven
from xirang.engines.cases.models import Case
from xirang.engines.cases.tests.snap import District, make_district
from xirang.foundation.actor import SYSTEM
from xirang.foundation.pages import now
from xirang.people.middleware import begin_marks
from xirang.people.models import Account
from xirang.people.queries import actor_of, is_office
from xirang.project.addresses import Address, list_addresses

SCRIPT = "<script>alert('xss')</script>"
BREAKOUT = "\"'><img src=x onerror=alert(1)>"
POISON = SCRIPT + BREAKOUT
# What would be left standing in a page if one of them were not escaped.
RAW = (SCRIPT, "<img src=x onerror", "\"'><img")
MACHINES = ("api", "open311")


@dataclass(frozen=True, slots=True)
class Ground:
    """The district, its accounts by role, and a case whose every text is an attack."""

    district: District
    accounts: dict[str, Account]
    case: Case

    def client(self, role: str = "", **options: Any) -> Client:
        """A browser of the public, or of somebody who has signed in with a role."""
        client = Client(**options)
        if role:
            account = self.accounts[role]
            client.force_login(account)
            session = client.session
            begin_marks(session, office=is_office(actor_of(account, now=now())), now=now())
            session.save()
        return client

    def receipt_client(self) -> Client:
        """A browser of the public that has shown the receipt of the case."""
        client = Client()
        session = client.session
        session["receipts"] = [str(self.case.pk)]
        session.save()
        return client

    def url(self, address: Address) -> str:
        """The address with parameters that exist where we know one, otherwise with plausible ones."""
        given = {name: self._value(address, name, converter) for name, converter in address.converters.items()}
        given |= {"form": "json"} if "(?P<form>" in address.route else {}
        for name in ("code", "number", "token"):
            if f"(?P<{name}>" in address.route:
                given[name] = "TS01" if name == "code" else self.case.number
        return reverse(address.name, kwargs=given)

    def _value(self, address: Address, name: str, converter: Any) -> Any:
        known: dict[str, Any] = {
            "case_id": self.case.pk,
            "account_id": self.accounts["handler"].pk,
            "organisation_id": self.district.unit.pk,
            "area_id": self.district.county.pk,
            "process": "test_snap",
            "action": "assign",
            "field": "contact",
            "number": self.case.number,
            "pack": "test",
            "kind": "case",
        }
        if name in known:
            return known[name]
        kind = type(converter).__name__
        return uuid4() if kind == "UUIDConverter" else 1 if kind == "IntConverter" else "something"


def make_ground() -> Ground:
    """Everything, within the running transaction."""
    district = make_district()
    accounts = make_accounts(district)
    Account.objects.all_unscoped("poisoned for a test").update(title_name=POISON[:40])
    opening = Opening(
        process="test_snap",
        area_id=district.village.pk,
        answers={"what": POISON, "topic": "light", "remark": POISON, "contact": "13812345678"},
        places={"where": PlaceGiven(address=POISON, latitude=30.7, longitude=120.7)},
        contact={"name": "王小明"},
    )
    moment = now()
    case_id = commands.open_case(actor=SYSTEM, opening=opening, now=moment)
    dispatcher = actor_of(accounts["dispatcher"], now=moment)
    commands.add_note(actor=dispatcher, case_id=case_id, text=POISON, now=moment)
    said = {"unit": str(district.unit.pk)}
    commands.act_on_case(actor=SYSTEM, case_id=case_id, action="assign", answers=said, now=moment)
    said = {"outcome": "solved", "reply": POISON}
    commands.act_on_case(actor=SYSTEM, case_id=case_id, action="answer", answers=said, now=moment)
    return Ground(district, accounts, queries.get_case(actor=SYSTEM, case_id=case_id))


def addresses(*, machines: bool = True) -> Iterator[Address]:
    """Every address, on wish without those for machines."""
    for address in list_addresses():
        if machines or address.name.partition(":")[0] not in MACHINES:
            yield address


def body_of(response: HttpResponse) -> str:
    """The whole answer as text, streamed or not."""
    data = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
    return data.decode("utf-8", "replace")
