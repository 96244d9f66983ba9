"""A small district with a public service and a closed one, for tests of the interfaces that others' machines use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from xirang.areas.commands import found_area
from xirang.areas.models import Area
from xirang.engines.cases import commands
from xirang.engines.cases.queries import installed
from xirang.engines.cases.spec import check_process, read_process
from xirang.foundation.actor import SYSTEM
from xirang.foundation.declarations import read_yaml
from xirang.people.commands import create_organisation
from xirang.people.models import Organisation

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
ROLES = ("dispatcher", "handler", "unit_leader", "leader", "enterprise", "grid_worker", "resident")
SNAP = """\
process: test_snap
title: {zh: 随手拍测试, en: Snap test}
help: {zh: 看到身边的问题，拍下来告诉我们。, en: Tell us what you see.}
open_to: anyone
about: none
service_code: TS01
seen_by: [dispatcher]
fields:
  what: {kind: text, title: {zh: 情况, en: What}, max: 500, required: true, public: true}
  topic: {kind: choice, title: {zh: 类别, en: Topic}, required: true, public: true,
          choices: {light: {zh: 照明, en: Lighting}, road: {zh: 道路, en: Road}}}
  more: {kind: choices, title: {zh: 影响, en: Effects},
         choices: {danger: {zh: 危险, en: Danger}, noise: {zh: 噪声, en: Noise}}}
  poles: {kind: int, title: {zh: 灯杆数, en: Poles}, min: 1, max: 99}
  since: {kind: date, title: {zh: 发现日期, en: Since}}
  urgent: {kind: bool, title: {zh: 是否紧急, en: Urgent}}
  remark: {kind: text, title: {zh: 内部说明, en: Remark}}
  where: {kind: place, title: {zh: 地点, en: Where}, required: true, public: true,
          because: {zh: 需要到现场, en: We must go there}}
  contact: {kind: phone, title: {zh: 联系电话, en: Phone}, personal: contact, keep: 2y, from: requester.phone}
  photos: {kind: files, title: {zh: 照片, en: Photos}, max: 2, accept: [image]}
stages:
  reported: {title: {zh: 已收到, en: Reported}, kind: open}
  handling: {title: {zh: 办理中, en: Handling}, kind: open}
  answered: {title: {zh: 已答复, en: Answered}, kind: open}
  finished: {title: {zh: 已办结, en: Finished}, kind: done}
actions:
  assign:
    title: {zh: 交办, en: Assign}
    from: reported
    to: handling
    by: [dispatcher, system]
    asks: {unit: {kind: unit, title: {zh: 承办单位, en: Unit}, required: true}}
    effects: [hold: unit]
    note: reply
  answer:
    title: {zh: 答复, en: Answer}
    from: handling
    to: answered
    by: [holder, system]
    asks:
      outcome: {kind: choice, title: {zh: 结果, en: Outcome}, choices: [solved, explained],
                required: true, public: true}
      reply: {kind: text, title: {zh: 答复, en: Reply}, required: true}
    note: reply
  confirm:
    title: {zh: 确认, en: Confirm}
    from: answered
    to: finished
    by: requester
    asks: {rating: {kind: rating, title: {zh: 评价, en: Rating}}}
    note: reply
  reopen:
    title: {zh: 重开, en: Reopen}
    from: [answered, finished]
    to: handling
    by: requester
    asks: {why: {kind: text, title: {zh: 原因, en: Why}, required: true}}
    outcome: reopened
    note: reply
clocks:
  handle: {title: {zh: 办理时限, en: Handling}, term: 3 workdays, starts: [open], stops: [answer]}
"""
CLOSED = """\
process: test_firm
title: {zh: 企业测试, en: Firm test}
open_to: [enterprise]
about: organisation
service_code: TF01
seen_by: [dispatcher]
fields:
  need: {kind: text, title: {zh: 诉求, en: Need}, required: true}
stages:
  collected: {title: {zh: 收集, en: Collected}, kind: open}
  ended: {title: {zh: 办结, en: Ended}, kind: done}
actions:
  end: {title: {zh: 办结, en: End}, from: collected, to: ended, by: [dispatcher, system], outcome: solved}
"""


@dataclass(frozen=True, slots=True)
class District:
    """The areas by code and the unit that works there."""

    county: Area
    town: Area
    village: Area
    elsewhere: Area
    unit: Organisation


def make_district(now: datetime = START) -> District:
    """A county with a town and a village, its neighbour, a unit, and both processes active in the county."""
    province = _area("330000000000", "测试省", None, now)
    city = _area("330400000000", "测试市", province, now)
    county = _area("330402000000", "测试区", city, now)
    elsewhere = _area("330499000000", "邻区", city, now)
    town = _area("330402001000", "听潮街道", county, now)
    village = _area("330402001001", "澄湖社区", town, now)
    unit_id = create_organisation(
        actor=SYSTEM, area_id=county.pk, name="测试市政中心", kind="government", code="test_works", now=now
    )
    for text in (SNAP, CLOSED):
        install(text, county.pk, now)
    unit = Organisation.objects.all_unscoped("made just now").get(pk=unit_id)
    return District(county, town, village, elsewhere, unit)


def install(text: str, area_id: UUID, now: datetime = START) -> UUID:
    """Prove a process, install it and open it in an area; returns the version's id."""
    document, found = read_yaml(text, "cases.yaml")
    assert document is not None, found
    process, findings = read_process(document, {})
    assert process is not None, findings
    findings = [one for one in check_process(process, ROLES) if one.level == "error"]
    assert not findings, findings
    version = commands.install_process(
        actor=SYSTEM, pack="test", version_hash=f"{process.code}-1", document=document.data, values={}, now=now
    )
    commands.activate_process(actor=SYSTEM, version_id=version, area_id=area_id, switches={}, now=now)
    installed.forget()
    return version


def _area(code: str, name: str, parent: Area | None, now: datetime) -> Area:
    area_id = found_area(
        actor=SYSTEM,
        code=code,
        name=name,
        parent_id=parent.pk if parent else None,
        valid_from=date(2020, 1, 1),
        now=now,
    )
    return Area.objects.get(pk=area_id)
