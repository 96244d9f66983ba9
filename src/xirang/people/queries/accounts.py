"""Reading accounts, and making an actor of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from xirang.areas.models import Area, within_area
from xirang.foundation.actor import Actor, Grant, PlainActor, Ref
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.paging import Page, page
from xirang.foundation.statements import part
from xirang.foundation.statements import rows as rows_of
from xirang.foundation.text import plain
from xirang.people.models import Account, RoleGrant, RoleRequest, SecuringRequest, StandIn
from xirang.people.policy import can_list_accounts, can_preview_account
from xirang.people.spec import ADMINISTRATORS, Floor, codes_of_floor, find_role

SECURING_WAITS = timedelta(days=7)  # What nobody has confirmed by then has to be asked for anew.


class NoSuchAccountError(NotFoundError):
    code = "no_such_account"
    zh = "没有找到这个账号，或它不在您可以查看的范围内。"
    en = "There is no such account, or it lies outside what you may see."


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list of accounts: no personal data, which a list has no use for."""

    account: Account
    grants: tuple[RoleGrant, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of an organisation, as others of the house may know them."""

    id: UUID
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnView:
    """A list as somebody wants to see it again: its title and filters."""

    id: UUID
    title: str
    query: dict[str, str]

    @property
    def remove_url(self) -> str:
        """Where a form removes it."""
        return reverse("people:remove_view", args=[self.id])


def actor_of(account: Account, *, now: datetime) -> PlainActor:
    """The actor that an account is at `now`: its grants in force, and those it covers as a stand-in.

    One query, and a second one on days when it covers somebody.
    """
    day = local_date(now)
    covering = StandIn.objects.valid_on(day).filter(substitute=account, absent__is_active=True)
    held = Q(account=account) | Q(account__in=covering.values("absent"))
    rows = list(RoleGrant.objects.valid_on(day).filter(held).select_related("area").order_by("role", "id"))
    own = [row for row in rows if row.account_id == account.pk]
    grants = [grant for row in own for grant in _grants(row, account)]
    if len(own) < len(rows):
        for cover in covering.select_related("absent").order_by("id"):
            absent = cover.absent
            covered = [row for row in rows if _covers(cover, row)]
            grants += [grant for row in covered for grant in _covered(row, absent)]
    return actor_with(account, grants)


def actor_with(account: Account, grants: Sequence[Grant]) -> PlainActor:
    """The actor that an account is by these grants."""
    named = (account.organisation_id, *(grant.organisation_id for grant in grants))
    organisations = frozenset(organisation_id for organisation_id in named if organisation_id is not None)
    return PlainActor(
        Ref("account", str(account.pk)), account.title_name, tuple(grants), organisations, account.person_id
    )


def _grants(row: RoleGrant, holder: Account) -> Iterator[Grant]:
    """A grant in force, and the one that it implies; one that names no organisation is for the holder's own unit."""
    return grants_of(row.role, row.area_id, tuple(row.area.path), row.organisation_id or holder.organisation_id)


def grants_of(role: str, area_id: UUID, path: tuple[UUID, ...], organisation_id: UUID | None) -> Iterator[Grant]:
    """A grant in force, and the one that it implies."""
    yield Grant(role, area_id, path, organisation_id)
    known = find_role(role)
    if known is not None and known.like:
        yield Grant(known.like, area_id, path, organisation_id, implied=True)


def _covered(row: RoleGrant, absent: Account) -> Iterator[Grant]:
    for grant in _grants(row, absent):
        yield replace(grant, stands_in_for=absent.title_name, absent=Ref("account", str(absent.pk)))


def _covers(cover: StandIn, row: RoleGrant) -> bool:
    """The three administrators are never covered; what the absent one covers is not passed on either."""
    mine = row.account_id == cover.absent_id and row.role not in ADMINISTRATORS
    return mine and (not cover.roles or row.role in cover.roles)


def get_account(actor: Actor, account_id: UUID) -> Account:
    """One account with its organisation and area; NotFoundError also when it lies outside the actor's scope."""
    rows = Account.objects.within(actor).select_related("organisation", "area", "person")
    found = rows.filter(pk=account_id).first()
    if found is None:
        raise NoSuchAccountError()
    return found


def find_account(username: str) -> Account | None:
    """The account with that user name, whatever its case; for signing in and for imports, so without scope."""
    rows = Account.objects.all_unscoped("nobody is signed in yet")
    return rows.select_related("organisation", "area").filter(username=plain(username)).first()


def list_accounts(
    actor: Actor,
    *,
    now: datetime,
    text: str = "",
    role: str = "",
    organisation_id: UUID | None = None,
    area: Area | None = None,
    state: str = "",
    key: str = "",
    size: int = 25,
) -> Page[AccountRow]:
    """Accounts within the actor's scope by user name, each with its grants in force.

    `text` is the beginning of a user name, part of a shown name, or a whole phone number; `state` is "", "active",
    "closed" or "locked". Two queries; carried by account_by_county and its sisters beside account_by_organisation, or
    by the order of user names: accounts are thousands, not millions. NotAllowedError for those who administer nobody.
    """
    rows = _accounts(
        actor, now=now, text=text, role=role, organisation_id=organisation_id, area=area, state=state
    ).select_related("organisation", "area")
    found = page(rows, order=["username"], key=key, size=size)
    return Page(_with_grants(found.rows, now), found.previous, found.next)


def count_accounts(
    actor: Actor,
    *,
    now: datetime,
    text: str = "",
    role: str = "",
    organisation_id: UUID | None = None,
    area: Area | None = None,
    state: str = "",
    most: int = 1000,
) -> int:
    """How many accounts `list_accounts` would list, counting no further than one beyond `most`."""
    rows = _accounts(actor, now=now, text=text, role=role, organisation_id=organisation_id, area=area, state=state)
    return rows.order_by()[: most + 1].count()


def _accounts(
    actor: Actor,
    *,
    now: datetime,
    text: str,
    role: str,
    organisation_id: UUID | None,
    area: Area | None,
    state: str,
) -> QuerySet[Account]:
    if not can_list_accounts(actor):
        raise NotAllowedError()
    rows = Account.objects.within(actor)
    if text := plain(text):
        rows = rows.filter(_whose(text, now))
    if role:
        held = RoleGrant.objects.valid_on(local_date(now)).filter(account=OuterRef("pk"), role=role)
        rows = rows.filter(Exists(held))
    if organisation_id:
        rows = rows.filter(organisation_id=organisation_id)
    if area is not None:
        rows = rows.filter(within_area(area.path))
    if state:
        rows = rows.filter(
            {"active": Q(is_active=True), "closed": Q(is_active=False), "locked": Q(locked_until__gt=now)}.get(
                state, Q()
            )
        )
    return rows


def _whose(text: str, now: datetime) -> Q:
    """What a search for accounts means: a whole phone number goes through its blind index, never through the number."""
    from xirang.people.queries.vault import persons_by_phone

    if len(text) >= 11 and text.lstrip("+").replace("-", "").replace(" ", "").isdigit():
        return Q(person_id__in=persons_by_phone(text, now=now))
    return Q(username__startswith=text) | Q(title_name__icontains=text)


def _with_grants(accounts: Sequence[Account], now: datetime) -> list[AccountRow]:
    grants: dict[UUID, list[RoleGrant]] = {}
    valid = RoleGrant.objects.valid_on(local_date(now)).filter(account__in=accounts).select_related("area")
    for grant in valid.order_by("role", "id"):
        grants.setdefault(grant.account_id, []).append(grant)
    return [AccountRow(account, tuple(grants.get(account.pk, ()))) for account in accounts]


def list_grants(account: Account) -> list[RoleGrant]:
    """All grants an account ever had, those in force and newest first; the caller has fetched the account in scope."""
    rows = RoleGrant.objects.filter(account=account).select_related("area", "organisation")
    return sorted(rows, key=lambda row: (row.ended_at is None, row.valid_from, row.pk), reverse=True)


def list_stand_ins(account: Account) -> list[StandIn]:
    """Who covered the account and whom it covered, newest first."""
    rows = StandIn.objects.filter(Q(absent=account) | Q(substitute=account))
    return list(rows.select_related("absent", "substitute").order_by("-valid_from", "-id")[:50])


def list_colleagues(
    organisation_id: UUID, *, now: datetime | None = None, roles: Iterable[str] = ()
) -> list[Colleague]:
    """Active accounts of an organisation by name, each with its roles on the day of `now` (none are read without it).

    With `roles` only those who hold one of them. Two queries. The caller has checked that the actor belongs there.
    """
    accounts = list(
        Account.objects.all_unscoped("the caller works within the organisation")
        .filter(organisation_id=organisation_id, is_active=True)
        .order_by("title_name", "id")
    )
    held: dict[UUID, set[str]] = {}
    if now is not None:
        valid = RoleGrant.objects.valid_on(local_date(now)).filter(account__in=accounts)
        for account_id, role in valid.values_list("account_id", "role"):
            held.setdefault(account_id, set()).add(role)
    wanted = set(roles)
    found = [Colleague(a.pk, a.title_name, tuple(sorted(held.get(a.pk, ())))) for a in accounts]
    return [one for one in found if not wanted or wanted & set(one.roles)]


def list_holders(role: str, area: Area, *, now: datetime, organisation_id: UUID | None = None) -> list[Colleague]:
    """Active accounts that hold `role` in the area or in one above it (with `organisation_id`: for it), by name."""
    valid = RoleGrant.objects.valid_on(local_date(now)).filter(
        role=role, area_id__in=area.path, account__is_active=True
    )
    if organisation_id:
        valid = valid.filter(organisation_id=organisation_id)
    names = dict(valid.values_list("account_id", "account__title_name"))
    return [Colleague(pk, name, (role,)) for pk, name in sorted(names.items(), key=lambda item: (item[1], item[0]))]


def names_of_accounts(account_ids: Iterable[str | UUID]) -> dict[str, str]:
    """Shown names by id (as text) in one query, for lists that were scoped by their own rows."""
    rows = Account.objects.all_unscoped("names beside rows that were scoped already")
    found = rows.filter(pk__in=list(account_ids)).values_list("pk", "title_name")
    return {str(pk): name for pk, name in found}


def roles_of(account: Account, *, now: datetime) -> list[str]:
    """The roles an account holds itself on the day of `now`, without those it covers."""
    valid = RoleGrant.objects.valid_on(local_date(now)).filter(account=account)
    return sorted(set(valid.values_list("role", flat=True)))


def is_administrator(account: Account, *, now: datetime) -> bool:
    """Whether the account is one of the three administrators on the day of `now`, or is appointed for a later one."""
    appointed = RoleGrant.objects.filter(account=account, role__in=ADMINISTRATORS, ended_at__isnull=True)
    return appointed.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=local_date(now))).exists()


def list_securing_requests(actor: Actor, *, now: datetime, account: Account | None = None) -> list[SecuringRequest]:
    """What waits for a second administrator, for accounts within the actor's scope, oldest first."""
    rows = SecuringRequest.objects.filter(decided_at__isnull=True, requested_at__gt=now - SECURING_WAITS)
    rows = rows.filter(account=account) if account else rows.filter(account__in=Account.objects.within(actor))
    return list(rows.select_related("account", "account__area").order_by("id")[:100])


def is_office(actor: Actor) -> bool:
    """True for whoever works in the office: shorter sessions, no cached pages."""
    return actor.holds(*codes_of_floor(Floor.OFFICE))


def preview_actor(actor: Actor, account: Account, *, now: datetime) -> PlainActor:
    """What `account` would see, as an actor that commands refuse; for the security administrator within the area.

    The three administrators cannot be previewed: their view would undo the separation.
    """
    if not can_preview_account(actor, account, roles_of(account, now=now)):
        raise NotAllowedError(
            code="no_preview",
            zh="不能以这个账号的身份查看。三员账号和本人账号不提供此功能。",
            en="This account cannot be previewed: not one of the three administrators, nor your own.",
        )
    return replace(actor_of(account, now=now), read_only=True)


def list_saved_views(actor: Actor, page_name: str) -> list[OwnView]:
    """The actor's own saved views of a page, in their order."""
    if actor.ref.kind != "account":
        return []
    asked = "SELECT id, title, query FROM people_savedview WHERE account_id = {account} AND page = {page}"
    found = rows_of(part(f"{asked} ORDER BY position, id", account=UUID(actor.ref.id), page=page_name))
    return [OwnView(pk, title, json.loads(query)) for pk, title, query in found]


def list_demo_accounts(limit: int | None = 40) -> list[Account]:
    """The demo identities, for the sign-in page of a demonstration; empty in a real installation."""
    rows = Account.objects.all_unscoped("demo identities are printed at the start anyway")
    return list(rows.filter(is_demo=True, is_active=True).select_related("organisation").order_by("username")[:limit])


class NoSuchViewError(NotFoundError):
    code = "no_such_view"
    zh = "没有这个视图，可能已经删除。"
    en = "There is no such view; it may have been removed."


def may_see_account(actor: Actor, account_id: UUID) -> bool:
    """Whether the account lies within the actor's scope."""
    return Account.objects.within(actor).filter(pk=account_id).exists()


def list_role_requests(
    actor: Actor, *, account: Account | None = None, key: str = "", size: int = 25
) -> Page[RoleRequest]:
    """Roles asked for and not yet decided, for accounts within the actor's scope, oldest first; carried by
    role_request_waiting.
    """
    rows = RoleRequest.objects.filter(decided_at__isnull=True).select_related("account", "area", "organisation")
    whose = Q(account=account) if account is not None else Q(account__in=Account.objects.within(actor))
    return page(rows.filter(whose), order=["id"], key=key, size=size)


def describe_account(actor: Actor, account_id: str, now: datetime) -> tuple[str, str]:
    """An account's title and address for the page of its records; NotFoundError outside the actor's scope."""
    account = get_account(actor, _uuid(account_id))
    return account.title_name, reverse("people:account", args=[account.pk])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NoSuchAccountError() from error
