"""What widely used libraries need for the same work, in the same run: figures to compare with, without a target.

They do less where Xirang does more (no scope, no record, no check of a row, no trace); what each leaves out stands in
its line. Each is used as its own documentation advises for speed.
"""

from __future__ import annotations

import csv
import gzip
import io
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.figures import Figure, Skipped
from bench.scale import chosen

DEEP = 200
LEAST_CASES = 100_000  # With fewer nobody has so many pages.
ROUNDS = 30


def measure_paging() -> list[Figure | Skipped]:
    """The 1st and the 200th page of a grid worker's and a handler's list: by key, and by Django's own Paginator."""
    if chosen().cases < LEAST_CASES:
        return [Skipped("对照", f"翻到第 {DEEP} 页：办件太少")]
    return [*_pages_of("网格员", "chenli"), *_pages_of("经办", "zhouyutong")]


def _pages_of(who: str, username: str) -> list[Figure]:
    from datetime import UTC, datetime

    from django.core.paginator import Paginator

    from xirang.engines.cases.models import Case
    from xirang.engines.cases.models.scope import condition
    from xirang.engines.cases.queries import CaseFilter, list_cases
    from xirang.people.queries import actor_of, find_account

    account, now, wanted = find_account(username), datetime.now(UTC), CaseFilter(state="all")
    assert account is not None
    actor = actor_of(account, now=now)
    rows = Case.objects.all_unscoped("a peer's way").filter(condition(actor)).order_by("-opened_at", "-id")
    rows = rows.select_related("area", "holder_unit", "holder_account", "requester_organisation")

    def by_key(key: str = "") -> str:
        return list_cases(actor=actor, wanted=wanted, now=now, key=key).next

    def by_offset(number: int) -> None:
        list(Paginator(rows, 25).page(number))

    deep = ""
    for _ in range(DEEP - 1):
        deep = by_key(deep)
    return [
        Figure("对照", f"{who}第 1 页，按键翻页", _typical(by_key), "毫秒"),
        Figure("对照", f"{who}第 1 页，Django Paginator", _typical(lambda: by_offset(1)), "毫秒"),
        Figure("对照", f"{who}第 {DEEP} 页，按键翻页", _typical(lambda: by_key(deep)), "毫秒"),
        Figure("对照", f"{who}第 {DEEP} 页，Django Paginator", _typical(lambda: by_offset(DEEP)), "毫秒"),
    ]


def measure_import(path: Path) -> list[Figure]:
    """The same file by django-import-export into a plain table: no checks of codes, no areas, no records."""
    from django.db import connection, models
    from import_export import resources
    from tablib import Dataset

    class PlainFirm(models.Model):
        credit_code = models.TextField(unique=True)
        name = models.TextField()
        registered_on = models.TextField()
        company_type = models.TextField()
        capital_text = models.TextField()
        business_scope = models.TextField()
        address_text = models.TextField()

        class Meta:
            app_label = "bench"

    class Firms(resources.ModelResource):
        class Meta:
            model = PlainFirm
            import_id_fields = ("credit_code",)
            exclude = ("id",)
            use_bulk, batch_size, skip_diff, skip_unchanged = True, 1000, True, False
            force_init_instance = True  # No query for each row: the table is empty, the peer's fastest way.

    columns = {
        "统一社会信用代码": "credit_code", "企业名称": "name", "注册日期": "registered_on", "企业类型": "company_type",
        "注册资金": "capital_text", "经营范围": "business_scope", "注册地址": "address_text",
    }  # fmt: skip
    began = time.monotonic()
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        found = {row["统一社会信用代码"]: row for row in csv.DictReader(io.StringIO(file.read()))}
    data = Dataset(headers=list(columns.values()))
    for row in found.values():
        data.append([row[name] for name in columns])
    with connection.schema_editor() as editor:
        editor.create_model(PlainFirm)
    result = Firms().import_data(data, raise_errors=True)
    seconds = time.monotonic() - began
    assert result.totals["new"] == len(found) == PlainFirm.objects.count()
    with connection.schema_editor() as editor:
        editor.delete_model(PlainFirm)
    return [Figure("对照", f"{len(found):,} 行，django-import-export，不核对、不留记录", seconds, "秒")]


def measure_rules(rounds: int = 20_000) -> list[Figure]:
    """One rule for one row: exactly and with its trace, and by simpleeval with floats and without a trace."""
    from fractions import Fraction

    from simpleeval import SimpleEval

    from xirang.foundation.expressions import BOOL, DATE, FEN, INT, RATE, compile_expression

    source = "bill <= before * (1 - drop) and staff >= 20 and since < due"
    names = {"bill": FEN, "before": FEN, "drop": RATE, "staff": INT, "since": DATE, "due": DATE}
    values: dict[str, Any] = {
        "bill": 9_500, "before": 10_000, "staff": 42, "since": date(2026, 9, 1), "due": date(2026, 10, 1),
    }  # fmt: skip
    rule = compile_expression(source, names, expects=BOOL)
    exact = values | {"drop": Fraction(5, 100)}
    peer = SimpleEval(names=values | {"drop": 0.05})
    parsed = peer.parse(source)
    assert rule.evaluate(exact).value is True
    assert peer.eval(source, previously_parsed=parsed) is True

    def each(work: Any) -> float:
        began = time.perf_counter()
        for _ in range(rounds):
            work()
        return (time.perf_counter() - began) / rounds * 1e6

    return [
        Figure("对照", "一条规则一行数据，息壤：精确，可回看经过", each(lambda: rule.evaluate(exact)), "微秒"),
        Figure("对照", "一条规则一行数据，simpleeval：浮点，无经过",
               each(lambda: peer.eval(source, previously_parsed=parsed)), "微秒"),
    ]  # fmt: skip


def _typical(work: Any) -> float:
    """The median of the rounds in milliseconds, after three that warm up."""
    times = []
    for _ in range(ROUNDS + 3):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times[3:])[ROUNDS // 2]
