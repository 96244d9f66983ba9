"""Pages of packs: what is installed, one pack with its versions, activating, retiring, switches, published schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from xirang.areas.models import Area
from xirang.areas.queries import list_children, root_area
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, NotFoundError
from xirang.foundation.ids import parse_uuid
from xirang.foundation.pages import Asked, anyone, now, page, roles
from xirang.foundation.paging import page_of
from xirang.foundation.search import Found, Hit, Question, Searcher, has_word
from xirang.packs import commands, queries
from xirang.packs.cli import schema_named, schemas
from xirang.packs.policy import can_install_packs, can_open_packs, can_read_packs
from xirang.packs.queries import Installed
from xirang.people.queries import is_office
from xirang.ui.components import NumberCell
from xirang.ui.listing import Asking, Empty, Line, Listing, Shown, list_page
from xirang.ui.shell import Entries, NavItem
from xirang.ui.wording import aside, listed

KEEPERS = ("system_admin", "security_admin", "audit_admin", "auditor")
READERS = roles(*KEEPERS, "leader", "dispatcher")


def _installed(asking: Asking) -> list[Installed]:
    return asking.once("installed", lambda: queries.list_packs(actor=asking.actor))


def _opened_in(row: Installed, _asking: Asking) -> str:
    """The areas in which a pack is open, each with a remark where an older version is at work."""
    return listed(
        one.area.shown_name if one.version_id == row.newest.pk else aside(one.area.shown_name, _("旧版"))
        for one in row.activations
    ) or _("未启用")


def _waiting(asking: Asking) -> dict[str, Any]:
    """The folders that nobody has installed yet, for those who may."""
    if not can_install_packs(asking.actor) or not settings.PACKS_ROOT.exists():
        return {}
    known = {item.pack for item in _installed(asking)}
    folders = (folder for folder in settings.PACKS_ROOT.glob("*/") if (folder / "pack.yaml").exists())
    return {"waiting": sorted(folder.name for folder in folders if folder.name not in known)}


def _columns(asking: Asking) -> tuple[Shown[Installed], ...]:
    """What a pack is and where it is open; for those who run or audit the platform also how it is made."""
    plain: tuple[Shown[Installed], ...] = (
        Shown(key="title", title=_("名称"), role="title", short=True, cell=lambda row, _: row.newest.title),
        Shown(key="version", title=_("版本"), cell=lambda row, _: row.newest.version),
        Shown(key="areas", title=_("启用区域"), cell=_opened_in),
    )
    if not asking.actor.holds(*KEEPERS):
        return plain
    return (
        *plain,
        Shown(key="pack", title=_("代码"), secondary=True, cell=lambda row, _: row.pack),
        Shown(key="answered", title=_("对应"), cell=lambda row, _: row.newest.answered),
        Shown(key="scenarios", title=_("情景"), role="number", cell=lambda row, _: NumberCell(row.newest.scenarios)),
        Shown(key="hash", title=_("内容哈希"), phone=False, cell=lambda row, _: f"{row.newest.version_hash[:12]}…"),
    )


PACKS: Listing[Installed] = Listing(
    name="packs:packs",
    title=gettext_lazy("应用包"),
    about=gettext_lazy("已装的应用。改动须由系统管理员启用。"),
    unit=gettext_lazy("个"),
    columns=_columns,
    rows=lambda asking, key, size: page_of(_installed(asking), by="pack", key=key, size=size),
    line=lambda row, _: Line(row.pack, reverse("packs:pack", args=[row.pack])),
    total=lambda asking: len(_installed(asking)),
    template="packs/packs.html",
    more=_waiting,
    empty=lambda _asking: Empty(gettext_lazy("还没有安装应用包")),
)
packs = list_page(READERS, PACKS)


@page(READERS)
@require_GET
def pack(request: Asked, pack: str) -> HttpResponse:
    versions, activations = queries.get_pack(actor=request.actor, pack=pack)
    return render(
        request,
        "packs/pack.html",
        {
            "pack": pack,
            "crumbs": [(_("应用包"), reverse("packs:packs")), (versions[0].title, "")],
            "versions": versions,
            "newest": versions[0],
            "activations": activations,
            "switches": queries.list_switches(actor=request.actor, of=activations),
            "in_folder": (settings.PACKS_ROOT / pack / "pack.yaml").exists(),
            "may_install": can_install_packs(request.actor),
            "areas": _areas_of(request.actor),
            "open_by_me": {one.pk for one in activations if can_open_packs(request.actor, one.area.path)},
            "offered": [version for version in versions if version.removed_at is None],
            **_failing(request.actor, pack),
        },
    )


def _failing(actor: Actor, pack: str) -> dict[str, Any]:
    """Which wired lines fail, and which of them the actor may have tried again."""
    failing, total = queries.list_failing(actor=actor, pack=pack)
    may = {one.delivery_id for one in failing if can_open_packs(actor, one.activation.area.path)}
    return {"failing": failing, "failing_total": total, "may_retry": may}


def _areas_of(actor: Actor) -> list[Area]:
    """Where the actor may open a pack from its page: the district, and each of its streets and towns."""
    day = local_date(now())
    root = root_area(day)
    every = [root, *list_children(root.pk, day)] if root else []
    return [area for area in every if can_open_packs(actor, area.path)]


@page(roles("system_admin"))
@require_POST
def install(request: Asked) -> HttpResponse:
    """Take in a folder that lies in the installation's packs folder; names with path signs never reach the disk."""
    name = request.POST.get("folder", "")
    folder = settings.PACKS_ROOT / name
    if not name.replace("_", "").isalnum() or not (folder / "pack.yaml").exists():
        raise NotFoundError(code="no_such_folder", zh="没有这个应用包文件夹。", en="There is no such pack folder.")
    try:
        commands.install_pack(actor=request.actor, folder=folder, now=now())
        messages.success(request, _("“%(pack)s”已安装，尚未启用。") % {"pack": name})
    except InvalidError as error:
        messages.error(request, error.sentence())
        return HttpResponseRedirect(reverse("packs:packs"))
    return HttpResponseRedirect(reverse("packs:pack", args=[name]))


@page(roles("system_admin"))
@require_POST
def activate(request: Asked, pack: str) -> HttpResponse:
    area_id = parse_uuid(request.POST.get("area", ""))
    if area_id is None:
        raise InvalidError(code="bad_area", zh="请选择启用的区域。", en="Please choose an area.")
    version_id = parse_uuid(request.POST.get("version", ""))
    commands.activate_pack(actor=request.actor, pack=pack, area_id=area_id, version_id=version_id, now=now())
    messages.success(request, _("已启用，立即生效，不用重启。"))
    return HttpResponseRedirect(reverse("packs:pack", args=[pack]))


@page(roles("system_admin"))
@require_POST
def retire(request: Asked, pack: str) -> HttpResponse:
    area_id = parse_uuid(request.POST.get("area", ""))
    if area_id is None:
        raise InvalidError(code="bad_area", zh="请选择停用的区域。", en="Please choose an area.")
    commands.retire_pack(actor=request.actor, pack=pack, area_id=area_id, now=now())
    messages.success(request, _("已停用。在办的件照常办完。"))
    return HttpResponseRedirect(reverse("packs:pack", args=[pack]))


@page(roles("system_admin"))
@require_POST
def retry(request: Asked, pack: str) -> HttpResponse:
    delivery = request.POST.get("delivery", "")
    if not delivery.isdecimal() or len(delivery) > 18:
        raise NotFoundError()
    commands.retry_delivery(actor=request.actor, delivery_id=int(delivery), now=now())
    messages.success(request, _("已安排再试，稍后刷新看结果。"))
    return HttpResponseRedirect(reverse("packs:pack", args=[pack]))


@page(roles("system_admin"))
@require_POST
def switch(request: Asked, pack: str) -> HttpResponse:
    activation_id = parse_uuid(request.POST.get("activation", ""))
    if activation_id is None:
        raise NotFoundError()
    commands.turn_switch(
        actor=request.actor,
        activation_id=activation_id,
        switch=request.POST.get("switch", ""),
        on=request.POST.get("on") == "1",
        because=request.POST.get("because", ""),
        now=now(),
    )
    messages.success(request, _("开关已变更，并已留下记录。"))
    return HttpResponseRedirect(reverse("packs:pack", args=[pack]))


@page(anyone)
@require_GET
def schema(request: Asked, name: str) -> JsonResponse:
    """The JSON Schema of one of a pack's files, for editors."""
    if name not in schemas():
        raise NotFoundError()
    return JsonResponse(schema_named(name), json_dumps_params={"ensure_ascii": False, "indent": 2})


def entries(request: Asked, actor: Actor) -> Entries:
    """Packs, for those who run or audit the platform."""
    if not is_office(actor):
        return Entries()
    url = reverse("packs:packs")
    return Entries(
        nav=(NavItem("packs", _("应用包"), url, "grid", order=40),) if can_read_packs(actor) else (),
        tabs=(NavItem("packs", _("应用包"), url, "grid", order=70),),
    )


def find(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
    """Installed packs whose title or code has all words."""
    packs = [
        Hit(one.newest.title, reverse("packs:pack", args=[one.pack]), one.pack)
        for one in queries.list_packs(actor=actor)
        if all(has_word(f"{one.newest.title} {one.pack}", word) for word in question.words)
    ]
    return Found(tuple(packs[:limit]), len(packs))


def direct(actor: Actor, text: str, now: datetime) -> str:
    """The page of the installed pack with this code."""
    installed = text.isascii() and any(one.pack == text for one in queries.list_packs(actor=actor))
    return reverse("packs:pack", args=[text]) if installed else ""


SEARCHER = Searcher(
    code="packs", title=gettext_lazy("应用包"), order=50, find=find, direct=direct, offered=can_read_packs
)
