"""What this engine says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from xirang.engines.loans import commands, queries
from xirang.engines.loans.api import REASONS, router
from xirang.engines.loans.events import EVENTS
from xirang.engines.loans.pages import SEARCHER, entries
from xirang.engines.loans.spec import CountLoans, LendThing

from xirang.foundation.addresses import Api, Urls
from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind, RecordWords
from xirang.foundation.sockets import Effect, Events, Measure
from xirang.ui.shell import Menu

ENGINE = Engine(
    "loans",
    _("借用"),
    (
        Events(EVENTS),
        Effect(LendThing, commands.answer_lend_thing),
        Measure(CountLoans, queries.count_loans),
        commands.LoansPart(),
        RecordKind(kind="shelf", title=_("物品架"), coded=True),
        RecordWords(parts={"lent": _("借出件数")}),
        Menu(entries),
        SEARCHER,
        Urls("xirang.engines.loans.urls"),
        Api(router=router, reasons=REASONS),
    ),
)
