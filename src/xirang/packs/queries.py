"""Reading packs: what is installed, where it is active, how its switches stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Func, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from xirang.foundation.actor import Actor, is_system
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.models import Delivery
from xirang.foundation.records import Entry, Retold
from xirang.foundation.short_cache import ShortCache
from xirang.packs.models import OwnedCode, PackActivation, PackVersion, SwitchChange
from xirang.packs.policy import can_read_packs
from xirang.packs.wiring.naming import PREFIX, read_name
from xirang.packs.wiring.reading import WiringLine
from xirang.people.spec import Role, platform_role
from xirang.ui.wording import speaks_english

_roles: ShortCache[Mapping[str, Role]] = ShortCache(1.0)


@dataclass(frozen=True, slots=True)
class Installed:
    """A pack with its newest version and every area in which it is active."""

    pack: str
    newest: PackVersion
    activations: tuple[PackActivation, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """How one switch of an active pack stands, and who turned it."""

    activation_id: UUID
    pack_title: str
    area: str
    code: str
    title: str
    on: bool
    default: bool
    restricted: bool
    changed_at: datetime | None
    changed_by: str
    because: str


@dataclass(frozen=True, slots=True)
class Failing:
    """A wired line that could not be carried out for one event, and what is known about it.

    `number` counts the lines of the pack's wiring from 1; `about` is the number of the case, if it is about one. Once
    `given_up` it is not tried again by itself.
    """

    delivery_id: int
    activation: PackActivation
    number: int
    line: WiringLine
    about: str
    occurred_at: datetime
    since: datetime
    tries: int
    next_try_at: datetime | None
    given_up: bool
    error: str


def list_packs(*, actor: Actor) -> list[Installed]:
    """Every installed pack, by code; NotAllowedError for those who neither run nor audit the platform."""
    _may_read(actor)
    newest: dict[str, PackVersion] = {}
    for version in PackVersion.objects.filter(removed_at__isnull=True).order_by("pack", "installed_at"):
        newest[version.pack] = version
    active: dict[str, list[PackActivation]] = {}
    for activation in _active():
        active.setdefault(activation.pack, []).append(activation)
    return [Installed(pack, version, tuple(active.get(pack, ()))) for pack, version in newest.items()]


def get_pack(*, actor: Actor, pack: str) -> tuple[list[PackVersion], list[PackActivation]]:
    """All versions of a pack, newest first, and its activations; NotFoundError when it was never installed."""
    _may_read(actor)
    versions = list(PackVersion.objects.filter(pack=pack).order_by("-installed_at"))
    if not versions:
        raise NotFoundError(code="no_such_pack", zh=f"没有安装过“{pack}”。", en=f"“{pack}” was never installed.")
    return versions, list(_active().filter(pack=pack))


def describe_pack(actor: Actor, pack: str, now: datetime) -> tuple[str, str]:
    """A pack's title and address for the page of its records; NotFoundError for those who may not read packs."""
    if not can_read_packs(actor):
        raise NotFoundError()
    versions, _activations = get_pack(actor=actor, pack=pack)
    return versions[0].title, reverse("packs:pack", args=[pack])


def retell_records(records: Sequence[Entry]) -> list[Entry]:
    """Records of packs with the titles of packs and switches in place of their codes; one query."""
    newest = {
        version.pack: version
        for version in PackVersion.objects.filter(pack__in={record.subject_id for record in records})
        .order_by("pack", "-installed_at")
        .distinct("pack")
    }
    return [_retold(record, newest.get(record.subject_id)) for record in records]


def _retold(record: Entry, version: PackVersion | None) -> Entry:
    if version is None:
        return record
    titles = {code: _switch_title(code, spec) for code, spec in version.manifest.get("switches", {}).items()}
    body = dict(record.body)
    if "switches" in body:
        body["switches"] = {titles.get(code, code): on for code, on in body["switches"].items()}
    if "switch" in body:
        body["switch"] = titles.get(body["switch"], body["switch"])
    return Retold(record.pk, record.action, record.subject_kind, version.title, body)


def list_failing(*, actor: Actor, pack: str, limit: int = 50) -> tuple[list[Failing], int]:
    """The newest of a pack's deliveries that failed and did not succeed since, and how many there are.

    One query where none did. Deliveries of activations that have ended are among them.
    """
    _may_read(actor)
    # Compared as text: the name of another listener would be no id.
    ours = PackActivation.objects.filter(pack=pack).values_list(Cast("pk", TextField()))
    activation = Func("listener", Value("/"), Value(2), function="split_part", output_field=TextField())
    failing = Delivery.objects.filter(listener__startswith=PREFIX, at__isnull=True)
    rows = failing.alias(activation=activation).filter(activation__in=ours)
    newest = list(rows.select_related("event").order_by("-event__occurred_at", "-pk")[:limit])
    if not newest:
        return [], 0
    ids = {row.pk: read_name(row.listener)[0] for row in newest}
    activations = PackActivation.objects.select_related("version", "area").in_bulk(set(ids.values()))
    found = [_failing(row, activations[ids[row.pk]]) for row in newest]
    return found, len(found) if len(found) < limit else rows.count()


def get_failing(*, actor: Actor, delivery_id: int) -> Failing:
    """One delivery that failed; NotFoundError when it has succeeded meanwhile, or there never was one."""
    _may_read(actor)
    row = Delivery.objects.filter(pk=delivery_id, at__isnull=True).select_related("event").first()
    if row is None or not row.listener.startswith(PREFIX):
        raise NotFoundError(
            code="not_failing", zh="这一条已经送到，不用再试。", en="This one has been delivered; no need to try again."
        )
    activation = PackActivation.objects.select_related("version", "area").get(pk=read_name(row.listener)[0])
    return _failing(row, activation)


def _failing(row: Delivery, activation: PackActivation) -> Failing:
    number = read_name(row.listener)[1]
    return Failing(
        row.pk,
        activation,
        number,
        WiringLine.from_data(activation.version.wiring[number - 1]),
        str(row.event.body.get("number", "")),
        row.event.occurred_at,
        row.failed_at or row.event.occurred_at,
        row.tries,
        row.next_try_at,
        row.given_up_at is not None,
        row.last_error,
    )


def owners() -> dict[tuple[str, str], str]:
    """Which pack owns which code, by kind and code, of everything that was ever installed; one query."""
    return {(kind, code): pack for kind, code, pack in OwnedCode.objects.values_list("kind", "code", "pack")}


def roles_of_packs() -> Mapping[str, Role]:
    """The roles that installed packs bring, by code; read from the newest versions, at most once a moment."""
    return _roles.get("", _take_roles)


def _take_roles() -> dict[str, Role]:
    newest = PackVersion.objects.filter(removed_at__isnull=True).order_by("pack", "-installed_at").distinct("pack")
    found = {}
    for manifest in newest.values_list("manifest", flat=True):
        for code, own in manifest["own_roles"].items():
            title, like = own["title"], platform_role(own["like"])
            found[code] = Role(code, title["zh"], title["en"], like.floor, like=like.code)
    return found


def list_switches(*, actor: Actor, of: Sequence[PackActivation] | None = None) -> list[Switch]:
    """Every switch of every active pack, restricted ones first: anybody signed in may look (减负自查).

    `of` are the activations whose switches are wanted, where the caller has them already.
    """
    # A new version keeps the switches of the former one, and so it keeps who turned them and why.
    latest = (
        SwitchChange.objects.order_by("activation__pack", "activation__area_id", "switch", "-at", "-id")
        .distinct("activation__pack", "activation__area_id", "switch")
        .select_related("activation")
    )
    changes = {(c.activation.pack, c.activation.area_id, c.switch): c for c in latest}
    found = [
        _switch(activation, code, spec, changes.get((activation.pack, activation.area_id, code)))
        for activation in (_active() if of is None else of)
        for code, spec in (activation.version.manifest.get("switches") or {}).items()
    ]
    return sorted(found, key=lambda switch: (not switch.restricted, not switch.on, switch.pack_title))


def _switch(activation: PackActivation, code: str, spec: Mapping[str, Any], change: SwitchChange | None) -> Switch:
    return Switch(
        activation.pk,
        activation.version.title,
        activation.area.shown_name,
        code,
        _switch_title(code, spec),
        on=bool(activation.switches.get(code, spec.get("default"))),
        default=bool(spec.get("default")),
        restricted=bool(spec.get("restricted")),
        changed_at=change.at if change else None,
        changed_by=change.by if change else "",
        because=change.because if change else "",
    )


def _switch_title(code: str, spec: Mapping[str, Any]) -> str:
    """A switch's title in the reader's language; its code where it has none."""
    title = spec.get("title", code)
    if not isinstance(title, dict):
        return str(title)
    return str(title.get("en" if speaks_english() else "zh") or title.get("zh", code))


def _active() -> QuerySet[PackActivation]:
    return (
        PackActivation.objects.filter(active_to__isnull=True)
        .select_related("version", "area")
        .order_by("pack", "area__code")
    )


def _may_read(actor: Actor) -> None:
    if not (is_system(actor) or can_read_packs(actor)):
        raise NotAllowedError()
