"""What the ledger says of itself: it writes the records, and knows the words that all records share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.engines.ledger.commands import erase_sealed, write_records
from xirang.engines.ledger.pages import SEARCHER, entries
from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.foundation.records import ActorKind, RecordWords
from xirang.foundation.sealing import Eraser
from xirang.foundation.sockets import Recorder
from xirang.ui.shell import Menu

WORDS = RecordWords(
    parts={
        "about": _("关于"),
        "active": _("使用中"),
        "batch": _("批次"),
        "because": _("理由"),
        "channel": _("渠道"),
        "code": _("代码"),
        "ended": _("结束"),
        "file": _("文件"),
        "from": _("自"),
        "hash": _("内容哈希"),
        "kind": _("类别"),
        "name": _("名称"),
        "on": _("打开"),
        "serial": _("版次"),
        "source": _("来源"),
        "to": _("至"),
        "version": _("版本"),
    },
)

ACTORS = (ActorKind("public", _("公众")), ActorKind("system", _("系统")))

ENGINE = Engine(
    "ledger",
    _("记录"),
    (
        Recorder(write_records),
        Eraser(erase_sealed),
        WORDS,
        *ACTORS,
        Menu(entries),
        SEARCHER,
        Urls("xirang.engines.ledger.urls"),
    ),
)
