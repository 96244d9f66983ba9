"""Taking packs in, opening them for use in an area, turning their switches, retiring and removing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.areas.models import Area
from xirang.areas.queries import get_area
from xirang.foundation import outbox
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.ids import new_id
from xirang.foundation.packs import Code, pack_parts
from xirang.foundation.sealing import sealed
from xirang.packs import queries
from xirang.packs.checking.loader import PackReport, check_pack
from xirang.packs.models import OwnedCode, PackActivation, PackVersion, SwitchChange
from xirang.packs.policy import INSTALLING, OPENING, can_install_packs, can_open_packs
from xirang.packs.wiring import in_force


class PackRefusedError(InvalidError):
    """The pack did not pass its check; `data["findings"]` names file, line and what to do."""

    code = "pack_refused"
    zh = "应用包“{pack}”没有通过检查，共 {count} 处：{first}"
    en = "Pack “{pack}” did not pass its check ({count} findings): {first}"


class CodeTakenError(ConflictError):
    """Another pack was faster with a code."""

    code = "code_taken"
    zh = "{what} {taken} 已经属于应用包“{owner}”，别的应用包不能再用。请换一个代码。"
    en = "The {what} {taken} belongs to the pack “{owner}” already. Choose another code."


@command(_("安装应用包"), permit=INSTALLING)
def install_pack(*, actor: Actor, folder: Path, now: datetime) -> UUID:
    """Check a pack's folder and keep it as a version; the same content twice is the same version.

    Nothing is active afterwards: `activate_pack` opens it for use in an area. PackRefusedError when the check fails.
    """
    _may(actor)
    report = check_pack(folder, queries.owners())
    if not report.ok or report.manifest is None:
        raise _refused(report)
    known = PackVersion.objects.filter(pack=report.manifest.pack, version_hash=report.version_hash).first()
    if known is None:
        known = _keep(report, actor, now)
    elif known.removed_at is not None:
        known.removed_at = None
        known.save(update_fields=["removed_at"])
    _own(known.pack, report.codes)
    for part in pack_parts():
        if (document := report.documents.get(part.file.file)) is not None:
            part.keep(
                actor=actor,
                pack=known.pack,
                version_hash=known.version_hash,
                document=document,
                values=report.values_data(),
                now=now,
            )
    record(Ref("pack", known.pack), {"version": known.version, "hash": known.version_hash})
    return known.pk


@command(_("启用应用包"), permit=OPENING)
def activate_pack(
    *,
    actor: Actor,
    pack: str,
    area_id: UUID,
    now: datetime,
    version_id: UUID | None = None,
    switches: Mapping[str, bool] | None = None,
) -> UUID:
    """Open a pack for use in an area and below, in its newest version or the given one; running cases keep theirs.

    An older version may be opened again, as long as it was not taken off the list: the way back from a bad one.
    """
    area = get_area(area_id)
    _may_open(actor, area)
    version = _kept(pack, version_id)
    declared = version.manifest.get("switches", {})
    if unknown := set(switches or {}) - set(declared):
        raise InvalidError(
            code="no_such_switch",
            zh=f"应用包没有这些开关：{'、'.join(sorted(unknown))}。",
            en="The pack has no such switch.",
        )
    running = PackActivation.objects.select_related("version").filter(pack=pack, area=area, active_to__isnull=True)
    former = running.first()
    kept = {**(former.switches if former else {}), **(switches or {})}
    chosen = {code: bool(kept.get(code, spec["default"])) for code, spec in declared.items()}
    if former is not None:
        former.active_to = now
        former.save(update_fields=["active_to"])
    activation = PackActivation.objects.create(
        id=new_id(now), pack=pack, area=area, version=version, switches=chosen, active_from=now, activated_by=actor.name
    )
    for part in pack_parts():
        part.open(actor=actor, pack=pack, version_hash=version.version_hash, area_id=area_id, switches=chosen, now=now)
    in_force.changed(now=now)
    record(Ref("pack", pack), {"active_in": area.code, "version": version.version, "switches": chosen}, area_id=area_id)
    return activation.pk


@command(_("停用应用包"), permit=OPENING.but(_("所选区域；在办的办完为止")))
def retire_pack(*, actor: Actor, pack: str, area_id: UUID, now: datetime) -> UUID:
    """Close a pack in an area for new cases; what is running goes on to its end."""
    _may_open(actor, get_area(area_id))
    activation = PackActivation.objects.filter(pack=pack, area_id=area_id, active_to__isnull=True).first()
    if activation is None:
        raise NotFoundError(
            code="pack_not_active", zh="这个应用包没有在该区域启用。", en="The pack is not active in that area."
        )
    activation.active_to = now
    activation.save(update_fields=["active_to"])
    for part in pack_parts():
        part.close(actor=actor, pack=pack, area_id=area_id, now=now)
    in_force.changed(now=now)
    record(Ref("pack", pack), {"retired_in": str(area_id)}, area_id=area_id)
    return activation.pk


@command(_("调整开关"), permit=OPENING.but(_("已启用的应用包；须写明理由")))
def turn_switch(*, actor: Actor, activation_id: UUID, switch: str, on: bool, because: str, now: datetime) -> UUID:
    """Turn one switch of an active pack and say why; restricted ones are shown on 减负自查 with name and reason."""
    running = PackActivation.objects.select_related("version", "area").filter(active_to__isnull=True)
    activation = running.filter(pk=activation_id).first()
    if activation is not None:
        _may_open(actor, activation.area)
    if activation is None or switch not in activation.version.manifest.get("switches", {}):
        raise NotFoundError(code="no_such_switch", zh="没有这个开关。", en="There is no such switch.")
    if not because.strip():
        raise InvalidError(fields={"because": "请写明依据或理由。"}, zh="请写明依据或理由。", en="Please say why.")
    because = because.strip()[:200]
    activation.switches = {**activation.switches, switch: on}
    activation.save(update_fields=["switches"])
    for part in pack_parts():
        part.switch(
            actor=actor,
            pack=activation.pack,
            area_id=activation.area_id,
            switches=activation.switches,
            now=now,
        )
    SwitchChange.objects.create(activation=activation, switch=switch, on=on, at=now, by=actor.name, because=because)
    body = {"switch": switch, "on": on, "because": sealed(because)}
    record(Ref("pack", activation.pack), body, area_id=activation.area_id)
    return activation.pk


@command(_("再试接线"), permit=OPENING.but(_("启用该行的区域")))
def retry_delivery(*, actor: Actor, delivery_id: int, now: datetime) -> int:
    """Try at once, and with all its tries anew, what a wired line could not do for one event.

    Whoever may open packs where the line holds may do so. NotFoundError when it has succeeded meanwhile.
    """
    failing = queries.get_failing(actor=actor, delivery_id=delivery_id)
    _may_open(actor, failing.activation.area)
    if not outbox.try_again(delivery_id):
        raise NotFoundError()
    body = {"retried": failing.line.event, "line": failing.number}
    record(Ref("pack", failing.activation.pack), body, area_id=failing.activation.area_id)
    return delivery_id


@command(_("移除应用包"), permit=INSTALLING.but(_("已全部停用的")))
def remove_pack(*, actor: Actor, pack: str, now: datetime) -> int:
    """Take a pack off the list; refused while it is active anywhere. Cases and records stay."""
    _may(actor)
    if PackActivation.objects.filter(pack=pack, active_to__isnull=True).exists():
        raise ConflictError(
            code="pack_active", zh="应用包还在使用，请先在各区域停用。", en="The pack is still active; retire it first."
        )
    removed = PackVersion.objects.filter(pack=pack, removed_at__isnull=True).update(removed_at=now)
    if not removed:
        raise NotFoundError(code="no_such_pack", zh=f"没有安装过“{pack}”。", en=f"“{pack}” is not installed.")
    record(Ref("pack", pack), {"removed": removed})
    return removed


def _keep(report: PackReport, actor: Actor, now: datetime) -> PackVersion:
    manifest = report.manifest
    assert manifest is not None
    return PackVersion.objects.create(
        id=new_id(now),
        pack=manifest.pack,
        version=manifest.version,
        version_hash=report.version_hash,
        title_zh=manifest.title.zh,
        title_en=manifest.title.text("en"),
        answers="、".join(manifest.answers),
        grade=manifest.grade,
        manifest=report.manifest_data(),
        texts=dict(report.texts),
        wiring=report.wiring_data(),
        readme=report.readme,
        scenarios=len(report.scenarios),
        installed_at=now,
        installed_by=actor.name,
    )


def _refused(report: PackReport) -> PackRefusedError:
    errors: list[Any] = [finding for finding in report.findings if finding.level == "error"]
    first = f"{errors[0].place} {errors[0].zh}" if errors else ""
    return PackRefusedError(pack=report.name, count=len(errors), first=first, findings=[str(e.zh) for e in errors])


def _kept(pack: str, version_id: UUID | None) -> PackVersion:
    """The version of a pack that was asked for, or its newest one, among those that were not taken off the list."""
    kept = PackVersion.objects.filter(pack=pack, removed_at__isnull=True).order_by("-installed_at")
    version = (kept.filter(pk=version_id) if version_id else kept).first()
    if version is None and version_id and kept.exists():
        raise NotFoundError(code="no_such_version", zh="没有这个版本，请刷新后再选。", en="There is no such version.")
    if version is None:
        raise NotFoundError(code="no_such_pack", zh=f"没有安装过“{pack}”。", en=f"“{pack}” is not installed.")
    return version


def _own(pack: str, codes: Iterable[Code]) -> None:
    """Make the codes this pack's own; CodeTakenError when another pack took one since the check."""
    for code in codes:
        row, _created = OwnedCode.objects.get_or_create(kind=code.kind, code=code.code, defaults={"pack": pack})
        if row.pack != pack:
            raise CodeTakenError(what=code.zh, taken=code.code, owner=row.pack)


def _may_open(actor: Actor, area: Area) -> None:
    if not can_open_packs(actor, area.path):
        raise NotAllowedError()


def _may(actor: Actor) -> None:
    if not can_install_packs(actor):
        raise NotAllowedError()
