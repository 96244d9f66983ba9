"""`xirang pack list` asks by one statement of its own: it says what the models say."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.world import NOW, World
from xirang.areas.queries import root_area
from xirang.foundation.actor import SYSTEM
from xirang.packs import commands, queries
from xirang.packs.cli.listing import INSTALLED, lines


def shown() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED)
        return list(lines(cursor.fetchall()))


def told_by_the_models() -> list[str]:
    told = []
    for item in queries.list_packs(actor=SYSTEM):
        versions, activations = queries.get_pack(actor=SYSTEM, pack=item.pack)
        for one in (version for version in versions if version.removed_at is None):
            where = "、".join(active.area.name for active in activations if active.version_id == one.pk)
            told.append(f"{one.pack}  {one.version}  {one.version_hash[:12]}  {one.title_zh}  {where or '未启用'}")
    return told


def test_it_lists_versions_and_areas_as_the_models_know_them(world: World, tmp_path: Path) -> None:
    assert shown() == told_by_the_models()
    newer = tmp_path / "snap_report"
    shutil.copytree(settings.PACKS_ROOT / "snap_report", newer)
    declared = (newer / "cases.yaml").read_text("utf-8")
    assert "{zh: 处置, en: In hand}" in declared
    (newer / "cases.yaml").write_text(
        declared.replace("{zh: 处置, en: In hand}", "{zh: 正在处置, en: In hand}"), "utf-8"
    )
    commands.install_pack(actor=SYSTEM, folder=newer, now=NOW + timedelta(hours=1))
    area = root_area(NOW.date())
    (before,) = [line for line in shown() if line.startswith("snap_report ") and line.endswith(area.name)]
    assert shown() == told_by_the_models()
    assert sum(line.startswith("snap_report ") for line in shown()) == 2
    commands.retire_pack(actor=SYSTEM, pack="snap_report", area_id=area.pk, now=NOW + timedelta(hours=2))
    assert shown() == told_by_the_models()
    assert before not in shown()
    commands.remove_pack(actor=SYSTEM, pack="snap_report", now=NOW + timedelta(hours=3))
    assert shown() == told_by_the_models()
    assert not any(line.startswith("snap_report ") for line in shown())
