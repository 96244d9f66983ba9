"""Opening a case and taking a step ask the database few things; whoever adds a question to them finds it here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import PACKS, World, build
from xirang.engines.cases import commands
from xirang.engines.cases.models import Case
from xirang.foundation.pages import now as clock

pytestmark = pytest.mark.packs(*PACKS)
REPORT = {
    "process": "snap_report",
    "answers": {"category": "noise", "what": "楼下夜里一直施工，很吵。"},
    "places": {"place": {"address": "澄湖路 18 号门口"}},
}
# Of a step: the lock, the log, the row with its event, the record.
STEP = 4
_DELIVERY = re.compile("outboxevent|pg_notify|wake outbox|procrastinate", re.IGNORECASE)
_TABLE = re.compile(r"foundation_ratewindow|foundation_daycounter|places_place|cases_case|ledger_record")
_TRANSACTION = re.compile("(BEGIN|COMMIT|SAVEPOINT|RELEASE)", re.IGNORECASE)


def asked(work: Callable[[], Any]) -> list[str]:
    """What `work` asked of the database, in order, but for beginning and ending, and for what delivers events."""
    seen: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep), CaptureQueriesContext(connection) as everything:
        work()
    assert len(everything) >= len(seen), "what is counted is what was carried out"
    return [sql for sql in seen if not _TRANSACTION.match(sql) and not _DELIVERY.search(sql)]


@pytest.fixture
def district(own_database: str) -> World:
    """The district in a database of its own: with real commits, as it is used."""
    return build(clock())


def test_a_request_from_outside_is_opened_by_six_statements(district: World, kept: None) -> None:
    caller, receipts = Client(), []

    def post() -> None:
        answer = caller.post("/api/requests", REPORT, content_type="application/json")
        assert answer.status_code == 201, answer.content
        receipts.append(answer.json()["number"])

    # The first one learns who is there to hear of it, the second one reads what they hear; then both are kept.
    post()
    post()
    statements = asked(post)
    tables = [table for sql in statements for table in _TABLE.findall(sql)[:1]]
    assert tables == [
        "foundation_ratewindow",
        "places_place",
        "foundation_daycounter",
        "cases_case",
        "ledger_record",
        "cases_case",
    ], statements
    assert len(statements) == len(tables)
    assert Case.objects.all_unscoped("counted by a test").filter(number__in=receipts).count() == 3


def test_each_step_of_a_request_costs_a_handful_of_statements(district: World, kept: None) -> None:
    now = clock()
    actors = {part: district.actor(part, now) for part in ("enterprise", "dispatcher", "handler")}
    opened: list[Any] = []

    def open_case() -> None:
        given = {"topic": "space", "need": "二期厂房没有场地，想找三千平方米。"}
        opening = commands.Opening(process="enterprise_help", area_id=district.town(), answers=given)
        opened.append(commands.open_case(actor=actors["enterprise"], opening=opening, now=now))

    def step(part: str, action: str, **answers: Any) -> Callable[[], Any]:
        return lambda: commands.act_on_case(
            actor=actors[part], case_id=opened[-1], action=action, answers=answers, now=now
        )

    works = {
        "open": open_case,
        "assign": step("dispatcher", "assign", unit="unit/power_supply"),
        "accept": step("handler", "accept"),
        "answer": step("handler", "answer", outcome="solved", reply="已经接通第二路电源，请查看。"),
        "confirm": step("enterprise", "confirm", rating=5),
    }
    for work in works.values():
        work()
    counts = {name: len(asked(work)) for name, work in works.items()}
    # Opening also finds the account, its firm's facts and what is on file to fill the form, and the number of the day.
    assert counts == {"open": 7, "assign": STEP + 1, "accept": STEP, "answer": STEP, "confirm": STEP}
    case = Case.objects.all_unscoped("looked at by a test").get(pk=opened[-1])
    assert (case.stage_kind, case.last_seq, case.outcome) == ("done", 5, "solved")
