"""One small process that the logic tests share, and short ways to live through it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic import CaseState, Event, Participant, apply, check_process, read_process, replay, start
from xirang.engines.cases.spec import ProcessType
from xirang.foundation.calendar import SHANGHAI, WorkingCalendar
from xirang.foundation.declarations import Finding, read_values, read_yaml

CALENDAR = WorkingCalendar()
ROLES = ("enterprise", "dispatcher", "handler", "leader")
TOPICS = """\
topics:
  title: {zh: 事项, en: Topics}
  type: choices
  choices:
    power: {zh: 用电, en: Power}
    road: {zh: 道路, en: Roads}
"""
HELP = """\
process: help_desk
title: {zh: 求助, en: Help}
open_to: [enterprise, dispatcher]
seen_by: [dispatcher, leader]
about: organisation
fields:
  topic: {kind: choice, title: {zh: 事项, en: Topic}, choices: values/topics.yaml, required: true}
  need: {kind: text, title: {zh: 诉求, en: Need}, required: true}
  loss: {kind: fen, title: {zh: 损失, en: Loss}}
stages:
  collected: {title: {zh: 收集, en: Collected}, kind: open}
  assigned: {title: {zh: 交办, en: Assigned}, kind: open}
  waiting: {title: {zh: 待补充, en: Waiting}, kind: waiting}
  answered: {title: {zh: 反馈, en: Answered}, kind: open}
  on_account: {title: {zh: 挂账, en: On account}, kind: waiting, review: 90 days}
  struck_off: {title: {zh: 销号, en: Struck off}, kind: done}
actions:
  assign:
    title: {zh: 交办, en: Assign}
    from: collected
    to: assigned
    by: [dispatcher, system]
    asks: {unit: {kind: unit, title: {zh: 承办单位, en: Unit}, required: true}}
    effects: [hold: unit]
  return:
    title: {zh: 退回, en: Return}
    from: assigned
    to: collected
    by: holder
    effects: [release: holder]
    limit: 1
    then: objection
  objection:
    title: {zh: 提出异议, en: Object}
    from: assigned
    by: holder
  ask: {title: {zh: 请补充, en: Ask}, from: assigned, to: waiting, by: holder}
  supply: {title: {zh: 补充, en: Supply}, from: waiting, to: assigned, by: requester}
  answer:
    title: {zh: 答复, en: Answer}
    from: assigned
    to: answered
    by: holder
    asks:
      outcome: {kind: choice, title: {zh: 结果, en: Outcome}, choices: [solved, explained], required: true}
  suspend:
    title: {zh: 挂账, en: Put on account}
    from: assigned
    to: on_account
    by: holder.leader
    guard: has(loss) and loss < 1000000
    because: {zh: 损失一万元以上的不能挂账, en: A loss of ten thousand yuan or more may not be put on account}
    outcome: on_account
  resume: {title: {zh: 恢复, en: Resume}, from: on_account, to: assigned, by: holder}
  confirm:
    title: {zh: 确认, en: Confirm}
    from: answered
    to: struck_off
    by: requester
    asks: {rating: {kind: rating, title: {zh: 评价, en: Rating}}}
  lapse: {title: {zh: 到期销号, en: Lapse}, from: answered, to: struck_off, by: clock silence}
  reopen:
    title: {zh: 重开, en: Reopen}
    from: [answered, struck_off]
    to: assigned
    by: requester
    within: 30 days
    outcome: reopened
clocks:
  handle:
    title: {zh: 办理时限, en: Time to answer}
    term: 5 workdays
    starts: [assign, reopen]
    stops: [answer, return]
    pauses: [waiting, on_account]
    marks: {50%: remind holder, 80%: slip early_warning, 100%: slip supervision, 150%: escalate}
  silence:
    title: {zh: 确认期, en: Time to confirm}
    term: 10 days
    starts: answer
    stops: [confirm, reopen]
dispatch:
  - {when: topic == 'power', to: unit/power_supply, because: {zh: 用电归供电公司, en: Power is the grid company's}}
  - {when: has(about.staff) and about.staff >= 1000, to: unit/economy}
views:
  due_today:
    title: {zh: 今日到期, en: Due today}
    where: holder == me and handle.due < end_of_day
    sort: handle.due
    show: [number, topic, handle.due]
"""


def read(text: str = HELP) -> tuple[ProcessType | None, list[Finding]]:
    """Read and check a process, as the pack loader would."""
    topics, _ = read_yaml(TOPICS, "values/topics.yaml")
    assert topics is not None
    values, _ = read_values(topics)
    document, findings = read_yaml(text, "cases.yaml")
    if document is None:
        return None, findings
    process, findings = read_process(document, {"values/topics.yaml": values})
    return process, findings if process is None else check_process(process, ROLES)


def help_desk(text: str = HELP) -> ProcessType:
    """The sample process, free of errors."""
    process, findings = read(text)
    assert process is not None
    assert not findings, findings
    return process


def at(text: str) -> datetime:
    """A moment in Asia/Shanghai: `2026-09-18T17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Life:
    """A case living through acts; keeps its events so that they can be replayed."""

    def __init__(self, process: ProcessType, opened: str = "2026-09-18T16:00", **fields: Any) -> None:
        self.process = process
        by = Participant("account", "firm", "requester")
        fields = {"topic": "road", "need": "路灯不亮", **fields}
        self.events = [Event(1, at(opened), "opened", "open", by, {"fields": fields})]
        self.state: CaseState = start(process, self.events[0], CALENDAR)

    def act(self, action: str, moment: str, by: str = "holder", **answers: Any) -> CaseState:
        """One action at a moment, by a relation."""
        return self.append("acted", action, moment, by, {"answers": answers})

    def append(self, kind: str, action: str, moment: str, by: str, body: Mapping[str, Any]) -> CaseState:
        """One event of any kind; the state is applied and the log replayed, and both agree."""
        who = Participant("account", "firm" if by == "requester" else "clerk", by)
        event = Event(self.state.seq + 1, at(moment), kind, action, who, body)  # type: ignore[arg-type]
        self.state = apply(self.process, self.state, event, CALENDAR)
        self.events.append(event)
        assert replay(self.process, self.events, CALENDAR) == self.state
        return self.state
