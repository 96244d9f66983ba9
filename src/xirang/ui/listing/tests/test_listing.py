"""A declared list: what the address asks, what the page draws, and a file that equals it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from openpyxl import load_workbook

from tests.world import World, built_world, world
from xirang.engines.ledger.models import Record, SealedValue
from xirang.foundation.actor import PUBLIC, Actor, PlainActor, Ref
from xirang.foundation.errors import InvalidError, NotAllowedError
from xirang.foundation.paging import Page
from xirang.people import commands as people
from xirang.ui.commands import export_list
from xirang.ui.components import DueCell, LinkCell, MomentCell, NumberCell, StatusCell, StepCell
from xirang.ui.listing import (
    Asking,
    Carried,
    Chip,
    Choose,
    Day,
    Empty,
    Find,
    Line,
    Listing,
    Shown,
)
from xirang.ui.listing.asking import asking_of
from xirang.ui.listing.drawing import drawn
from xirang.ui.listing.exporting import MOST_ROWS, as_csv, as_workbook, lines_of, plain_cell

__all__ = ["built_world", "world"]

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CLERK = PlainActor(Ref("account", "01a1fe57-ba61-72aa-8000-0123456789ab"), "何静")


@dataclass(frozen=True)
class Loan:
    number: int
    firm: str
    asked: list[str]


LOANS = [Loan(number, f"=cmd|{number}" if number == 3 else f"企业{number}", []) for number in range(1, 8)]


def rows(asking: Asking, key: str, size: int) -> Page[Loan]:
    """By number, the page mark being the last number shown."""
    found = [one for one in LOANS if asking.wanted.get("q", "") in one.firm]
    if asking.wanted.get("early"):
        found = [one for one in found if one.number < 4]
    if asking.order == "-number":
        found.reverse()
    begin = int(key or 0)
    more = str(begin + size) if begin + size < len(found) else ""
    return Page(found[begin : begin + size], previous=str(begin - size) if begin else "", next=more)


LOAN_LIST: Listing[Loan] = Listing(
    name="people:organisations",
    title="借款",
    unit="笔",
    columns=lambda asking: (
        Shown(
            key="number",
            title="编号",
            role="number",
            cell=lambda one, _: NumberCell(one.number),
            orders=("number", "-number"),
        ),
        Shown(key="firm", title="企业", role="title", cell=lambda one, _: one.firm),
        Shown(key="phone", title="电话", cell=lambda one, _: f"138****{one.number:04}", personal=True),
    ),
    rows=rows,
    line=lambda one, _: Line(str(one.number), f"/loans/{one.number}/"),
    drawer=lambda number, _: f"/loans/{number}/drawer/",
    filters=(
        Find(label="企业名称"),
        Choose(name="kind", label="类别", every="类别：全部", options=lambda _: (("new", "新增"),)),
        Day(name="since", label="起始日期"),
        Carried(name="unit", said=lambda asking: f"单位：{asking.get('unit')}"),
    ),
    chips=lambda _: (Chip("", "全部"), Chip("early", "前三笔", {"early": True})),
    chip_counts=lambda _asking, chips: {chip.key: len(chip.adds) for chip in chips},
    orders=("number", "-number"),
    total=lambda _: 7,
    size=3,
    empty=lambda _: Empty("没有符合条件的借款"),
)


def ask(query: str = "", listing: Listing[Any] = LOAN_LIST, *, actor: Actor = CLERK) -> Asking:
    request: Any = RequestFactory().get(f"/organisations/{query}")
    request.actor = actor
    return asking_of(request, listing, now=NOW, language="zh")


def test_only_declared_filters_count_and_they_are_cut() -> None:
    asked = ask(f"?q=%00恒拓%20{'长' * 100}&nonsense=1&kind=new&since=2026-13-01&order=up&view=late")
    assert asked.given == {"q": f"恒拓 {'长' * 77}", "kind": "new"}
    assert asked.order == "number"
    assert ask("?since=2026-11-01").given == {"since": "2026-11-01"}


def test_a_chip_adds_to_what_is_wanted_and_stands_in_the_address() -> None:
    asked = ask("?view=early&order=-number&q=企业")
    assert asked.wanted == {"q": "企业", "view": "early", "order": "-number", "early": True}
    assert asked.address(q="") == f"{asked.url}?view=early&order=-number"
    assert ask().address() == ask().url


def test_the_page_is_drawn_from_the_declaration() -> None:
    page = drawn(LOAN_LIST, ask("?unit=电力&open=2"))
    assert [row.cells["firm"] for row in page.table.rows] == ["企业1", "企业2", "=cmd|3"]
    assert [row.is_open for row in page.table.rows] == [False, True, False]
    assert page.opened_url == "/loans/2/drawer/"
    pager = page.table.pager
    assert pager is not None
    assert (pager.total, pager.per_page, pager.previous_url) == (7, 3, "")
    assert pager.next_url == f"{page.url}?unit=%E7%94%B5%E5%8A%9B&key=3"
    assert [(chip.label, chip.count, chip.active) for chip in page.chips] == [("全部", 0, False), ("前三笔", 1, False)]
    assert [(tag.text, tag.without) for tag in page.tags] == [("单位：电力", page.url)]
    assert page.hidden == (("unit", "电力"),)
    assert [(one.kind, one.name) for one in page.inputs] == [("find", "q"), ("choose", "kind"), ("day", "since")]
    assert page.export is not None
    assert page.export.personal


def test_a_head_sorts_by_its_next_order() -> None:
    head = drawn(LOAN_LIST, ask()).table.columns[0]
    assert (head.sorted, head.sort_url) == ("up", f"{ask().url}?order=-number")
    turned = drawn(LOAN_LIST, ask("?order=-number")).table
    assert (turned.columns[0].sorted, turned.columns[0].sort_url) == ("down", f"{ask().url}?order=number")
    assert [row.id for row in turned.rows] == ["7", "6", "5"]
    assert turned.columns[1].sort_url == ""


def test_a_great_total_is_said_as_more_than() -> None:
    many = replace(LOAN_LIST, total=lambda _: 1001)
    pager = drawn(many, ask()).table.pager
    assert pager is not None
    assert (pager.total, pager.note) == (None, "1,000 笔以上，每页 3 笔")


def test_paper_holds_what_the_list_holds_without_its_tools() -> None:
    page = drawn(LOAN_LIST, ask("?paper=1&q=企业&view=early"))
    assert [row.id for row in page.table.rows] == ["1", "2"]
    assert (page.chips, page.inputs, page.export, page.drawer) == ((), (), None, False)
    assert "企业名称" in page.said
    assert "前三笔" in page.said


def test_a_file_holds_the_same_cells_as_the_pages() -> None:
    screens: list[Sequence[Any]] = []
    key = ""
    while True:
        page = drawn(LOAN_LIST, ask(f"?q=企业&order=-number&key={key}"))
        screens += [[plain_cell(cell) for cell in row.cells.values()] for row in page.table.rows]
        assert page.table.pager is not None
        if not page.table.pager.next_url:
            break
        key = page.table.pager.next_url.rpartition("key=")[2]
    lines, more = lines_of(LOAN_LIST, ask("?q=企业&order=-number"))
    assert not more
    assert lines[0] == ["编号", "企业", "电话"]
    assert lines[1:] == screens
    assert len(screens) == 6

    book = load_workbook(io.BytesIO(as_workbook(lines, "借款")))
    assert [list(line) for line in book["借款"].iter_rows(values_only=True)] == lines
    text = as_csv(lines).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [[str(cell) for cell in line] for line in lines]


def test_a_file_never_runs_as_a_formula() -> None:
    lines, _more = lines_of(LOAN_LIST, ask())
    assert "'=cmd|3" in as_csv(lines).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(as_workbook(lines, "a/b:c")))["abc"]
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=cmd|3", "s")
    assert as_csv([["-5", "+86 138", "-x"]]).decode("utf-8-sig") == "-5,'+86 138,'-x\r\n"


def test_a_file_ends_at_its_bound_and_says_so() -> None:
    endless = replace(LOAN_LIST, rows=lambda _asking, key, size: Page(LOANS[:1] * size, next="1"))
    lines, more = lines_of(endless, ask())
    assert (len(lines), more) == (MOST_ROWS + 1, True)


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (None, ""),
        (StatusCell("late", "已超期"), "已超期"),
        (DueCell(None), ""),
        (DueCell(datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)), datetime(2026, 11, 21, 17, 30, 5)),  # noqa: DTZ001
        (MomentCell(None), ""),
        (MomentCell(datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)), datetime(2026, 11, 21, 17, 30, 5)),  # noqa: DTZ001
        (NumberCell(1200, "元"), 1200),
        (NumberCell(None), ""),
        (LinkCell("恒拓精工", "/x/"), "恒拓精工"),
        (StepCell("交办", (("承办", "供电公司"),)), "交办\n承办：供电公司"),
    ],
)
def test_what_a_cell_says_without_its_drawing(cell: Any, plain: Any) -> None:
    assert plain_cell(cell) == plain


def export(actor: Actor, *, purpose: str = "", personal: bool = True) -> str:
    return export_list(
        actor=actor,
        listing="people:accounts",
        form="csv",
        rows=3,
        filters="周雨桐",
        personal=personal,
        purpose=purpose,
        now=NOW,
    )


def test_a_file_with_personal_data_needs_a_purpose_that_is_recorded(world: World) -> None:
    clerk = world.actor("dispatcher")
    with pytest.raises(NotAllowedError):
        export(PUBLIC, purpose="统计季度数据")
    for purpose in ("", "  用途 ", "长" * 201):
        with pytest.raises(InvalidError) as refused:
            export(clerk, purpose=purpose)
        assert "purpose" in refused.value.fields
    assert not Record.objects.all_unscoped("test").filter(action="ui.export_list").exists()

    export(clerk, purpose="  核对  季度数据 ")
    export(clerk, personal=False)
    first, second = Record.objects.all_unscoped("test").filter(action="ui.export_list").order_by("pk")
    assert (first.subject_kind, first.subject_id) == ("list", "people:accounts")
    assert {name: first.body[name] for name in ("form", "rows")} == {"form": "csv", "rows": 3}
    assert sorted(SealedValue.objects.filter(record=first).values_list("value", flat=True)) == [
        "周雨桐",
        "核对 季度数据",
    ]
    assert second.body.get("purpose") is None


def test_what_depends_on_the_address_is_declared_so() -> None:
    """Filters, orders, the heading and the drawer may differ; a figure that nobody counted on says so."""
    varied = replace(
        LOAN_LIST,
        filters=lambda request: (
            Find(label="企业名称"),
            *((Day(name="since", label="起"),) if "q" in request.GET else ()),
        ),
        orders=lambda asking: ("-number", "number") if asking.wanted.get("early") else ("number", "-number"),
        heading=lambda asking: "前三笔" if asking.wanted.get("early") else "借款",
        drawer=lambda _number, asking: "/drawer/" if asking.get("q") else "",
        chip_counts=lambda _asking, _chips: {"": 1001},
        total=lambda _: None,
    )
    plain = drawn(varied, ask("?since=2026-11-01", varied))
    assert (plain.title, plain.drawer, [one.name for one in plain.inputs]) == ("借款", False, ["q"])
    assert [chip.count for chip in plain.chips] == ["1000+", None]
    assert plain.table.pager is not None
    assert (plain.table.pager.total, plain.table.pager.note) == (None, "")
    asked = ask("?view=early&q=企业&since=2026-11-01&order=number", varied)
    assert (asked.order, asked.given["order"], asked.given["since"]) == ("number", "number", "2026-11-01")
    assert [row.id for row in drawn(varied, asked).table.rows] == ["1", "2"]
    assert (drawn(varied, asked).title, drawn(varied, asked).drawer) == ("前三笔", True)
    turned = ask("?view=early&order=-number", varied)
    assert (turned.order, "order" in turned.given) == ("-number", False)


def test_a_list_of_one_object_has_its_title_its_way_and_its_address(world: World) -> None:
    of_one = replace(
        LOAN_LIST,
        name="ledger:records_of",
        heading=lambda asking: f"{asking.args['subject_id']} 的借款",
        crumbs=lambda _: (("企业", "/firms/"),),
        about=lambda asking: f"{asking.args['kind']}，按年列出。",
    )
    request: Any = RequestFactory().get("/")
    request.actor = CLERK
    asked = asking_of(request, of_one, now=NOW, language="zh", args={"kind": "firm", "subject_id": "恒拓"})
    page = drawn(of_one, asked)
    assert (page.title, page.about, page.crumbs) == ("恒拓 的借款", "firm，按年列出。", (("企业", "/firms/"),))
    assert page.table.caption == "恒拓 的借款"
    assert page.table.pager is not None
    assert page.table.pager.next_url == f"{reverse('ledger:records_of', args=['firm', '恒拓'])}?key=3"
    assert drawn(LOAN_LIST, ask()).title == "借款"


def test_what_several_parts_need_is_looked_up_once() -> None:
    asked, found = ask(), []
    for _ in range(2):
        assert asked.once("firm", lambda: found.append(1) or "恒拓") == "恒拓"
    assert found == [1]


def test_an_open_view_of_one_s_own_can_be_removed(world: World) -> None:
    clerk = world.actor("dispatcher")
    people.save_view(actor=clerk, page="people:organisations", title="新增的", query={"kind": "new"}, now=NOW)
    (view,) = world.account("dispatcher").saved_views.all()
    chip = drawn(LOAN_LIST, ask("?kind=new", actor=clerk)).chips[-1]
    assert (chip.label, chip.active, chip.remove_url) == ("新增的", True, reverse("people:remove_view", args=[view.pk]))
    assert drawn(LOAN_LIST, ask("?kind=new", actor=clerk)).save_url == ""
    assert drawn(LOAN_LIST, ask("?kind=new&q=恒", actor=clerk)).save_url == reverse("people:save_view")
    client = world.client("dispatcher")
    assert chip.remove_url in client.get(f"{reverse('people:organisations')}?kind=new").content.decode()
    assert chip.remove_url not in client.get(reverse("people:organisations")).content.decode()
