"""Every declared list of the program: a file equals its pages, leaves for a stated purpose, and keeps to the scope."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from tests.world import NOW, PARTS, SINCE, WHY, World
from xirang.engines.bulletin import commands as bulletin
from xirang.engines.bulletin.spec import Notify
from xirang.engines.ledger.models import Record, SealedValue
from xirang.foundation.actor import SYSTEM
from xirang.foundation.pages import now as clock
from xirang.people import commands as people
from xirang.project.addresses import list_addresses
from xirang.ui.components import DueCell, StepCell
from xirang.ui.listing.asking import asking_of
from xirang.ui.listing.drawing import drawn
from xirang.ui.listing.exporting import plain_cell
from xirang.ui.listing.pages import declared_lists

POLICIES = {address.name: address.policy for address in list_addresses()}
LISTS = sorted(declared_lists())
# The parts of an address that names an object.
ARGS: dict[str, Callable[[World], dict[str, str]]] = {
    "ledger:records_of": lambda world: {"kind": "account", "subject_id": str(world.account("handler").pk)},
}
# Where everybody who is signed in may open the list, whoever finds most in it.
READERS = {
    "cases:asked": "enterprise",
    "cases:cases": "dispatcher",
    "cases:dispatch": "dispatcher",
    "cases:work": "handler",
}
# The same for the whole installation: a neighbour who may read it reads the same.
WITHOUT_SCOPE = {"packs:packs"}
PURPOSE = "核对本季度的名单"


def part_that_opens(world: World, name: str) -> str:
    """Whoever may open the list and has most reason to: the administrators first, since their lists are long."""
    policy = POLICIES[name]
    assert policy is not None
    if name in READERS:
        assert policy.test(world.actor(READERS[name], clock()))
        return READERS[name]
    order = ["security_admin", "audit_admin", "system_admin", *PARTS]
    return next(part for part in order if policy.test(world.actor(part, clock())))


def filled(world: World) -> None:
    """Something for every list to show, and in each more than a page of two."""
    for turn in range(3):
        world.answered()
        world.ask()
        for part in PARTS:
            note = Notify(f"第 {turn + 1} 次提醒", "请在今天下班前\n签收。" * 20, to_account_id=world.account(part).pk)
            bulletin.notify(actor=SYSTEM, notes=[note], now=NOW)
    for role in ("leader", "grid_worker", "auditor"):
        people.request_role(
            actor=world.actor("system_admin"),
            account_id=world.account("handler").pk,
            role=role,
            area_id=world.root,
            now=SINCE,
        )


def address_of(world: World, name: str) -> str:
    return reverse(name, kwargs=ARGS[name](world) if name in ARGS else {})


def cells_of(world: World, name: str, part: str) -> tuple[list[str], list[list[Any]]]:
    """The ids and cells of all pages of the list, two rows a page, followed from one to the next."""
    listing = replace(declared_lists()[name], size=2)
    url, ids, cells = address_of(world, name), [], []
    while url:
        request: Any = RequestFactory().get(url)
        request.actor = world.actor(part, clock())
        args = ARGS[name](world) if name in ARGS else {}
        asking = asking_of(request, listing, now=clock(), language="zh", args=args)
        table = drawn(listing, asking).table
        ids += [row.id for row in table.rows]
        cells += [[row.cells[column.key] for column in table.columns] for row in table.rows]
        assert table.pager is not None
        url = table.pager.next_url
    return ids, cells


def file_of(world: World, name: str, part: str, **given: str) -> HttpResponse:
    answer: Any = world.client(part).post(address_of(world, name), {"form": "csv", **given})
    return answer


def lines_of(answer: HttpResponse) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def written(cell: Any) -> str:
    """What stands of a cell in a CSV file."""
    plain = plain_cell(cell)
    text = f"{plain:%Y-%m-%d %H:%M}" if isinstance(plain, datetime) else str(plain)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def shown(page: str) -> list[list[str]]:
    """The words of each cell of each row, as a reader sees them."""
    rows = re.findall(r'<tr role="row"\s+data-x-row=.*?</tr>', page, re.DOTALL)
    cells = [re.findall(r'<td role="cell" data-label=.*?>(.*?)</td>', row, re.DOTALL) for row in rows]
    return [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row] for row in cells]


def test_the_lists_of_the_program_are_declared() -> None:
    assert {
        "bulletin:messages",
        "cases:asked",
        "cases:cases",
        "cases:dispatch",
        "cases:work",
        "ledger:records",
        "ledger:records_of",
        "packs:packs",
        "people:accounts",
        "people:organisations",
        "people:role_requests",
    } <= set(LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_a_file_equals_the_pages(world: World, name: str) -> None:
    filled(world)
    part = part_that_opens(world, name)
    listing = declared_lists()[name]
    ids, cells = cells_of(world, name, part)
    assert ids
    assert len(set(ids)) == len(ids)

    page = world.client(part).get(address_of(world, name)).content.decode()
    first = shown(page)
    assert len(first) == min(len(ids), listing.size)
    for seen, drawn_cells in zip(first, cells, strict=False):
        for text, cell in zip(seen, drawn_cells, strict=True):
            # A deadline is said by the calendar on the page, and is a moment in the file.
            if not isinstance(cell, DueCell | StepCell):
                assert (text if text != "—" else "").replace(",", "").startswith(" ".join(written(cell).split()))
            elif isinstance(cell, StepCell):
                assert text.startswith(cell.title)

    # The recorded export is itself a record: those lists are read before it, and so is the file.
    head, *lines = lines_of(file_of(world, name, part, purpose=PURPOSE))
    assert len(head) == len(cells[0])
    assert lines == [[written(cell) for cell in row] for row in cells]


@pytest.mark.parametrize("name", LISTS)
def test_personal_data_leaves_for_a_recorded_purpose(world: World, name: str) -> None:
    filled(world)
    part = part_that_opens(world, name)
    head = cells_of(world, name, part)
    request: Any = RequestFactory().get(address_of(world, name))
    request.actor = world.actor(part)
    args = ARGS[name](world) if name in ARGS else {}
    listing = declared_lists()[name]
    asking = asking_of(request, listing, now=NOW, language="zh", args=args)
    personal = any(column.personal for column in listing.columns(asking))
    noted = Record.objects.all_unscoped(WHY).filter(action="ui.export_list")

    refused = file_of(world, name, part)
    assert refused.status_code == (400 if personal else 200)
    assert noted.count() == (0 if personal else 1)
    assert file_of(world, name, part, purpose=PURPOSE).status_code == 200
    record = noted.latest("pk")
    assert (record.subject_id, record.actor_id) == (name, world.actor(part).ref.id)
    assert record.body["rows"] == len(head[0]) + (1 if name == "ledger:records" and not personal else 0)
    assert SealedValue.objects.filter(record=record, value=PURPOSE).exists()
    assert file_of(world, name, part, purpose=PURPOSE, form="exe").status_code == 400


@pytest.mark.parametrize("name", sorted(set(LISTS) - WITHOUT_SCOPE - set(ARGS)))
def test_a_neighbour_s_file_holds_nothing_of_ours(world: World, name: str) -> None:
    filled(world)
    policy = POLICIES[name]
    assert policy is not None
    ours = set(cells_of(world, name, part_that_opens(world, name))[0])
    if not policy.test(world.actor("outsider")):
        assert file_of(world, name, "outsider", purpose=PURPOSE).status_code == 403
        return
    theirs = cells_of(world, name, "outsider")[0]
    assert not ours & set(theirs)
    assert len(lines_of(file_of(world, name, "outsider", purpose=PURPOSE))) == len(theirs) + 1
