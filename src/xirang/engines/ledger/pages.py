"""Pages of the ledger: the auditor's list and the records of one object."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.engines.ledger import queries
from xirang.engines.ledger.models import READERS, Record
from xirang.engines.ledger.policy import can_read_records
from xirang.engines.ledger.wording import hash_text, kinds
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command_titles
from xirang.foundation.pages import Asked, roles, signed_in
from xirang.foundation.paging import Page
from xirang.foundation.records import Said, Subject
from xirang.foundation.search import Searcher
from xirang.ui.components import LinkCell, MomentCell, StepCell
from xirang.ui.listing import Asking, Carried, Choose, Day, Empty, Line, Listing, Shown, list_page
from xirang.ui.shell import Entries, NavItem
from xirang.ui.wording import aside, paired


@dataclass(frozen=True, slots=True)
class Spoken:
    """A record and what it says to the reader."""

    record: Record
    said: Said


def _spoken(found: Page[Record]) -> Page[Spoken]:
    said = queries.speak(found.rows)
    return Page([Spoken(record, said[record.pk]) for record in found.rows], found.previous, found.next)


def _who(row: Spoken) -> str:
    name = row.said.actor
    if row.said.stands_in_for:
        name = aside(name, _("代%(stands_in_for)s") % {"stands_in_for": row.said.stands_in_for})
    return name


def _by_whom(row: Spoken, _asking: Asking) -> LinkCell:
    return LinkCell(_who(row), f"{reverse('ledger:records')}?{urlencode({'actor_id': row.record.actor_id})}")


def _about(row: Spoken, _asking: Asking) -> LinkCell:
    address = reverse("ledger:records_of", args=[row.record.subject_kind, row.record.subject_id])
    return LinkCell(row.said.subject, address)


AT: Shown[Spoken] = Shown(
    key="at", title=gettext_lazy("时间"), cell=lambda row, _: MomentCell(row.record.at, seconds=True)
)
STEP: Shown[Spoken] = Shown(
    key="step",
    title=gettext_lazy("办了什么"),
    role="title",
    personal=True,
    cell=lambda row, _: StepCell(row.said.title, row.said.facts),
)
LEAF: Shown[Spoken] = Shown(
    key="leaf", title=gettext_lazy("叶哈希"), phone=False, cell=lambda row, _: hash_text(row.record.leaf_hex)
)
SUBJECT: Shown[Spoken] = Shown(key="subject", title=gettext_lazy("对象"), personal=True, cell=_about)
Who = Callable[[Spoken, Asking], str | LinkCell]


def _actor(cell: Who) -> Shown[Spoken]:
    return Shown(key="actor", title=gettext_lazy("经办"), personal=True, cell=cell)


def _line(row: Spoken, _asking: Asking) -> Line:
    return Line(str(row.record.pk))


def _day(asking: Asking, name: str) -> date | None:
    text = asking.get(name)
    return date.fromisoformat(text) if text else None


def _records(asking: Asking, key: str, size: int) -> Page[Spoken]:
    found = _spoken(
        queries.list_records(
            actor=asking.actor,
            action=asking.get("action"),
            actor_id=asking.get("actor_id"),
            subject_kind=asking.get("subject_kind"),
            since=_day(asking, "since"),
            until=_day(asking, "until"),
            key=key,
            size=size,
        )
    )
    if asking.get("actor_id") and found.rows:
        asking.once("actor", lambda: found.rows[0].said.actor)
    return found


def _actor_tag(asking: Asking) -> str:
    """Who acted, as the first row names them; an id of whom there is no record stays an id."""
    return paired(_("经办"), asking.once("actor", lambda: asking.get("actor_id")))


RECORDS: Listing[Spoken] = Listing(
    name="ledger:records",
    title=gettext_lazy("记录"),
    about=gettext_lazy("谁在何时办了什么。记录只增不改，数据库拒绝改动。"),
    unit=gettext_lazy("条"),
    columns=lambda _asking: (AT, STEP, SUBJECT, _actor(_by_whom), LEAF),
    rows=_records,
    line=_line,
    filters=(
        Choose(
            name="action",
            label=gettext_lazy("办了什么"),
            every=gettext_lazy("办了什么：全部"),
            options=lambda _asking: [
                (name, title) for title, name in sorted((title, name) for name, title in command_titles().items())
            ],
        ),
        Choose(
            name="subject_kind",
            label=gettext_lazy("对象"),
            every=gettext_lazy("对象：全部"),
            options=lambda _asking: [(kind, str(one.title)) for kind, one in sorted(kinds().items())],
        ),
        Day(name="since", label=gettext_lazy("起始日期")),
        Day(name="until", label=gettext_lazy("截止日期")),
        Carried(name="actor_id", said=_actor_tag),
    ),
    empty=lambda _asking: Empty(gettext_lazy("没有符合条件的记录"), gettext_lazy("可以换一个日期，或清除条件。")),
)
records = list_page(roles(*READERS), RECORDS)


def _subject(asking: Asking) -> Subject:
    subject = Ref(asking.args["kind"], asking.args["subject_id"])
    return asking.once("subject", lambda: queries.describe_subject(actor=asking.actor, subject=subject, now=asking.now))


def _records_of(asking: Asking, key: str, size: int) -> Page[Spoken]:
    subject = Ref(asking.args["kind"], asking.args["subject_id"])
    described, found = queries.list_records_of(actor=asking.actor, subject=subject, now=asking.now, key=key, size=size)
    asking.once("subject", lambda: described)
    return _spoken(found)


def _crumbs(asking: Asking) -> tuple[tuple[str, str], ...]:
    return (_subject(asking).title, _subject(asking).url), (_("记录"), "")


RECORDS_OF: Listing[Spoken] = Listing(
    name="ledger:records_of",
    title=gettext_lazy("一件的记录"),
    heading=lambda asking: _subject(asking).title,
    about=gettext_lazy(
        "这件的全部记录，新的在前。每条由同一次提交写入，只增不改；叶哈希按 RFC 6962 计算，可离线复核。"
    ),
    crumbs=_crumbs,
    unit=gettext_lazy("条"),
    columns=lambda _asking: (AT, STEP, _actor(lambda row, _: _who(row)), LEAF),
    rows=_records_of,
    line=_line,
    empty=lambda _asking: Empty(gettext_lazy("没有符合条件的记录")),
)
records_of = list_page(signed_in, RECORDS_OF)


def entries(request: Asked, actor: Actor) -> Entries:
    """The records, for those who audit."""
    if not can_read_records(actor):
        return Entries()
    return Entries(nav=(NavItem("records", _("记录"), reverse("ledger:records"), "journal-text", order=50),))


def direct(actor: Actor, text: str, now: datetime) -> str:
    """The records of what the record of this number is about (记录 417, #417), for those who read records."""
    numbered = re.fullmatch(r"(?:记录|record|#|№)\s*#?\s*([0-9]{1,18})", text, re.IGNORECASE)
    found = queries.find_record(actor=actor, number=int(numbered[1])) if numbered else None
    return reverse("ledger:records_of", args=[found.subject_kind, found.subject_id]) if found else ""


SEARCHER = Searcher(code="records", order=70, direct=direct, offered=can_read_records)
