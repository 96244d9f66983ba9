"""A pack's own list: its columns, filters and orders on the screen and, equal, as a file; figures that equal lists."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from tests.world import PHONE, WHY, World
from xirang.engines.cases.models import Case
from xirang.engines.cases.tests.declared_sample import open_repairs, repair
from xirang.engines.ledger.models import Record

LIFTS = "/cases/?list=repairs.lifts"
HEADS = ["编号", "种类", "情况", "急修", "层数", "估价", "建成", "产权单位", "电话", "求助人", "辖区", "环节", "承办",
         "办理时限截止", "最近期限"]  # fmt: skip


@pytest.fixture
def today() -> datetime:
    return timezone.now().replace(microsecond=0)


def text(fragment: str) -> str:
    """What a reader sees of a cell or a head."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", fragment)).split())


def pages(client: Client, path: str) -> Iterator[str]:
    for _ in range(50):
        page = client.get(path).content.decode()
        yield page
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            return
        path = html.unescape(following[1])
    raise AssertionError("the pages never end")


def heads(page: str) -> list[str]:
    return [text(one) for one in re.findall(r'<th scope="col".*?</th>', page, re.DOTALL)]


def cells(page: str) -> list[list[str]]:
    """What each row says; a dash stands where there is nothing to say."""
    rows = re.findall(r'<tr role="row"\s+data-x-row=.*?</tr>', page, re.DOTALL)
    return [
        [text(one).replace("—", "") for one in re.findall(r'<td role="cell" data-label.*?</td>', row, re.DOTALL)]
        for row in rows
    ]


def ids(page: str) -> list[str]:
    return re.findall(r'data-x-row="([0-9a-f-]{36})"', page)


def fill(world: World, today: datetime) -> None:
    open_repairs(world, today)
    for turn in range(27):
        when = today - timedelta(hours=turn)
        case_id = repair(world, when, what=f"第 {turn} 部电梯停了，\n请来修。", urgent="yes" if turn % 3 else "no",
                         floors=str(turn + 1), cost="1280.50", built="1998-05-01",
                         owner=str(world.unit("power_supply")), contact=PHONE)  # fmt: skip
        if turn % 2:
            world.act(case_id, "dispatcher", "assign", unit="unit/power_supply", now=when)
    repair(world, today, kind="roof", what="屋面漏水。", urgent="yes")
    world.report(now=today, category="noise")


def test_a_list_shows_the_columns_that_its_pack_declares(world: World, today: datetime) -> None:
    fill(world, today)
    client = world.client("dispatcher")
    screens = list(pages(client, LIFTS))
    assert len(screens) == 2
    assert all(heads(page) == HEADS for page in screens)
    rows = [row for page in screens for row in cells(page)]
    assert len(rows) == 27
    assert "共 27 件" in screens[0]
    by_what = {row[2]: row for row in rows}
    one = by_what["第 1 部电梯停了， 请来修。"]
    assert one[1] == "电梯"
    assert one[3:10] == ["是", "2", "1,280.50 元", "1998-05-01", "禾澜供电公司", "139****0042", one[9]]
    assert one[9], "who asked, masked"
    assert "*" in one[9]
    assert one[13] == one[14] != ""
    assert by_what["第 2 部电梯停了， 请来修。"][12:14] == ["", ""]
    open_due = [case.order_at for case in Case.objects.all_unscoped(WHY).filter(
        process_code="repairs", fields__kind="lift").order_by("order_at", "id")]  # fmt: skip
    numbers = dict(Case.objects.all_unscoped(WHY).values_list("number", "order_at"))
    assert [numbers[row[0]] for row in rows] == open_due
    turned = [row for page in pages(client, f"{LIFTS}&order=-due") for row in cells(page)]
    assert turned == rows[::-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("repairs.lifts&f.urgent=false", 9),
        ("repairs.lifts&f.urgent=true", 18),
        ("repairs.lifts&f.urgent=true&f.kind=roof", 0),
        ("repairs.lifts&f.kind=lift", 27),
        ("repairs.lifts&f.contact=13987650042", 27),
        ("repairs.lifts&q=第 1 部", 1),
        ("repairs.urgent", 19),
        ("repairs.urgent&f.kind=roof", 1),
        ("repairs.patient", 9),
    ],
)
def test_a_list_filters_by_the_answers_of_its_process(world: World, today: datetime, query: str, expected: int) -> None:
    fill(world, today)
    found = list(pages(world.client("leader"), f"/cases/?list={query}"))
    assert sum(len(ids(page)) for page in found) == expected
    assert 'name="f.urgent"' in found[0]
    assert 'name="f.kind"' in found[0]
    assert 'name="f.contact"' not in found[0]
    assert 'name="process"' not in found[0]


def test_whose_unit_it_is_finds_it_in_the_list_of_the_unit(world: World, today: datetime) -> None:
    fill(world, today)
    own = {row[0] for page in pages(world.client("handler"), "/cases/?list=repairs.ours") for row in cells(page)}
    assert len(own) == 13, "those that the unit holds; of the others the handler sees nothing"
    assert not any(ids(page) for page in pages(world.client("road_handler"), "/cases/?list=repairs.ours"))


def test_a_file_equals_the_screen_and_its_purpose_is_recorded(world: World, today: datetime) -> None:
    fill(world, today)
    client, path = world.client("dispatcher"), f"{LIFTS}&f.urgent=true"
    screen = [row for page in pages(client, path) for row in cells(page)]
    assert len(screen) == 18
    refused = client.post(path, {"form": "csv"})
    assert refused.status_code == 400
    assert not Record.objects.all_unscoped(WHY).filter(action="ui.export_list").exists()

    sheet = client.post(path, {"form": "csv", "purpose": "安排下周的电梯检修"}).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(sheet)))
    book = load_workbook(io.BytesIO(client.post(path, {"form": "xlsx", "purpose": "安排下周的电梯检修"}).content))
    values = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    for file in (lines, values):
        assert file[0] == HEADS
        # A deadline is words on the screen and its moment in a file.
        assert [[str("" if cell is None else cell) for cell in row[:13]] for row in file[1:]] == [
            row[:13] for row in screen
        ]
    due = dict(Case.objects.all_unscoped(WHY).values_list("number", "due_at"))
    for row in values[1:]:
        moment = due[row[0]]
        local = timezone.localtime(moment).replace(tzinfo=None, microsecond=0) if moment else None
        assert (row[14], row[13]) == (local, local)
    assert PHONE not in sheet
    records = Record.objects.all_unscoped(WHY).filter(action="ui.export_list")
    assert [(one.subject_id, one.body["rows"]) for one in records] == [("cases:cases", 18)] * 2


def figures(page: str) -> dict[str, str]:
    """Where each chip leads, and how many it promises."""
    chips = re.findall(r'<a class="x-chip[^"]*"\s+href="([^"]+)".*?</a>', page, re.DOTALL)
    whole = re.findall(r'(<a class="x-chip[^"]*"\s+href="[^"]+".*?</a>)', page, re.DOTALL)
    counts = [re.search(r'x-chip-n">([^<]+)<', one) for one in whole]
    return {html.unescape(url): found[1] for url, found in zip(chips, counts, strict=True) if found}


@pytest.mark.parametrize(
    ("part", "path", "chips"),
    [
        ("handler", "/work/", 4),
        ("unit_leader", "/work/", 4),
        ("dispatcher", "/dispatch/", 3),
        ("dispatcher", "/cases/", 5),
        ("leader", "/cases/", 5),
        ("enterprise", "/asked/", 3),
    ],
)
def test_what_a_chip_promises_is_what_its_list_holds(
    world: World, today: datetime, part: str, path: str, chips: int
) -> None:
    for turn in range(9):
        world.handled(now=today - timedelta(days=2 * turn))
        world.ask(now=today - timedelta(days=turn))
    world.assign(world.ask(now=today), now=today)
    world.act(world.handled(now=today), "unit_leader", "suspend", reason="变电站扩容明年才能完成。", now=today)
    again = world.answered(now=today)
    world.act(again, "enterprise", "reopen", reason="还是没电。", now=today)
    done = world.answered(now=today)
    world.act(done, "enterprise", "confirm", now=today)
    client = world.client(part)
    promised = figures(client.get(path).content.decode())
    assert len(promised) == chips
    assert any(int(one) for one in promised.values())
    for url, count in promised.items():
        first = client.get(url).content.decode()
        assert sum(len(ids(page)) for page in pages(client, url)) == int(count), url
        assert f"共 {count} 件" in first, url


def test_the_drawer_has_an_address_for_those_who_work_here(world: World, today: datetime) -> None:
    case_id = world.handled(now=today)
    page = world.client("handler").get(f"/work/?open={case_id}").content.decode()
    assert f'data-x-opened="/cases/{case_id}/drawer/"' in page
    assert "is-open" in re.findall(rf'data-x-row="{case_id}".*?>', page, re.DOTALL)[0]
    asked = world.client("enterprise").get(f"/asked/?open={case_id}").content.decode()
    assert str(case_id) in asked
    assert "/drawer/" not in asked


def test_links_from_elsewhere_say_what_they_filter_by(world: World, today: datetime) -> None:
    world.handled(now=today)
    town, unit = world.town(), world.unit("power_supply")
    query = f"area={town}&unit={unit}&due=week&stage=handling&reopened=1&state=all&closed=2026-11-01"
    page = world.client("leader").get(f"/cases/?{query}").content.decode()
    said = [text(one) for one in re.findall(r'<a class="x-chip is-on".*?</a>', page, re.DOTALL)]
    assert said == [
        "期限：本周", "环节：办理", said[2],
        "承办：禾澜供电公司", "重开过", "在办和已办结", "2026-11-01 以来办结",
    ]  # fmt: skip
    bad: Any = world.client("leader").get("/cases/?area=x&unit=1&due=never&stage=none&closed=soon")
    assert 'class="x-chip is-on"' not in bad.content.decode()
