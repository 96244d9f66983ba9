"""No story can prove fiction: what is told is decided as for real cases, and only registers know what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from xirang.packs.checking.loader import check_pack
from xirang.packs.cli.scaffold import make_pack
from xirang.packs.tests.home_visit import make_home_visit


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    """The pack about persons."""
    return make_home_visit(tmp_path)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A pack that is about nothing."""
    return make_pack(tmp_path, "lost_found", "失物招领", "Lost and found")


def changed(pack: Path, file: str, old: str, new: str) -> list[tuple[str, str]]:
    """The errors after one change, each with its file."""
    text = (pack / file).read_text("utf-8")
    assert old in text, old
    (pack / file).write_text(text.replace(old, new, 1), "utf-8")
    return [(found.file, found.zh) for found in check_pack(pack).findings if found.level == "error"]


def test_a_story_about_a_person_is_told(visit: Path) -> None:
    assert check_pack(visit).findings == ()


def test_the_guard_on_what_is_on_file_holds_in_the_story_too(visit: Path) -> None:
    assert changed(visit, "scenarios.yaml", "about: {address: 澄湖路 18 号}, ", "") == [
        (
            "scenarios.yaml",
            "情景“登记了住址的，可以上门”第 3 步：“handler”不能办“上门办理”。本人没有登记住址，不能上门",
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("address: 澄湖路", "adress: 澄湖路", "的 about 写了 adress，人员登记里没有这一项，您是不是想写 address？"),
        ("{address: 澄湖路 18 号}", "{staff: 12}", "的 about 写了 staff，人员登记里没有这一项"),
        ("about: {address: 澄湖路 18 号}", "about: 澄湖路", "的 about 写成“名称: 值”。"),
        (
            "about: {address",
            "requester: {kind: account}, about: {address",
            "的 requester 写了 kind，账号登记里没有这一项",
        ),
    ],
)
def test_facts_that_no_register_answers_are_refused(visit: Path, old: str, new: str, sentence: str) -> None:
    [(file, zh)] = changed(visit, "scenarios.yaml", old, new)
    assert file == "scenarios.yaml"
    assert zh.startswith(f"情景“登记了住址的，可以上门”{sentence}")


def test_facts_about_nothing_are_refused(plain: Path) -> None:
    [(file, zh)] = changed(plain, "scenarios.yaml", "given: {", "given: {about: {staff: 1200}, ")
    assert (file, "不关于任何登记的对象" in zh) == ("scenarios.yaml", True)


@pytest.mark.parametrize(("kind", "register"), [("place", "地点"), ("device", "设备")])
def test_what_no_register_knows_cannot_be_the_subject(visit: Path, kind: str, register: str) -> None:
    [(file, zh)] = changed(visit, "cases.yaml", "about: person", f"about: {kind}")
    assert (file, zh.startswith(f"还没有{register}登记，about: {kind} 暂不能用。")) == ("cases.yaml", True)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("guard: has(about.address)", "guard: has(about.address) and about.address == '澄湖路'", "澄湖路"),
        ("from: about.phone", "from: about.credit_code", "人员登记里没有 credit_code"),
        ("from: about.address, personal: place", "from: about.address, personal: name", "about.address 是个人信息"),
    ],
)
def test_rules_and_fields_learn_of_a_person_only_what_is_safe(visit: Path, old: str, new: str, sentence: str) -> None:
    found = changed(visit, "cases.yaml", old, new)
    assert any(sentence in zh for _, zh in found), found


@pytest.mark.parametrize(
    "rule",
    ["has(holder) and holder == 'unit/parks'", "has(holder) and coalesce(holder, me) in ['unit/parks', 'unit/roads']"],
)
def test_a_rule_cannot_name_a_unit_that_only_a_story_knows_by_its_code(visit: Path, rule: str) -> None:
    [(file, zh)] = changed(visit, "cases.yaml", "guard: has(about.address)", f"guard: {rule}")
    assert (file, zh.startswith("holder 是编号，不能和写死的文字比较")) == ("cases.yaml", True)


def test_ids_are_compared_with_ids(visit: Path) -> None:
    found = changed(visit, "cases.yaml", "guard: has(about.address)", "guard: has(holder) and holder == me")
    assert not [zh for file, zh in found if file == "cases.yaml"]


def test_a_required_answer_that_is_not_on_file_must_be_given(visit: Path) -> None:
    found = changed(visit, "scenarios.yaml", "about: {address: 澄湖路 18 号}", "about: {phone: null}")
    assert found == [("scenarios.yaml", "情景“登记了住址的，可以上门”第 1 步填写的“phone”不对：请填写联系电话。")]


def test_an_answer_of_the_vault_is_hidden_from_rules_but_not_from_the_story(visit: Path) -> None:
    text = (visit / "scenarios.yaml").read_text("utf-8")
    told = text.replace("with: {what: 行动不便，请上门办理}", 'with: {what: 请上门, phone: "13900000001"}')
    (visit / "scenarios.yaml").write_text(told.replace("home: 已登记", 'phone: "13900000001"'), "utf-8")
    assert check_pack(visit).findings == ()


def test_a_case_that_one_person_took_is_no_longer_a_colleagues(plain: Path) -> None:
    taken = "    from: handling\n    to: handling\n    by: holder\n    effects: [take: me]\n  answer:\n"
    cases = (plain / "cases.yaml").read_text("utf-8")
    take = "  take:\n    title: {zh: 认领, en: Take}\n" + taken
    (plain / "cases.yaml").write_text(cases.replace("  answer:\n", take, 1), "utf-8")
    (plain / "scenarios.yaml").write_text(
        """\
- title: 认领以后
  given:
    mine: {role: handler, unit: unit/parks}
    other: {role: handler, unit: unit/parks}
    stranger: {role: handler, unit: unit/roads}
    head: {role: unit_leader, unit: unit/parks}
    at: 2026-09-18T16:00
  steps:
    - {who: resident, may: cases.open}
    - {who: handler, may_not: open, because: 不对您目前的身份开放}
    - {who: resident, does: cases.open, with: {what: 找雨伞}}
    - {who: dispatcher, does: assign, with: {unit: unit/parks}}
    - {who: other, may: answer}
    - {who: mine, does: take}
    - {who: other, may_not: answer, because: 承办单位}
    - {who: stranger, may_not: answer}
    - {who: head, may: answer}
    - {who: mine, does: answer, with: {outcome: solved, reply: 找到了}}
    - {then: {cases.stage: closed, handler: mine}}
""",
        "utf-8",
    )
    assert [found.zh for found in check_pack(plain).findings] == []


def test_a_role_of_the_packs_own_may_what_the_role_it_is_like_may(visit: Path) -> None:
    manifest = (visit / "pack.yaml").read_text("utf-8")
    own = "roles: [{carer: {title: {zh: 照护员, en: Carer}, like: handler}}, "
    (visit / "pack.yaml").write_text(manifest.replace("roles: [", own), "utf-8")
    text = (visit / "scenarios.yaml").read_text("utf-8")
    told = text.replace("handler: 经办, about", "nurse: {role: carer, unit: unit/district_office}, about")
    (visit / "scenarios.yaml").write_text(told.replace("who: handler, does: visit", "who: nurse, does: visit"), "utf-8")
    assert [found.zh for found in check_pack(visit).findings if found.level == "error"] == []
    elsewhere = told.replace("unit: unit/district_office}, about", "unit: unit/roads}, about")
    elsewhere = elsewhere.replace("who: handler, does: visit", "who: nurse, does: visit")
    (visit / "scenarios.yaml").write_text(elsewhere, "utf-8")
    [found] = [found.zh for found in check_pack(visit).findings if found.level == "error"]
    assert "“nurse”不能办“上门办理”" in found
