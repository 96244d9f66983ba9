"""Making the demo district once: ground, people, packs and the past of some forty cases, all by commands."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from xirang.foundation.actor import SYSTEM
from xirang.foundation.calendar import WorkingCalendar, local_date
from xirang.foundation.models import IdempotencyKey
from xirang.packs.commands import activate_pack, install_pack
from xirang.packs.models import PackActivation
from xirang.project.demo.areas import DISTRICT, found_ground
from xirang.project.demo.cast import Players
from xirang.project.demo.commands import gather_cast
from xirang.project.demo.firms import found_firms, found_units
from xirang.project.demo.living import Life
from xirang.project.demo.password import demo_password
from xirang.project.demo.stories import Story, stories

PACKS = ("enterprise_help", "snap_report", "complaint")
BEFORE = timedelta(days=120)  # The district existed before its first case.
KEY = "demo-"


def seed(now: datetime) -> None:
    """Make the demo district, or finish what an interrupted start left; a complete one is left alone."""
    done = set(IdempotencyKey.objects.filter(key__startswith=KEY).values_list("key", flat=True))
    missing = [story for story in stories() if story.key not in done]
    if not missing:
        return
    life = found_district(now)
    present = [story for story in missing if (_packs_folder() / story.request.process).is_dir()]
    calendar, today = WorkingCalendar(), local_date(now)
    for story in sorted(present, key=lambda one: one.opened_at(today, calendar)):
        tell(life, story, now, calendar)


def found_district(now: datetime) -> Life:
    """Ground, units, firms, cast and packs, each made where it is missing."""
    since = now - BEFORE
    with transaction.atomic():
        areas = found_ground(since)
        organisations = found_units(areas, since) | found_firms(areas, since)
    cast = gather_cast(actor=SYSTEM, areas=areas, organisations=organisations, password=demo_password(), now=since)
    for pack in PACKS:
        open_pack(pack, areas[DISTRICT], since)
    return Life(Players(cast, now), areas, organisations)


def open_pack(pack: str, area_id: UUID, now: datetime) -> None:
    """Install and activate a pack that was never active here; one that somebody has retired stays retired."""
    folder = _packs_folder() / pack
    if folder.is_dir() and not PackActivation.objects.filter(pack=pack, area_id=area_id).exists():
        install_pack(actor=SYSTEM, folder=folder, now=now)
        activate_pack(actor=SYSTEM, pack=pack, area_id=area_id, now=now)


def tell(life: Life, story: Story, now: datetime, calendar: WorkingCalendar) -> None:
    """Let one story happen up to now, all of it or, should the machine stop, none of it."""
    at = story.opened_at(local_date(now), calendar)
    if at > now:
        return
    with transaction.atomic():
        case_id = life.open(story.request, at, key=story.key)
        for step in story.steps:
            at = at + step.after if step.natural else calendar.add_working_time(at, step.after)
            if at > now:
                break
            life.act(case_id, step.who, step.action, step.answers, at)
        life.run_clocks(case_id, now)


def _packs_folder() -> Path:
    return Path(settings.PACKS_ROOT)
