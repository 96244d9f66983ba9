"""Installing process types and opening them for use in areas; called by the pack loader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from xirang.areas.models import Area
from xirang.areas.queries import get_area
from xirang.engines.cases import policy
from xirang.engines.cases.models import Activation, ProcessVersion
from xirang.engines.cases.queries import installed
from xirang.engines.cases.spec import revive_process
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.ids import new_id


@command(_("安装流程"), permit=policy.INSTALLING)
def install_process(
    *, actor: Actor, pack: str, version_hash: str, document: Mapping[str, Any], values: Mapping[str, Any], now: datetime
) -> UUID:
    """Keep one version of a process type; the same version twice is the same row. The document was checked before."""
    _may(actor)
    process = revive_process(document, values)
    known = ProcessVersion.objects.filter(code=process.code, version_hash=version_hash).first()
    if known is None:
        serial = (ProcessVersion.objects.filter(code=process.code).aggregate(last=Max("serial"))["last"] or 0) + 1
        known = ProcessVersion.objects.create(
            id=new_id(now),
            pack=pack,
            code=process.code,
            serial=serial,
            version_hash=version_hash,
            title_zh=process.title.zh,
            title_en=process.title.text("en"),
            service_code=process.service_code,
            document=dict(document),
            values=dict(values),
            installed_at=now,
        )
    record(Ref("process", process.code), {"pack": pack, "serial": known.serial, "hash": version_hash})
    installed.forget()
    return known.pk


@command(_("启用流程"), permit=policy.OPENING)
def activate_process(
    *, actor: Actor, version_id: UUID, area_id: UUID, switches: Mapping[str, Any], now: datetime
) -> UUID:
    """Open a process for use in an area, in place of the version active there; running cases keep theirs."""
    area = get_area(area_id)
    _may_open(actor, area)
    version = ProcessVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFoundError(code="no_such_process", zh="没有这个流程版本。", en="There is no such process version.")
    Activation.objects.filter(code=version.code, area=area, active_to__isnull=True).update(active_to=now)
    activation = Activation.objects.create(
        id=new_id(now), code=version.code, area=area, version=version, switches=dict(switches), active_from=now
    )
    record(Ref("process", version.code), {"active_in": area.code, "serial": version.serial}, area_id=area.pk)
    installed.forget()
    return activation.pk


@command(_("调整流程的开关"), permit=policy.OPENING.but(_("随应用包的开关")))
def switch_process(*, actor: Actor, code: str, area_id: UUID, switches: Mapping[str, bool], now: datetime) -> int:
    """Let the switches of an active process stand so, for new cases and running ones; returns how many activations."""
    _may_open(actor, get_area(area_id))
    turned = Activation.objects.filter(code=code, area_id=area_id, active_to__isnull=True).update(
        switches=dict(switches)
    )
    record(Ref("process", code), {"switches": dict(switches)}, area_id=area_id)
    installed.forget()
    return turned


@command(_("停用流程"), permit=policy.OPENING)
def retire_process(*, actor: Actor, code: str, area_id: UUID, now: datetime) -> int:
    """Close a process for new cases in an area; running cases go on. Returns how many activations ended."""
    _may_open(actor, get_area(area_id))
    ended = Activation.objects.filter(code=code, area_id=area_id, active_to__isnull=True).update(active_to=now)
    record(Ref("process", code), {"retired_in": str(area_id), "ended": ended}, area_id=area_id)
    installed.forget()
    return ended


def versions_of_pack(pack: str, version_hash: str) -> dict[str, UUID]:
    """The process versions that one version of a pack brought, by code, in the order in which they were kept."""
    rows = ProcessVersion.objects.filter(pack=pack, version_hash=version_hash).order_by("installed_at", "code")
    return dict(rows.values_list("code", "pk"))


def _may(actor: Actor) -> None:
    if not policy.can_install_processes(actor):
        raise NotAllowedError()


def _may_open(actor: Actor, area: Area) -> None:
    if not policy.can_open_processes(actor, area.path):
        raise NotAllowedError()
