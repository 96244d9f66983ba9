"""Packs as a whole: what is refused, in which words, on which line; and that every pack at hand is sound."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from xirang.foundation.terminal import StartupError
from xirang.packs import cli
from xirang.packs.checking.loader import check_pack
from xirang.packs.cli.scaffold import make_pack

ROOT = Path(__file__).resolve().parents[4]
PACKS = sorted(path.parent for path in settings.PACKS_ROOT.glob("*/pack.yaml"))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A small sound pack to be broken."""
    return make_pack(tmp_path, "lost_found", "失物招领", "Lost and found")


def change(pack: Path, file: str, old: str, new: str) -> int:
    """Change one thing in a file and return its line."""
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text, old
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def errors(pack: Path) -> list[tuple[str, int, str]]:
    report = check_pack(pack)
    assert not report.ok
    assert report.version_hash == ""
    return [(found.file, found.line, found.zh) for found in report.findings if found.level == "error"]


def test_the_scaffold_is_sound(pack: Path) -> None:
    report = check_pack(pack)
    assert report.findings == ()
    assert report.ok
    assert len(report.scenarios) == 1


def test_a_wrong_stage_name(pack: Path) -> None:
    line = change(pack, "cases.yaml", "to: handling", "to: handlin")
    assert errors(pack) == [("cases.yaml", line, "没有叫 handlin 的环节，您是不是想写 handling？")]


def test_an_unreachable_end(pack: Path) -> None:
    change(pack, "cases.yaml", "    to: closed\n", "    to: received\n")
    line = (
        (pack / "cases.yaml")
        .read_text(encoding="utf-8")
        .split("\n")
        .index("  received: {title: {zh: 收到, en: Received}, kind: open}")
    )
    found = errors(pack)
    assert (
        "cases.yaml",
        line + 1,
        "到了环节“收到”（received）就结束不了：没有动作从这里通向结束环节。请加一个 from: received 的动作。",
    ) in found
    assert any(zh.startswith("环节“办结”（closed）走不到") for _, _, zh in found)


def test_a_missing_title(pack: Path) -> None:
    line = change(pack, "cases.yaml", "{title: {zh: 办理, en: In hand}, kind: open}", "{kind: open}")
    assert errors(pack) == [("cases.yaml", line, "“handling”缺少“title”（名称）。请补上一行“title: …”。")]


def test_a_scenario_that_fails(pack: Path) -> None:
    line = change(pack, "scenarios.yaml", "stage: handling", "stage: closed")
    assert errors(pack) == [("scenarios.yaml", line, "情景“从提交到办结”第 2 步之后，环节应为“办结”，实际为“办理”。")]


def test_a_scenario_with_another_due_moment(pack: Path) -> None:
    line = change(pack, "scenarios.yaml", "handle.due: 2026-09-24T17:00", "handle.due: 2026-09-28T17:00")
    assert errors(pack) == [
        (
            "scenarios.yaml",
            line,
            "情景“从提交到办结”第 2 步之后，办理时限的截止应为“2026-09-28T17:00”，实际为“2026-09-24T17:00”。",
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("may_not: answer", "may: answer", "第 4 步：“resident”应当可以办“答复”，实际不能：“答复”由承办单位办理。"),
        (
            "who: resident, may_not: answer",
            "who: handler, may_not: answer",
            "第 4 步：“handler”不应当能办“答复”，实际可以。",
        ),
        (
            "who: dispatcher, does: assign",
            "who: resident, does: assign",
            "第 2 步：“resident”不能办“交办”。“交办”由指挥中心办理。",
        ),
        ("does: assign", "does: asign", "第 2 步：没有叫 asign 的动作，您是不是想写 assign？"),
        ("who: dispatcher, does", "who: dispacher, does", "第 2 步没有叫“dispacher”的人，您是不是想写 dispatcher？"),
        ("with: {what: 请办理这件事}", "with: {}", "第 1 步填写的“what”不对：请填写要办什么。"),
        ("outcome: solved, reply", "outcome: done, reply", "第 5 步填写的“outcome”不对：请从列出的选项中选择。"),
        ("at: 2026-09-22T10:00", "at: 2026-09-12T10:00", "第 5 步的时间早于上一步。"),
        (
            "{stage: closed, outcome: solved}",
            "{stage: closed, outcome: explained}",
            "第 5 步之后，结果应为“已解释”，实际为“已解决”。",
        ),
        ("{stage: closed, outcome: solved}", "{closed: false}", "第 5 步之后，是否已结束应为“否”，实际为“是”。"),
    ],
)
def test_scenarios_say_which_step_went_otherwise(pack: Path, old: str, new: str, sentence: str) -> None:
    line = change(pack, "scenarios.yaml", old, new)
    assert errors(pack) == [("scenarios.yaml", line, f"情景“从提交到办结”{sentence}")]


def test_a_pack_without_scenarios_is_refused(pack: Path) -> None:
    (pack / "scenarios.yaml").unlink()
    assert errors(pack) == [("scenarios.yaml", 0, "缺少 scenarios.yaml。没有情景的应用包不能安装，请至少写一个情景。")]
    (pack / "scenarios.yaml").write_text("[]\n", encoding="utf-8")
    assert len(errors(pack)) == 1


def test_what_lies_in_strange_folders_is_not_read(pack: Path) -> None:
    (pack / "values" / "deep").mkdir(parents=True)
    (pack / "values" / "deep" / "x.yaml").write_text("a: &x 1\n", encoding="utf-8")
    assert [file for file, _, _ in errors(pack)] == ["values/deep"]


def test_code_links_and_strange_files_are_refused(pack: Path) -> None:
    (pack / "handlers.py").write_text("import os\n", encoding="utf-8")
    (pack / "casess.yaml").write_text("a: 1\n", encoding="utf-8")
    (pack / "values.yml").write_text("a: 1\n", encoding="utf-8")
    (pack / "secret.md").symlink_to("/etc/hostname")
    (pack / "bin").mkdir()
    found = {file: zh for file, _, zh in errors(pack)}
    assert found["handlers.py"] == "A 级应用包只能有数据，不能有程序文件。请删去这个文件。"
    assert found["casess.yaml"] == "应用包里不需要 casess.yaml 这个文件，您是不是想写 cases.yaml？"
    assert "请用 .yaml 结尾" in found["values.yml"]
    assert "不能有链接文件" in found["secret.md"]
    assert "没有叫 bin 的文件夹" in found["bin"]


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("pack.yaml", "grade: A", "grade: B", "目前只接受 A 级（只有数据）应用包，这里写的是 B。"),
        (
            "pack.yaml",
            "uses: [cases, bulletin]",
            "uses: [cases]",
            "wiring.yaml 用到了 bulletin，请把 bulletin 写进 uses。",
        ),
        ("pack.yaml", "[resident, ", "[residnt, ", "平台没有叫 residnt 的角色，您是不是想写 resident？"),
        ("pack.yaml", "pack: lost_found", "pack: lost", "代码“lost”和文件夹名“lost_found”不一致。请改成一样。"),
        (
            "wiring.yaml",
            "cases.case_assigned()",
            "cases.case_asigned()",
            "没有叫 cases.case_asigned 的事件，您是不是想写 cases.case_assigned？",
        ),
        (
            "wiring.yaml",
            "cases.case_assigned()",
            "cases.case_assigned(action='asign')",
            "“action”不会等于“asign”，您是不是想写 assign？",
        ),
        (
            "wiring.yaml",
            "bulletin.notify",
            "bulletin.notfy",
            "没有叫 bulletin.notfy 的效果，您是不是想写 bulletin.notify？",
        ),
        (
            "wiring.yaml",
            "texts/assigned.md",
            "texts/asigned.md",
            "没有找到文件 texts/asigned.md，您是不是想写 texts/assigned.md？",
        ),
        ("wiring.yaml", "to='holder'", "to='holdr'", "这个事件里没有“holdr”可以通知，您是不是想写 holder？"),
        (
            "wiring.yaml",
            "bulletin.notify(to='holder'",
            "__import__('os').system('x'",
            "“__import__('os').system('x', text='texts/assigned.md')”读不懂。"
            "请写成 引擎.名称(项='值')，例如 cases.case_assigned(action='assign')。",
        ),
        (
            "texts/assigned.md",
            "{number}",
            "{numbre}",
            "texts/assigned.md 里的 {numbre} 填不上：这个事件没有它，您是不是想写 number？",
        ),
    ],
)
def test_manifest_wiring_and_texts_are_checked(pack: Path, file: str, old: str, new: str, sentence: str) -> None:
    change(pack, file, old, new)
    assert sentence in [zh for _, _, zh in errors(pack)]


def test_units_of_the_dispatch_must_be_known(pack: Path) -> None:
    (pack / "values").mkdir()
    (pack / "values" / "units.yaml").write_text(
        "units:\n  title: {zh: 单位, en: Units}\n  type: choices\n  choices:\n    enterprise_service: 企业服务中心\n",
        encoding="utf-8",
    )
    assert check_pack(pack).ok
    change(pack, "scenarios.yaml", "unit/enterprise_service", "unit/enterprise_servise")
    assert errors(pack)[0][2].endswith("没有叫 unit/enterprise_servise 的单位，您是不是想写 unit/enterprise_service？")


def switched(pack: Path) -> None:
    """Give the pack a switch, a question that it governs, and a story with the switch on and one with it off."""
    with (pack / "pack.yaml").open("a", encoding="utf-8") as manifest:
        manifest.write("switches:\n  ask_place: {title: {zh: 问地方, en: Ask where}, default: on}\n")
    spot = "  spot: {kind: text, title: {zh: 在哪里, en: Where}, switch: ask_place}\n"
    change(pack, "cases.yaml", "\nstages:", f"{spot}\nstages:")
    change(pack, "scenarios.yaml", "    - {who: resident, may_not: answer}", "    - {then: {asks.open: [what, spot]}}")
    story = (pack / "scenarios.yaml").read_text(encoding="utf-8").partition("\n")[2]
    off = story.replace("title: 从提交到办结", "title: 不问地方")
    off = off.replace("given: {", "given: {switches: {ask_place: off}, ")
    with (pack / "scenarios.yaml").open("a", encoding="utf-8") as stories:
        stories.write("\n" + off.replace("[what, spot]", "[what]"))


def test_stories_are_told_with_switches_on_and_off(pack: Path) -> None:
    switched(pack)
    report = check_pack(pack)
    assert (report.findings, len(report.scenarios)) == ((), 2)
    line = change(pack, "scenarios.yaml", "{asks.open: [what]}", "{asks.open: [what, spot]}")
    assert errors(pack) == [
        (
            "scenarios.yaml",
            line,
            "情景“不问地方”第 2 步之后，提交时要填的项应为“what、spot”，实际为“what”。",
        )
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "cases.yaml",
            "switch: ask_place",
            "switch: ask_plase",
            "没有叫 ask_plase 的开关，您是不是想写 ask_place？新开关请先写进 pack.yaml 的 switches。",
        ),
        (
            "scenarios.yaml",
            "{ask_place: off}",
            "{ask_plase: off}",
            "情景“不问地方”里没有叫 ask_plase 的开关，您是不是想写 ask_place？",
        ),
        ("scenarios.yaml", "ask_place: off", "ask_place: maybe", "情景“不问地方”的开关 ask_place 只能写 on 或 off。"),
        ("scenarios.yaml", "ask_place: off", "ask_place: [off]", "情景“不问地方”的开关 ask_place 只能写 on 或 off。"),
        ("scenarios.yaml", "{ask_place: off}", "ask_place", "情景“不问地方”的 switches 写成“名称: on 或 off”。"),
    ],
)
def test_switches_are_named_rightly(pack: Path, file: str, old: str, new: str, sentence: str) -> None:
    switched(pack)
    line = change(pack, file, old, new)
    assert (file, line, sentence) in errors(pack)


def test_a_switch_that_nothing_heeds_is_refused(pack: Path) -> None:
    switched(pack)
    change(pack, "cases.yaml", ", switch: ask_place", "")
    change(pack, "scenarios.yaml", "{asks.open: [what]}", "{asks.open: [what, spot]}")
    line = (pack / "pack.yaml").read_text(encoding="utf-8").split("\n").index("switches:") + 2
    assert errors(pack) == [
        (
            "pack.yaml",
            line,
            "开关“问地方”（ask_place）没有任何地方用到。"
            "请在它控制的字段、问题或动作上写 switch: ask_place，或删去这个开关。",
        )
    ]


def test_two_processes_in_one_file_must_differ(pack: Path) -> None:
    text = (pack / "cases.yaml").read_text(encoding="utf-8")
    indented = "\n".join("    " + line if line else line for line in text.split("\n") if not line.startswith("#"))
    one = "  - " + indented.lstrip()
    (pack / "cases.yaml").write_text(f"processes:\n{one}\n{one}\n", encoding="utf-8")
    found = errors(pack)
    assert [zh for _, _, zh in found] == ["流程代码 lost_found 用了两次，另一处是“失物招领”。请换一个。"]
    assert found[0][1] > len(text.split("\n")) - 4
    second = one.replace("process: lost_found", "process: other")
    (pack / "cases.yaml").write_text(f"processes:\n{one}\n{second}\n", encoding="utf-8")
    change(pack, "scenarios.yaml", "  given:", "  process: other\n  given:")
    report = check_pack(pack)
    assert report.findings == ()
    assert [code.code for code in report.codes if code.kind == "cases.process"] == ["lost_found", "other"]


def test_the_version_follows_the_contents_and_nothing_else(pack: Path) -> None:
    before = check_pack(pack).version_hash
    change(pack, "README.md", "一句话", "两句话")
    change(pack, "cases.yaml", "# 一件事怎样办", "# 怎样办一件事")
    assert check_pack(pack).version_hash == before
    change(pack, "texts/assigned.md", "请于", "务必于")
    assert check_pack(pack).version_hash != before


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_every_pack_is_sound_and_without_reminders(path: Path) -> None:
    report = check_pack(path)
    assert report.findings == ()
    assert report.ok
    assert report.scenarios


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_a_pack_is_checked_from_a_cold_start_without_settings_and_database(path: Path) -> None:
    """How long that takes stands in `bench/packs.py`."""
    done = subprocess.run(
        [sys.executable, "-m", "xirang.packs.cli", "check", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\033" not in done.stdout


def test_the_command_line_checks_several_and_says_which_failed(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_pack(tmp_path, "second", "第二个", "Second")
    line = change(other, "cases.yaml", "to: handling", "to: handlin")
    assert cli.main(["check", str(pack)]) == 0
    capsys.readouterr()
    assert cli.main(["check", str(pack), str(other)]) == 1
    shown = capsys.readouterr().out
    assert f"{pack}：通过，1 个情景" in shown
    assert f"{other}/cases.yaml:{line}:9 错误 没有叫 handlin 的环节，您是不是想写 handling？" in shown
    assert cli.main(["check", str(tmp_path / "absent")]) == 1
    assert "没有这个文件夹" in capsys.readouterr().out


def test_a_new_pack_is_green_whatever_its_title(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["new", "odd", "--title", '企业: "求助" {x} #1', "--english", "yes: no", "--folder", str(tmp_path)])
        == 0
    )
    assert "通过" in capsys.readouterr().out
    assert cli.main(["new", "odd", "--folder", str(tmp_path)]) == 1
    assert "已经存在" in capsys.readouterr().err
    with pytest.raises(StartupError, match="不合规则"):
        make_pack(tmp_path, "../evil", "x", "x")


def test_schemas_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    import jsonschema_rs

    for name in cli.schemas():
        assert cli.main(["schema", name]) == 0
        schema = json.loads(capsys.readouterr().out)
        jsonschema_rs.meta.validate(schema)
        assert schema["$id"].endswith(f"{name}.schema.json")


def test_checking_needs_neither_django_nor_a_database() -> None:
    code = (
        "import sys; from xirang.packs.checking.loader import check_pack; check_pack(sys.argv[1]);"
        "bad = [n for n in sys.modules if n.split('.')[0] in ('django', 'psycopg')]; print(bad); sys.exit(bool(bad))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "packs"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src")},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
