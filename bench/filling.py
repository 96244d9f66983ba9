"""A hundred thousand cases in seconds: the demo's own cases copied by SQL, each with its log."""

from __future__ import annotations

import random
from datetime import date, timedelta

from django.conf import settings
from django.db import connection

from xirang.areas.models import Area, ancestor_columns
from xirang.areas.spec import Level
from xirang.engines.cases.models import Case, CaseEvent
from xirang.foundation.ids import format_case_number, new_id

FIRST_DAY = date(2024, 11, 21)
DAYS = 730
OPEN_SHARE = 0.06  # What a district has in hand at a time, of two years' cases.
# Times that are moved with the case.
MOVED = ("opened_at", "due_at", "next_mark_at", "closed_at", "updated_at", "at")


def fill_cases(total: int) -> int:
    """Copy the cases that are there until there are `total`; returns how many rows the log has then."""
    unscoped = Case.objects.all_unscoped("a throwaway database")
    done = list(unscoped.filter(stage_kind="done").values_list("pk", flat=True))
    running = list(unscoped.exclude(stage_kind="done").values_list("pk", flat=True))
    # The plan reads the areas, which the same connection cannot do in the middle of a COPY.
    plan = list(_plan(total - len(done) - len(running), done, running))
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table copies (template uuid, id uuid, number text, shift interval,"
            " area_id uuid, city_id uuid, county_id uuid, town_id uuid, village_id uuid)"
        )
        with cursor.copy("copy copies from stdin") as copy:
            for row in plan:
                copy.write_row(row)
        _copy(
            cursor,
            Case,
            "c.id = b.template",
            {
                "id": "b.id",
                "number": "b.number",
                **{name: f"b.{name}" for name in ("area_id", "city_id", "county_id", "town_id", "village_id")},
                "order_at": "case when c.due_at is null then c.order_at else c.order_at - b.shift end",
            },
        )
        _copy(cursor, CaseEvent, "c.case_id = b.template", {"case_id": "b.id"})
        cursor.execute("drop table copies")
        cursor.execute("analyze")
        cursor.execute("select count(*) from cases_caseevent")
        return cursor.fetchone()[0]


def _plan(total: int, done: list, running: list):
    """Which case is copied to where, under which number, and how long ago it was."""
    dice = random.Random(417)
    areas = [(area.pk, ancestor_columns(area.path)) for area in Area.objects.filter(level=Level.GRID.value)]
    for serial in range(total):
        template = dice.choice(running if dice.random() < OPEN_SHARE else done)
        day = FIRST_DAY + timedelta(days=serial % DAYS)
        shift = timedelta(minutes=dice.randrange(1, 60 * 24 * (12 if template in running else DAYS)))
        area, above = dice.choice(areas)
        # Serials from 1,000 on cannot meet those that the demo drew.
        number = format_case_number(settings.DISTRICT_PREFIX, day, 1000 + serial // DAYS)
        yield (
            template,
            new_id(),
            number,
            shift,
            area,
            above["city_id"],
            above["county_id"],
            above["town_id"],
            above["village_id"],
        )


def _copy(cursor, model, joined: str, replaced: dict[str, str]) -> None:
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
