"""A process whose lists use everything that a list may declare, for the tests of lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.world import World
from xirang.engines.cases import commands
from xirang.engines.cases.commands import Opening
from xirang.engines.cases.spec import ProcessType, check_process, parse_process
from xirang.foundation.actor import SYSTEM
from xirang.foundation.declarations import Document, has_errors, read_yaml

REPAIRS = """\
process: repairs
title: {zh: 维修, en: Repairs}
open_to: [resident, dispatcher]
seen_by: [dispatcher, leader]
fields:
  kind: {kind: choice, title: {zh: 种类, en: Kind}, choices: {roof: {zh: 屋面, en: Roof}, lift: {zh: 电梯, en: Lift}}}
  urgent: {kind: bool, title: {zh: 急修, en: Urgent}}
  what: {kind: text, title: {zh: 情况, en: What}, required: true}
  floors: {kind: int, title: {zh: 层数, en: Floors}}
  cost: {kind: fen, title: {zh: 估价, en: Cost}}
  built: {kind: date, title: {zh: 建成, en: Built}}
  owner: {kind: unit, title: {zh: 产权单位, en: Owner}}
  contact: {kind: phone, title: {zh: 电话, en: Telephone}, personal: contact, keep: 1y, because: {zh: 约时间, en: Date}}
stages:
  received: {title: {zh: 收到, en: Received}, kind: open}
  handling: {title: {zh: 办理, en: In hand}, kind: open}
  closed: {title: {zh: 办结, en: Closed}, kind: done}
actions:
  assign:
    title: {zh: 交办, en: Assign}
    from: received
    to: handling
    by: dispatcher
    asks: {unit: {kind: unit, title: {zh: 承办单位, en: Unit}, required: true}}
    effects: [hold: unit]
  look:
    title: {zh: 查勘, en: Look}
    from: handling
    by: holder
    asks:
      kind:
        kind: choice
        title: {zh: 种类, en: Kind}
        choices: {roof: {zh: 屋面, en: Roof}, lift: {zh: 电梯, en: Lift}}
      urgent: {kind: bool, title: {zh: 急修, en: Urgent}}
    effects: [set: kind, set: urgent]
  finish:
    title: {zh: 修好, en: Finish}
    from: handling
    to: closed
    by: holder
    outcome: solved
  reopen:
    title: {zh: 重开, en: Reopen}
    from: closed
    to: handling
    by: requester
    outcome: reopened
clocks:
  handle:
    title: {zh: 办理时限, en: Time to repair}
    term: 5 workdays
    starts: [assign, reopen]
    stops: finish
views:
  lifts:
    title: {zh: 电梯, en: Lifts}
    where: kind == 'lift'
    sort: due
    show: [number, kind, what, urgent, floors, cost, built, owner, contact, requester, area, stage, holder, handle.due,
           due]
  urgent:
    title: {zh: 急修, en: Urgent}
    where: urgent and kind in ['roof', 'lift']
    sort: -due
    show: [number, what, due]
  patient:
    title: {zh: 不急的, en: Patient}
    where: not urgent and kind != 'roof'
    sort: opened_at
    show: [what, opened_at, closed_at, outcome, reopened]
  ours:
    title: {zh: 本单位的房子, en: Our houses}
    where: owner == me or holder == me
    sort: -opened_at
    show: [number, title]
"""


def repairs_data() -> dict[str, Any]:
    """The process as plain data."""
    document, findings = read_yaml(REPAIRS, "cases.yaml")
    assert document is not None
    assert not findings
    data: dict[str, Any] = document.data
    return data


def repairs() -> ProcessType:
    """The process as the pack loader reads it; it has no fault."""
    process = parse_process(Document("cases.yaml", repairs_data()), {})
    assert not has_errors(check_process(process))
    return process


def open_repairs(world: World, now: datetime) -> None:
    """Put the process to use in the district."""
    repairs()
    version = commands.install_process(
        actor=SYSTEM, pack="repairs", version_hash="1", document=repairs_data(), values={}, now=now
    )
    commands.activate_process(actor=SYSTEM, version_id=version, area_id=world.root, switches={}, now=now)


def repair(world: World, now: datetime, **answers: Any) -> UUID:
    """Ask for a repair."""
    given = {"what": "三号楼电梯停在两层之间。", "kind": "lift", **answers}
    opening = Opening(process="repairs", area_id=world.town(), answers=given)
    return commands.open_case(actor=world.actor("resident", now), opening=opening, now=now)
