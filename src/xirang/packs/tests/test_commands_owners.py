"""Codes have owners, and a pack may bring roles: what strangers are told, and what holders of such roles may do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tests.world import NOW, World
from xirang.engines.cases.models import Activation
from xirang.foundation.actor import SYSTEM
from xirang.foundation.errors import NotAllowedError
from xirang.packs import commands
from xirang.packs.checking.loader import check_pack
from xirang.packs.commands import CodeTakenError, PackRefusedError
from xirang.packs.models import OwnedCode, PackVersion
from xirang.people.commands import grant_role


def copied(tmp_path: Path, name: str, **edits: tuple[str, str]) -> Path:
    """The pack of snap reports under another name; `edits` change one thing each in a file."""
    folder = tmp_path / name
    shutil.copytree(settings.PACKS_ROOT / "snap_report", folder)
    changes = [("pack.yaml", "pack: snap_report", f"pack: {name}")]
    changes += [(f"{file}.yaml", *pair) for file, pair in edits.items()]
    for file, old, new in changes:
        text = (folder / file).read_text("utf-8")
        assert old in text, old
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return folder


def install(folder: Path) -> object:
    return commands.install_pack(actor=SYSTEM, folder=folder, now=NOW)


def test_a_stranger_with_a_taken_process_code_is_refused_and_takes_nothing_over(world: World, tmp_path: Path) -> None:
    stranger = copied(tmp_path, "other_pack")
    with pytest.raises(PackRefusedError) as refused:
        install(stranger)
    assert "流程代码 snap_report 已经属于应用包“snap_report”" in refused.value.zh
    assert not PackVersion.objects.filter(pack="other_pack").exists()
    running = Activation.objects.get(code="snap_report", active_to__isnull=True)
    assert running.version.pack == "snap_report"
    assert world.case(world.report()).process.pack == "snap_report"


def test_a_taken_service_code_is_refused_too(world: World, tmp_path: Path) -> None:
    stranger = copied(tmp_path, "other_pack", cases=("process: snap_report", "process: other_report"))
    with pytest.raises(PackRefusedError) as refused:
        install(stranger)
    assert "服务代码" in refused.value.zh


def test_whoever_is_faster_owns_the_code_for_good(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Between the check and the installation another pack may have come; the row in the database has the last word."""
    monkeypatch.setattr("xirang.packs.queries.owners", dict)
    with pytest.raises(CodeTakenError) as refused:
        install(copied(tmp_path, "other_pack"))
    assert refused.value.zh == "流程代码 snap_report 已经属于应用包“snap_report”，别的应用包不能再用。请换一个代码。"


def test_a_removed_pack_keeps_its_codes_for_its_cases_go_on(world: World, tmp_path: Path) -> None:
    commands.retire_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    commands.remove_pack(actor=SYSTEM, pack="snap_report", now=NOW)
    with pytest.raises(PackRefusedError):
        install(copied(tmp_path, "other_pack"))
    assert OwnedCode.objects.get(kind="cases.process", code="snap_report").pack == "snap_report"


def test_folders_side_by_side_are_compared_without_a_database(tmp_path: Path) -> None:
    shutil.copytree(settings.PACKS_ROOT / "snap_report", tmp_path / "snap_report")
    stranger = copied(tmp_path, "other_pack")
    found = {(one.file, one.line, one.zh) for one in check_pack(stranger).findings}
    line = (stranger / "cases.yaml").read_text("utf-8").split("process: snap_report")[0].count("\n") + 1
    said = "流程代码 snap_report 已经属于应用包“snap_report”，别的应用包不能再用。请换一个代码。"
    assert ("cases.yaml", line, said) in found


def test_a_pack_brings_a_role_that_is_granted_like_others_and_is_what_it_is_like(world: World, tmp_path: Path) -> None:
    folder = copied(tmp_path, "legal_help", cases=("process: snap_report", "process: legal_help"))
    manifest = (folder / "pack.yaml").read_text("utf-8")
    start = manifest.index("roles: [")
    roles = manifest[start + len("roles: [") : manifest.index("]", start)]
    own = "{lawyer: {title: {zh: 律师, en: Lawyer}, like: handler}}"
    (folder / "pack.yaml").write_text(manifest.replace(f"roles: [{roles}]", f"roles: [{roles}, {own}]"), "utf-8")
    cases = (folder / "cases.yaml").read_text("utf-8")
    service = next(line for line in cases.splitlines() if line.startswith("service_code:"))
    (folder / "cases.yaml").write_text(cases.replace(service, "service_code: LH01"), "utf-8")
    report = check_pack(folder, {})
    assert report.findings == ()
    install(folder)
    assert OwnedCode.objects.get(kind="people.role", code="lawyer").pack == "legal_help"
    with pytest.raises(NotAllowedError):
        give(world, "lawyer", by="system_admin")
    give(world, "lawyer", by="security_admin")
    actor = world.actor("colleague")
    assert actor.holds("lawyer")
    assert [(one.role, one.implied) for one in actor.grants if one.role in ("lawyer", "handler")] == [
        ("handler", False),
        ("lawyer", False),
        ("handler", True),
    ]
    page = world.client("colleague").get("/account/").content.decode()
    assert "律师" in page


def give(world: World, role: str, *, by: str) -> None:
    grant_role(actor=world.actor(by), account_id=world.account("colleague").pk, role=role, area_id=world.root, now=NOW)


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ("{handler: {title: 律师, like: leader}}", "handler 是平台的角色，应用包不能另行定义。"),
        ("{lawyer: {title: 律师, like: lawyers}}", "自带的角色不能像 lawyers"),
        ("{lawyer: {title: 律师, like: security_admin}}", "自带的角色不能像 security_admin"),
        ("lawyr", "平台没有叫 lawyr 的角色"),
    ],
)
def test_a_role_of_one_s_own_is_named_rightly(tmp_path: Path, own: str, sentence: str) -> None:
    folder = copied(tmp_path, "legal_help", pack=("roles: [", f"roles: [{own}, "))
    assert any(sentence in one.zh for one in check_pack(folder, {}).findings)
