"""What the floor of packs says of itself: it hears every event, and its objects and words in the record."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor
from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind, RecordWords, Subject
from xirang.foundation.sockets import Audience
from xirang.packs import queries
from xirang.packs.pages import SEARCHER, entries
from xirang.packs.wiring.hearing import find
from xirang.packs.wiring.in_force import wants
from xirang.people.spec import RoleSource
from xirang.ui.shell import Menu


def _describe(actor: Actor, pack: str, now: datetime) -> Subject:
    return Subject(*queries.describe_pack(actor, pack, now))


WORDS = RecordWords(
    parts={
        "active_in": _("启用于"),
        "line": _("第几行"),
        "pack": _("应用包"),
        "retired_in": _("停用于"),
        "retried": _("再试事件"),
        "switch": _("开关"),
        "switches": _("开关"),
    },
    points_to={"active_in": "area", "retired_in": "area"},
)

ENGINE = Engine(
    "packs",
    _("应用包"),
    (
        RecordKind(kind="pack", title=_("应用包"), describe=_describe, coded=True, retell=queries.retell_records),
        WORDS,
        Urls("xirang.packs.urls"),
        Audience(find, wants),
        RoleSource(queries.roles_of_packs),
        Menu(entries, {"packs:pack": "packs"}),
        SEARCHER,
    ),
)
