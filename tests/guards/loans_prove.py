"""Runs inside a house with one engine more, and writes down what it saw as JSON: the guard beside it reads that."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

PACK = {
    "pack.yaml": (
        "pack: tool_shed\ntitle: 工具借用\nanswers: S4\nkeepers: [street]\nuses: [loans, bulletin]\n"
        'roles: [dispatcher]\ngrade: A\nversion: "1.0"\n'
    ),
    "README.md": "# 工具借用\n\n为街道借用工具。\n",
    "loans.yaml": "shelf: tools\ntitle: 工具\npieces: 2\n",
    "wiring.yaml": (
        "- when: loans.thing_lent(shelf='tools')\n  then: bulletin.notify(to='borrower', text='texts/lent.md')\n"
        "- when: loans.thing_lent(number=1)\n  then: loans.lend_thing(shelf='tools')\n"
    ),
    "texts/lent.md": "# 借出第 {number} 件\n\n请按时归还。\n",
    "scenarios.yaml": (
        "- title: 借完为止\n  given: {at: 2026-09-18T16:00}\n  steps:\n"
        "    - {who: dispatcher, does: lend}\n    - {who: dispatcher, does: lend}\n    - {then: {lent: 2}}\n"
        "    - {who: dispatcher, may_not: lend, because: 全部借出}\n"
    ),
}


def main(folder: Path) -> dict[str, Any]:
    """Everything that the engine must be seen in, from the table to the wiring."""
    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("makemigrations", "loans", verbosity=0)
    call_command("migrate", verbosity=0)
    from xirang.engines.loans.commands import lend_thing
    from xirang.engines.loans.spec import CountLoans

    from tests import world
    from tools import contracts, docs, permissions
    from xirang.engines.bulletin.models import Message
    from xirang.engines.ledger import queries as ledger
    from xirang.engines.ledger.models import Record
    from xirang.foundation import outbox
    from xirang.foundation.actor import SYSTEM
    from xirang.foundation.sockets import ask
    from xirang.packs import commands as packs
    from xirang.packs.checking.loader import check_pack
    from xirang.people.policy import can_list_organisations
    from xirang.project.api import document

    seen: dict[str, Any] = {}
    seen["floors"] = contracts.floors(contracts.applications())
    rooms = contracts.configuration(contracts.applications())
    seen["rooms"] = "xirang.engines.loans" in rooms["importlinter:contract:rooms"]["containers"].split()
    seen["pure"] = "xirang.engines.loans.logic" in rooms["importlinter:contract:pure"]["source_modules"].split()
    reference, table = docs.reference(), permissions.platform_part()
    seen["reference"] = [name for name in ("thing_lent", "lend_thing", "count_loans") if f"`loans.{name}`" in reference]
    seen["schema"] = "loans" in docs.schemas()
    seen["permit"] = next(line for line in table.splitlines() if "`loans.lend_thing`" in line)
    seen["address"] = any("`loans:loans`" in line and "指挥中心调度" in line for line in table.splitlines())
    seen["api"] = "/api/shelves" in document()["paths"]

    house = world.build()
    pack = written(folder / "tool_shed", PACK)
    seen["findings"] = [one.zh for one in check_pack(pack, {}).findings]
    broken = written(folder / "broken", PACK | {"loans.yaml": "shelf: tools\ntitle: 工具\npieces: none\n"})
    seen["broken"] = [(one.file, one.line) for one in check_pack(broken, {}).findings if one.file == "loans.yaml"]
    packs.install_pack(actor=SYSTEM, folder=pack, now=world.NOW)
    packs.activate_pack(actor=SYSTEM, pack="tool_shed", area_id=house.root, now=world.NOW - timedelta(hours=1))
    stranger = written(
        folder / "other_shed", PACK | {"pack.yaml": PACK["pack.yaml"].replace("tool_shed", "other_shed")}
    )
    try:
        packs.install_pack(actor=SYSTEM, folder=stranger, now=world.NOW)
    except packs.PackRefusedError as error:
        seen["stranger"] = error.zh
    desk = house.actor("dispatcher")
    assert can_list_organisations(desk)
    lend_thing(actor=desk, shelf="tools", area_id=house.root, now=world.NOW)
    while outbox.deliver(world.NOW + timedelta(minutes=1)):
        pass
    seen["told"] = list(Message.objects.all_unscoped("a guard looks").values_list("subject", flat=True))
    seen["out"] = ask(CountLoans(shelf="tools"), actor=desk, now=world.NOW)
    rows = list(Record.objects.all_unscoped("a guard looks").filter(action="loans.lend_thing").order_by("id"))
    said = ledger.speak(rows)
    seen["said"] = [(said[row.pk].title, said[row.pk].subject, said[row.pk].facts) for row in rows]
    seen["who"] = [row.actor_kind for row in rows]
    page = house.client("dispatcher").get("/loans/").content.decode()
    seen["page"] = "工具：2 / 2" in page and 'href="/loans/"' in page
    seen["public"] = Client().get("/loans/").status_code
    seen["refused"] = house.client("handler").get("/loans/").status_code
    searched = house.client("dispatcher").get("/search/?q=工具").content.decode()
    seen["searched"] = "<mark>工具</mark>" in searched and "借用 1" in searched
    seen["straight"] = house.client("dispatcher").get("/search/?q=tools").headers.get("Location", "")
    seen["not_searched"] = "借用" in house.client("handler").get("/search/?q=工具").content.decode()
    seen["shelves"] = Client().get("/api/shelves").json()
    return seen


def written(folder: Path, files: dict[str, str]) -> Path:
    """A pack's folder with these files; its manifest is named like the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("pack: tool_shed", f"pack: {folder.name}"), encoding="utf-8")
    return folder


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1])), ensure_ascii=False))
