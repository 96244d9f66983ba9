"""A pack with two processes for tests of wiring: `found` may lead to `visit`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from tests.world import NOW, WHY, World
from xirang.engines.bulletin.models import Message
from xirang.engines.cases import commands as cases
from xirang.engines.cases.models import Case
from xirang.foundation.actor import SYSTEM
from xirang.packs import commands
from xirang.packs.cli.scaffold import make_pack

ASSIGNED = "cases.case_assigned(process='found')"
OPENED = "cases.case_opened(process='found')"
NOTIFY = "bulletin.notify(to='holder', text='texts/assigned.md')"
VISIT = "cases.open_case(process='visit', what='title')"
# `pages` asks for a whole number: the check cannot know that a title is none, so this fails when it is carried out.
BROKEN = "cases.open_case(process='visit', what='title', pages='title')"


def make_wired(folder: Path, *lines: tuple[str, str]) -> Path:
    """The pack with these lines of wiring, as (when, then)."""
    pack = make_pack(folder, "found", "失物招领", "Lost and found")
    text = (pack / "cases.yaml").read_text("utf-8")
    indented = "\n".join("    " + line if line else line for line in text.split("\n") if not line.startswith("#"))
    first = "  - " + indented.lstrip()
    pages = "\n      pages: {kind: int, title: {zh: 页数, en: Pages}}\n"
    second = first.replace("process: found", "process: visit").replace("zh: 失物招领", "zh: 回访")
    second = second.replace("\n\n    stages:", f"{pages}\n    stages:")
    (pack / "cases.yaml").write_text(f"processes:\n{first}\n{second}\n", "utf-8")
    stories = (pack / "scenarios.yaml").read_text("utf-8").replace("  given:", "  process: found\n  given:")
    (pack / "scenarios.yaml").write_text(stories, "utf-8")
    rewire(pack, *lines)
    return pack


def rewire(pack: Path, *lines: tuple[str, str]) -> Path:
    """The same pack with other lines; the manifest names the bulletin only where a line uses it."""
    wiring = "".join(f'- when: "{when}"\n  then: "{then}"\n' for when, then in lines)
    (pack / "wiring.yaml").write_text(wiring, "utf-8")
    uses = "[cases, bulletin]" if "bulletin." in wiring else "[cases]"
    manifest = (pack / "pack.yaml").read_text("utf-8").replace("uses: [cases, bulletin]", f"uses: {uses}")
    (pack / "pack.yaml").write_text(manifest, "utf-8")
    return pack


def activate(world: World, folder: Path, *lines: tuple[str, str], now: datetime = NOW) -> None:
    pack = make_wired(folder, *lines)
    commands.install_pack(actor=SYSTEM, folder=pack, now=now)
    commands.activate_pack(actor=SYSTEM, pack="found", area_id=world.root, now=now)


def find_something(world: World, now: datetime = NOW) -> UUID:
    opening = cases.Opening(process="found", area_id=world.town(), answers={"what": "黑色雨伞"})
    return cases.open_case(actor=world.actor("dispatcher", now), opening=opening, now=now)


def handed_over(world: World) -> UUID:
    case_id = find_something(world)
    world.assign(case_id)
    return case_id


def told(world: World) -> int:
    return Message.objects.all_unscoped(WHY).filter(to_unit_id=world.unit("power_supply")).count()


def visits() -> list[Case]:
    return list(Case.objects.all_unscoped(WHY).filter(process_code="visit"))
