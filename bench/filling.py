"""Hundreds of thousands of cases in seconds: the demo's own cases copied by SQL, each with its log.

A desk is filled apart from the rest: cases that wait for the desk slow down another page than those that do not, and
a well kept desk, on which few wait among very many, is the harder one to show.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from xirang.areas.models import Area, ancestor_columns
from xirang.areas.spec import Level
from xirang.engines.cases.models import NEVER, Case, CaseEvent, CaseValue
from xirang.foundation.ids import format_case_number, new_id

FIRST_DAY = date(2024, 11, 21)
DAYS = 730
OPEN_SHARE = 0.06  # What a district has in hand at a time, of two years' cases.
BLOCK = 100_000  # Planned and copied at a time: a million at once would not fit into the memory of a small machine.
# Times that are moved with the case.
MOVED = ("opened_at", "due_at", "next_mark_at", "closed_at", "updated_at", "at")
# Where the packs of the repository let a case wait until the desk hands it to a unit.
DESK = ("collected", "objected", "received", "reported")
FIRST_SERIAL = 1000  # Serials from here on cannot meet those that the demo drew.


class Filling:
    """Copies cases of the demo, also into copies of its database; the numbers of all its copies differ."""

    def __init__(self) -> None:
        unscoped = Case.objects.all_unscoped("a throwaway database")
        running = list(unscoped.exclude(stage_kind="done").values_list("pk", "stage"))
        self.done: list[Any] = list(unscoped.filter(stage_kind="done").values_list("pk", flat=True))
        self.handled = [pk for pk, stage in running if stage not in DESK]
        self.waiting = [pk for pk, stage in running if stage in DESK]
        self.areas = [(one.pk, ancestor_columns(one.path)) for one in Area.objects.filter(level=Level.GRID.value)]
        self.dice, self.serial = random.Random(417), 0

    def up_to(self, total: int, *, desk: int) -> int:
        """Copy until there are `total` cases, `desk` of them on the desk; returns how many rows the log has then."""
        self.put_on_desk(desk)
        while (missing := total - _count()) > 0:
            block = range(min(missing, BLOCK))
            self.copy([self.handled if self.dice.random() < OPEN_SHARE else self.done for _ in block])
        return _events()

    def put_on_desk(self, wanted: int) -> None:
        """Copy until so many cases wait for the desk."""
        self.copy([self.waiting] * max(0, wanted - on_desk()))

    def copy(self, from_: Sequence[list[Any]], *, late: bool = False) -> None:
        """One copy for each list of templates; `late` leaves nothing whose time has not come."""
        if not from_:
            return
        # The plan reads the areas, which the same connection cannot do in the middle of a COPY.
        plan = list(self._plan(from_, late))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "create temporary table copies (template uuid, id uuid, number text, shift interval,"
                " area_id uuid, city_id uuid, county_id uuid, town_id uuid, village_id uuid) on commit drop"
            )
            with cursor.copy("copy copies from stdin") as copy:
                for row in plan:
                    copy.write_row(row)
            above = ("area_id", "city_id", "county_id", "town_id", "village_id")
            own = {"id": "b.id", "number": "b.number", **{name: f"b.{name}" for name in above}}
            own["order_at"] = "case when c.due_at is null then c.order_at else c.order_at - b.shift end"
            _copy(cursor, Case, "c.id = b.template", own)
            _copy(cursor, CaseEvent, "c.case_id = b.template", {"case_id": "b.id"})
            placed = {"order_at": f"case when c.order_at < '{NEVER}' then c.order_at - b.shift else c.order_at end"}
            _copy(cursor, CaseValue, "c.case_id = b.template", {"case_id": "b.id", **placed})
        with connection.cursor() as cursor:
            cursor.execute("analyze")

    def _plan(self, from_: Sequence[list[Any]], late: bool) -> Iterator[tuple[Any, ...]]:
        """Which case is copied to where, under which number, and how long ago it was."""
        for templates in from_:
            self.serial += 1
            days = 60 if late else DAYS if templates is self.done else 12
            minutes = self.dice.randrange(60 * 24 * 40 if late else 1, 60 * 24 * days)
            day = FIRST_DAY + timedelta(days=self.serial % DAYS)
            number = format_case_number(settings.DISTRICT_PREFIX, day, FIRST_SERIAL + self.serial // DAYS)
            area, above = self.dice.choice(self.areas)
            yield (
                self.dice.choice(templates),
                new_id(),
                number,
                timedelta(minutes=minutes),
                area,
                above["city_id"],
                above["county_id"],
                above["town_id"],
                above["village_id"],
            )


def _count() -> int:
    return Case.objects.all_unscoped("a throwaway database").count()


def on_desk() -> int:
    """How many cases wait for the desk."""
    return Case.objects.all_unscoped("a throwaway database").filter(stage__in=DESK).count()


def _events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_caseevent")
        found: int = cursor.fetchone()[0]
        return found


def _copy(cursor: Any, model: Any, joined: str, replaced: dict[str, str]) -> None:
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if field.column == "id" and "id" not in replaced:
            continue
        columns.append(f'"{field.column}"')
        moved = f"c.{field.column} - b.shift" if field.column in MOVED else f'c."{field.column}"'
        values.append(replaced.get(field.column, moved))
    cursor.execute(
        f"insert into {model._meta.db_table} ({', '.join(columns)}) select {', '.join(values)}"
        f" from copies b join {model._meta.db_table} c on {joined}"
    )
