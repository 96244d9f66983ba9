"""Packs in the database: taken in once, changed without a restart, retired and removed without losing a case."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from tests.world import NOW, WHY, World
from xirang.areas.queries import get_area
from xirang.engines.bulletin.models import Message
from xirang.engines.cases.commands import Opening, open_case
from xirang.engines.cases.models import ProcessVersion
from xirang.engines.cases.queries import installed
from xirang.foundation import outbox
from xirang.foundation.actor import SYSTEM, Grant, PlainActor, Ref
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.models import OutboxEvent
from xirang.packs import commands, queries
from xirang.packs.cli.scaffold import make_pack
from xirang.packs.commands import PackRefusedError
from xirang.packs.models import PackActivation, PackVersion

Change = Callable[[Callable[[str], str], str], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of a pack with one of its files edited."""

    def copy(edit: Callable[[str], str], file: str, pack: str = "snap_report") -> Path:
        folder = tmp_path / pack
        if not folder.exists():
            shutil.copytree(settings.PACKS_ROOT / pack, folder)
        path = folder / file
        path.write_text(edit(path.read_text("utf-8")), "utf-8")
        return folder

    return copy


def install(folder: Path, hours: int = 0) -> object:
    return commands.install_pack(actor=SYSTEM, folder=folder, now=NOW + timedelta(hours=hours))


def retitled(text: str) -> str:
    return text.replace("{zh: 处置, en: In hand}", "{zh: 正在处置, en: In hand}")


def test_the_same_content_twice_is_one_version(world: World):
    folder = settings.PACKS_ROOT / "snap_report"
    assert install(folder) == install(folder, 1)
    assert PackVersion.objects.filter(pack="snap_report").count() == 1
    assert ProcessVersion.objects.filter(code="snap_report").count() == 1


def test_a_changed_pack_is_a_new_version_at_once_and_running_cases_keep_theirs(world: World, changed: Change):
    running = world.report()
    folder = changed(retitled, "cases.yaml")
    install(folder)
    assert world.case(world.report()).process.serial == 1, "installed is not yet in use"
    commands.activate_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    fresh = world.report()
    assert (world.case(running).process.serial, world.case(fresh).process.serial) == (1, 2)
    title = {pk: world.view(pk, "dispatcher").process.stages["handling"].title.zh for pk in (running, fresh)}
    assert title == {running: "处置", fresh: "正在处置"}
    assert PackActivation.objects.filter(pack="snap_report", active_to__isnull=True).count() == 1
    world.act(running, "street_handler", "answer", outcome="solved", reply="已经修好。")


def test_a_process_that_a_new_version_drops_is_closed_and_its_cases_go_on(world: World, tmp_path: Path):
    folder = make_pack(tmp_path, "lost_found", "失物招领", "Lost and found")

    def open_one(process: str) -> UUID:
        opening = Opening(process=process, area_id=world.town(), answers={"what": "公交车上丢了一串钥匙。"})
        return open_case(actor=world.actor("resident"), opening=opening, now=NOW)

    install(folder)
    commands.activate_pack(actor=SYSTEM, pack="lost_found", area_id=world.root, now=NOW)
    running = open_one("lost_found")
    document = folder / "cases.yaml"
    document.write_text(document.read_text("utf-8").replace("process: lost_found", "process: lost_items"), "utf-8")
    install(folder, 1)
    assert "lost_found" in {active.code for active in installed.active_processes()}, "installed is not yet in use"
    commands.activate_pack(actor=SYSTEM, pack="lost_found", area_id=world.root, now=NOW + timedelta(hours=2))
    open_now = {active.code for active in installed.active_processes()}
    assert "lost_items" in open_now
    assert "lost_found" not in open_now
    with pytest.raises(NotFoundError):
        open_one("lost_found")
    assert world.case(open_one("lost_items")).stage == "received"
    assert world.assign(running).stage == "handling"


def test_a_retired_pack_opens_nothing_and_what_runs_goes_on(world: World):
    running = world.report()
    commands.retire_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    with pytest.raises(NotFoundError):
        world.report()
    assert "随手报" not in world.client().get("/ask/").content.decode()
    world.act(running, "street_handler", "answer", outcome="solved", reply="已经修好。")
    assert str(running) in str([row.pk for row in _listed(world)])
    with pytest.raises(NotFoundError):
        commands.retire_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    commands.activate_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    assert world.report()


def _listed(world: World) -> list:
    from xirang.engines.cases.queries import CaseFilter, list_cases

    return list(list_cases(actor=world.actor("dispatcher"), wanted=CaseFilter(state="all"), now=NOW).rows)


def test_a_broken_pack_is_refused_with_what_is_wrong_and_where(world: World, changed: Change):
    folder = changed(lambda text: text.replace("to: handling", "to: nowhere"), "cases.yaml")
    before = (PackVersion.objects.count(), ProcessVersion.objects.count())
    with pytest.raises(PackRefusedError) as refused:
        install(folder)
    assert "snap_report" in refused.value.zh
    assert "cases.yaml:" in refused.value.zh
    assert refused.value.data["findings"]
    assert (PackVersion.objects.count(), ProcessVersion.objects.count()) == before
    for broken in ("{", "", "\x00", "a: &a [*a]", "- 1"):
        with pytest.raises(InvalidError):
            install(changed(lambda _text, broken=broken: broken, "cases.yaml"))


def test_a_pack_in_use_is_not_removed(world: World):
    with pytest.raises(ConflictError) as refused:
        commands.remove_pack(actor=SYSTEM, pack="snap_report", now=NOW)
    assert refused.value.code == "pack_active"
    case_id = world.report()
    commands.retire_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    assert commands.remove_pack(actor=SYSTEM, pack="snap_report", now=NOW) == 1
    assert world.view(case_id, "dispatcher").process.title.zh == "随手报"
    with pytest.raises(NotFoundError):
        commands.activate_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    install(settings.PACKS_ROOT / "snap_report")
    assert commands.activate_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)


def test_a_switch_is_turned_with_a_reason_that_everybody_signed_in_reads(world: World):
    switch = next(one for one in queries.list_switches(actor=SYSTEM))
    turn = {"actor": world.actor("system_admin"), "activation_id": switch.activation_id, "switch": switch.code}
    with pytest.raises(InvalidError):
        commands.turn_switch(**turn, on=not switch.on, because="  ", now=NOW)
    with pytest.raises(NotFoundError):
        commands.turn_switch(**{**turn, "switch": "nothing"}, on=True, because="依据", now=NOW)
    commands.turn_switch(**turn, on=not switch.on, because="区政府〔2026〕3 号文", now=NOW)

    def seen() -> queries.Switch:
        return next(
            one
            for one in queries.list_switches(actor=SYSTEM)
            if (one.pack_title, one.code) == (switch.pack_title, switch.code)
        )

    assert (seen().on, seen().because, seen().changed_by) == (
        not switch.on,
        "区政府〔2026〕3 号文",
        world.account("system_admin").title_name,
    )
    page = world.client("enterprise").get("/relief/")
    assert page.status_code == 200
    pack = PackActivation.objects.get(pk=switch.activation_id).pack
    commands.activate_pack(actor=SYSTEM, pack=pack, area_id=world.root, now=NOW + timedelta(hours=1))
    assert (seen().on, seen().because) == (not switch.on, "区政府〔2026〕3 号文"), "a new activation forgets nothing"


def test_only_the_system_administrator_installs(world: World):
    folder = settings.PACKS_ROOT / "snap_report"
    for part in ("security_admin", "audit_admin", "dispatcher", "leader", "public"):
        actor = world.actor(part)
        with pytest.raises(NotAllowedError):
            commands.install_pack(actor=actor, folder=folder, now=NOW)
        with pytest.raises(NotAllowedError):
            commands.retire_pack(actor=actor, pack="snap_report", area_id=world.root, now=NOW)
    client = world.client("system_admin")
    for name in ("../snap_report", "..", "/etc", "no_such_pack", "snap_report\0", ""):
        assert client.post("/packs/install/", {"folder": name}).status_code == 404, name


def test_the_pages_of_packs(world: World, django_assert_max_num_queries):
    client = world.client("system_admin")
    for path in ("/packs/", "/packs/snap_report/", "/relief/"):
        client.get(path)
        with django_assert_max_num_queries(10):
            assert client.get(path).status_code == 200, path
    assert client.get("/packs/no_such_pack/").status_code == 404


def messages(unit: str, world: World) -> int:
    return Message.objects.all_unscoped(WHY).filter(to_unit_id=world.unit(unit)).count()


def test_an_assignment_tells_the_holder_once_also_when_it_is_delivered_again(world: World):
    case_id = world.ask()
    world.assign(case_id)
    outbox.deliver(NOW)
    assert messages("power_supply", world) == 1
    message = Message.objects.all_unscoped(WHY).filter(to_unit_id=world.unit("power_supply")).get()
    assert world.case(case_id).number in message.subject + message.body
    assert "{" not in message.subject + message.body
    assert message.about_url == f"/cases/{case_id}/"
    OutboxEvent.objects.update(delivered_at=None)
    outbox.deliver(NOW)
    assert messages("power_supply", world) == 1
    told = Message.objects.all_unscoped(WHY).filter(to_account_id=world.account("enterprise").pk)
    assert told.count() == 1, "whoever asked was told that it was received"


def test_a_pack_hears_its_own_cases_only_and_a_retired_one_hears_nothing(world: World):
    running = world.report()
    outbox.deliver(NOW)
    assert messages("urban_management", world) == 1, "told by the pack of the report, by no other"
    commands.retire_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    told = Message.objects.all_unscoped(WHY).count()
    world.act(running, "street_handler", "answer", outcome="solved", reply="已经修好。")
    outbox.deliver(NOW)
    assert Message.objects.all_unscoped(WHY).count() == told
    assert not OutboxEvent.objects.filter(delivered_at__isnull=True).exists()


def test_words_with_braces_in_a_request_break_no_message(world: World):
    case_id = world.ask(need="{title} {0} {x.__class__} 电压不稳")
    world.assign(case_id)
    outbox.deliver(NOW)
    assert messages("power_supply", world) == 1
    assert not OutboxEvent.objects.filter(delivered_at__isnull=True).exists()


def test_a_changed_folder_is_installed_from_the_page_of_its_pack(world, settings, tmp_path):
    folder = tmp_path / "packs" / "snap_report"
    shutil.copytree(settings.PACKS_ROOT / "snap_report", folder)
    settings.PACKS_ROOT = tmp_path / "packs"
    manifest = folder / "pack.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace('version: "1.0"', 'version: "1.1"'), "utf-8")
    client = world.client("system_admin")
    assert "文件夹里的版本" in client.get("/packs/snap_report/").content.decode()
    assert client.post("/packs/install/", {"folder": "snap_report"}).status_code == 302
    newest = PackVersion.objects.filter(pack="snap_report").order_by("-installed_at").first()
    assert newest is not None
    assert newest.version == "1.1"
    assert "有新版" in client.get("/packs/snap_report/").content.decode()


def test_the_way_back_from_a_bad_version(world: World, changed: Change):
    first = PackVersion.objects.get(pack="snap_report")
    second = install(changed(retitled, "cases.yaml"), 1)
    commands.activate_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    assert running_version(world) == second
    admin = world.client("system_admin")
    page = admin.get("/packs/snap_report/").content.decode()
    assert page.index(str(second)) < page.index(str(first.pk)), "the newest is offered first"
    chosen = {"area": str(world.root), "version": str(first.pk)}
    assert admin.post("/packs/snap_report/activate/", chosen).status_code == 302
    assert running_version(world) == first.pk
    assert world.case(world.report()).process.version_hash == first.version_hash
    other = PackVersion.objects.get(pack="enterprise_help")
    for strange in (other.pk, world.root):
        with pytest.raises(NotFoundError):
            commands.activate_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, version_id=strange, now=NOW)


def test_a_street_s_administrator_opens_packs_in_the_street_and_nowhere_above(world: World):
    path = tuple(get_area(world.town()).path)
    street = PlainActor(Ref("account", "x"), "街道管理员", (Grant("system_admin", world.town(), path),))
    district = {"pack": "snap_report", "area_id": world.root, "now": NOW}
    switch = next(one for one in queries.list_switches(actor=SYSTEM))
    for refused in (
        lambda: commands.activate_pack(actor=street, **district),
        lambda: commands.retire_pack(actor=street, **district),
        lambda: commands.turn_switch(
            actor=street, activation_id=switch.activation_id, switch=switch.code, on=False, because="试", now=NOW
        ),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    assert commands.activate_pack(actor=street, pack="snap_report", area_id=world.town(), now=NOW)
    assert commands.retire_pack(actor=street, pack="snap_report", area_id=world.town(), now=NOW)


def running_version(world: World) -> UUID:
    return PackActivation.objects.get(pack="snap_report", area_id=world.root, active_to__isnull=True).version_id
