"""A small pack about persons, told by scenarios and lived on pages: a visit at home needs an address on file."""

from __future__ import annotations

from pathlib import Path

from xirang.packs.cli.scaffold import make_pack

CASES = """\
process: home_visit
title: {zh: 上门服务, en: Visits at home}
about: person
open_to: [resident, grid_worker]
seen_by: [dispatcher]

fields:
  what: {kind: text, title: {zh: 要办什么, en: What is needed}, max: 200, required: true}
  phone:
    {kind: phone, title: {zh: 联系电话, en: Telephone}, from: about.phone, personal: contact, keep: 1y, required: true}
  home: {kind: text, title: {zh: 住址, en: Home address}, from: about.address, personal: place, keep: 1y}

stages:
  received: {title: {zh: 收到, en: Received}, kind: open}
  handling: {title: {zh: 办理, en: In hand}, kind: open}
  closed:   {title: {zh: 办结, en: Closed}, kind: done}

actions:
  assign:
    title: {zh: 交办, en: Assign}
    from: received
    to: handling
    by: dispatcher
    asks:
      unit: {kind: unit, title: {zh: 承办单位, en: Responsible unit}, required: true}
    effects: [hold: unit]
  visit:
    title: {zh: 上门办理, en: Visit}
    from: handling
    to: closed
    by: holder
    guard: has(about.address)
    because: {zh: 本人没有登记住址，不能上门, en: No address is on file}
    outcome: solved
  call:
    title: {zh: 电话办理, en: Call}
    from: handling
    to: closed
    by: holder
    outcome: explained

clocks:
  handle:
    title: {zh: 办理时限, en: Time to answer}
    term: 5 workdays
    starts: assign
    stops: [visit, call]
    marks: {80%: remind holder}
"""

SCENARIOS = """\
- title: 登记了住址的，可以上门
  given: {resident: 王女士, handler: 经办, about: {address: 澄湖路 18 号}, at: 2026-09-18T16:00}
  steps:
    - {who: resident, does: open, with: {what: 行动不便，请上门办理}}
    - {who: dispatcher, does: assign, with: {unit: unit/district_office}, at: 2026-09-18T16:30}
    - {who: handler, does: visit, at: 2026-09-20T10:00}
    - {then: {stage: closed, outcome: solved, home: 已登记}}

- title: 没有登记住址的，只能电话办理
  given: {resident: 王女士, handler: 经办, at: 2026-09-18T16:00}
  steps:
    - {who: resident, does: open, with: {what: 行动不便，请上门办理}}
    - {who: dispatcher, does: assign, with: {unit: unit/district_office}, at: 2026-09-18T16:30}
    - {who: handler, may_not: visit, because: 没有登记住址}
    - {who: handler, does: call, at: 2026-09-20T10:00}
    - {then: {stage: closed, outcome: explained}}
"""


def make_home_visit(folder: Path) -> Path:
    """The pack as a folder of its own below `folder`."""
    pack = make_pack(folder, "home_visit", "上门服务", "Visits at home")
    manifest = (
        (pack / "pack.yaml").read_text("utf-8").replace("resident, dispatcher", "resident, grid_worker, dispatcher")
    )
    (pack / "pack.yaml").write_text(manifest, "utf-8")
    (pack / "cases.yaml").write_text(CASES, "utf-8")
    (pack / "scenarios.yaml").write_text(SCENARIOS, "utf-8")
    return pack
