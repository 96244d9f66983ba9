"""Every mistake in `cases.yaml` gets a sentence that a street officer understands, on the right line."""

from __future__ import annotations

import pytest

from xirang.engines.cases.logic import cases_schema, process_schema
from xirang.engines.cases.spec import revive_process
from xirang.engines.cases.tests.process_samples import HELP, help_desk, read

LINES = {line.strip(): number for number, line in enumerate(HELP.split("\n"), start=1)}


def line_of(beginning: str) -> int:
    """The line of the sample that begins so."""
    return next(number for line, number in LINES.items() if line.startswith(beginning))


def errors(old: str, new: str) -> list[tuple[int, str, str]]:
    """Line, code and Chinese sentence of every error after one change to the sample."""
    assert HELP.count(old) >= 1, old
    _, findings = read(HELP.replace(old, new, 1))
    return [(found.line, found.code, found.zh) for found in findings if found.level == "error"]


def warnings(old: str, new: str) -> list[tuple[int, str, str]]:
    assert HELP.count(old) >= 1, old
    _, findings = read(HELP.replace(old, new, 1))
    return [(found.line, found.code, found.zh) for found in findings if found.level == "warning"]


def test_the_sample_is_clean() -> None:
    assert help_desk().first_stage.code == "collected"


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        (
            "from: waiting, to: assigned",
            "from: waiting, to: assinged",
            "supply:",
            "没有叫 assinged 的环节，您是不是想写 assigned？",
        ),
        ("then: objection", "then: objektion", "then:", "没有叫 objektion 的动作，您是不是想写 objection？"),
        ("by: clock silence", "by: clock silense", "lapse:", "没有叫 silense 的时限，您是不是想写 silence？"),
        (
            "stops: [answer, return]",
            "stops: [anser, return]",
            "stops: [answer",
            "没有叫 anser 的动作，您是不是想写 answer？",
        ),
        ("pauses: [waiting,", "pauses: [wating,", "pauses:", "没有叫 wating 的环节，您是不是想写 waiting？"),
        (
            "  collected: {title: {zh: 收集, en: Collected}, kind: open}",
            "  collected: {kind: open}",
            "collected:",
            "“collected”缺少“title”（名称）。请补上一行“title: …”。",
        ),
        (
            "kind: waiting}\n  answered",
            "kind: wait}\n  answered",
            "waiting:",
            "“kind”不能写“wait”，您是不是想写 waiting？",
        ),
        (
            "    limit: 1\n",
            "    limt: 1\n",
            "limit:",
            "这里没有“limt”这一项，您是不是想写 limit？",
        ),
        (
            "term: 5 workdays",
            "term: 5 weeks",
            "term: 5",
            "“term”写的“5 weeks”不合格式。时限，例如 5 workdays、4 workhours、10 days、12 hours。",
        ),
        (
            "required: true}\n  need",
            "required: yes}\n  need",
            "topic:",
            "“required”应当是true 或 false，现在写的是“yes”。",
        ),
        (
            "80%: slip early_warning",
            "80%: slip yellow",
            "marks:",
            "“80%”写的“slip yellow”不合格式。"
            "写 remind 谁、slip 哪种单（early_warning、supervision、progress），或 escalate。",
        ),
        (
            "en: Help}\nopen_to",
            "en: Help}\ntitle: 又一个\nopen_to",
            "open_to:",
            "“title”写了两次，前一次在第 2 行。请删去一处。",
        ),
        (
            "    outcome: on_account\n",
            "    outcome: on_hold\n",
            "outcome: on_account",
            "“outcome”不能写“on_hold”。可以写的有：explained、not_accepted、on_account、reopened、solved、withdrawn。",
        ),
    ],
)
def test_wrong_words_are_named_with_what_was_probably_meant(old: str, new: str, line: str, sentence: str) -> None:
    assert (line_of(line), sentence) in [(number, zh) for number, _, zh in errors(old, new)]


def test_a_stage_that_nobody_reaches() -> None:
    found = errors("  struck_off:", "  shelved: {title: {zh: 搁置, en: Shelved}, kind: open}\n  struck_off:")
    assert found == [
        (
            line_of("struck_off:"),
            "unreachable",
            "环节“搁置”（shelved）走不到：没有动作从起点通到这里。请加一个 to: shelved 的动作，或删去这个环节。",
        )
    ]


def test_an_end_that_cannot_be_reached() -> None:
    found = errors(
        "  resume: {title: {zh: 恢复, en: Resume}, from: on_account, to: assigned, by: holder}",
        "  resume: {title: {zh: 恢复, en: Resume}, from: on_account, to: on_account, by: holder}",
    )
    assert found == [
        (
            line_of("on_account:"),
            "no_way_out",
            "到了环节“挂账”（on_account）就结束不了：没有动作从这里通向结束环节。请加一个 from: on_account 的动作。",
        )
    ]


def test_no_end_at_all() -> None:
    assert [zh for _, _, zh in errors("en: Struck off}, kind: done", "en: Struck off}, kind: open")] == [
        "没有结束环节。请至少给一个环节写上 kind: done。"
    ]


def test_leaving_an_end_must_be_called_a_reopening() -> None:
    text = "    within: 30 days\n    outcome: reopened\n"
    assert (line_of("reopen:"), "silent_reopen") in [
        (line, code) for line, code, _ in errors(text, "    within: 30 days\n")
    ]


def test_clocks_must_start_and_stop() -> None:
    assert ("never_starts") in [code for _, code, _ in errors("    starts: answer\n", "    starts: confirm\n")]
    needless = warnings("    stops: [confirm, reopen]\n", "    stops: [confirm, reopen, assign]\n")
    assert needless == [
        (
            line_of("stops: [confirm"),
            "stop_elsewhere",
            "“确认期”在能办“交办”的环节里并不计时，这一项可以删去。",
        )
    ]
    elsewhere = warnings("    pauses: [waiting, on_account]\n", "    pauses: [waiting, on_account, answered]\n")
    assert [code for _, code, _ in elsewhere] == ["pause_elsewhere"]


def test_a_clock_drives_an_action_only_where_it_runs() -> None:
    found = errors(
        "from: answered, to: struck_off, by: clock silence",
        "from: [answered, waiting], to: struck_off, by: clock silence",
    )
    assert (
        line_of("lapse:"),
        "clock_not_running",
        "“到期销号”由“确认期”到期触发，但它在“待补充”环节不计时，只在反馈计时。",
    ) in found


def test_a_clock_cannot_fill_in_a_form() -> None:
    found = errors(
        "from: answered, to: struck_off, by: clock silence}",
        "from: answered, to: struck_off, by: clock silence, "
        "asks: {x: {kind: text, title: {zh: 说明, en: X}, required: true}}}",
    )
    assert [code for _, code, _ in found] == ["clock_cannot_answer"]


def test_roles_are_those_of_the_pack() -> None:
    found = errors("open_to: [enterprise, dispatcher]", "open_to: [enterprize, dispatcher]")
    assert found == [
        (
            3,
            "unknown_role",
            "没有叫 enterprize 的角色或关系，您是不是想写 enterprise？新角色请先写进 pack.yaml 的 roles。",
        )
    ]


@pytest.mark.parametrize("who", ["system", "requester"])
def test_only_somebody_with_an_account_in_an_office_becomes_the_handler(who: str) -> None:
    asked = "ask: {title: {zh: 请补充, en: Ask}, from: assigned, to: waiting, by: holder}"
    assert errors(asked, asked.replace("by: holder", "by: [holder], effects: [take: me]")) == []
    (told,) = errors(asked, asked.replace("by: holder", f"by: [holder, {who}], effects: [take: me]"))
    assert (told[0], told[1]) == (line_of("ask: {title"), "nobody_takes")


def test_a_stage_needs_somebody_who_can_act() -> None:
    found = errors("    effects: [hold: unit]\n", "")
    assert (line_of("assigned:"), "no_holder") in [(line, code) for line, code, _ in found]


def test_nobody_is_asked_what_the_ground_may_know() -> None:
    field = "  loss: {kind: fen, title: {zh: 损失, en: Loss}}\n"
    found = errors(field, field + "  where: {kind: place, title: {zh: 企业地址, en: Address}}\n")
    assert [(code, zh) for _, code, zh in found] == [
        ("asked_twice", "“企业地址”系统里可能已有。请写 from 从系统带出，或写 because 说明为什么必须填。")
    ]
    assert (
        errors(field, field + "  where: {kind: place, title: {zh: 企业地址, en: Address}, from: about.address}\n") == []
    )
    found = errors(field, field + "  tel: {kind: phone, title: {zh: 电话, en: Phone}, from: requester.phone}\n")
    assert [code for _, code, _ in found] == ["personal"]
    found = errors(
        field, field + "  tel: {kind: phone, title: {zh: 电话, en: Phone}, from: requester.phone, personal: contact}\n"
    )
    assert [zh for _, _, zh in found] == ["“电话”是个人信息，必须写明保存多久，例如 keep: 2y。"]


def test_expressions_are_checked_with_their_place() -> None:
    found = errors("topic == 'power'", "topic == 'powr'")
    assert len(found) == 1
    assert found[0][0] == line_of("- {when: topic")
    assert "powr" in found[0][2]
    assert "»" in found[0][2]
    found = errors("has(about.staff) and about.staff >= 1000", "about.staff >= 1000")
    assert [code for _, code, _ in found] == ["expression"]
    assert "可能没有数据" in found[0][2]


def test_a_guard_must_say_why() -> None:
    found = errors(
        "    because: {zh: 损失一万元以上的不能挂账, "
        "en: A loss of ten thousand yuan or more may not be put on account}\n",
        "",
    )
    assert [(line, code) for line, code, _ in found] == [(line_of("guard:"), "guard_reason")]


def test_lists_use_only_what_an_index_carries() -> None:
    assert [code for _, code, _ in errors("holder == me and handle.due", "need == me and handle.due")] == ["expression"]
    found = errors("sort: handle.due", "sort: topic")
    assert found[0][1] == "sort"
    found = errors("show: [number, topic, handle.due]", "show: [number, topik, handle.due]")
    assert found[0][2] == "没有叫 topik 的列，您是不是想写 topic？"
    found = errors("    stops: [answer, return]\n", "    stops: [return]\n")
    assert "clock_beside" in [code for _, code, _ in found]


def test_titles_need_chinese_and_are_reminded_of_english_once() -> None:
    found = errors("{zh: 收集, en: Collected}", "Collected")
    assert [(line, code) for line, code, _ in found] == [(line_of("collected:"), "no_chinese")]
    found = warnings("{zh: 收集, en: Collected}", "收集")
    assert found == [
        (
            line_of("collected:"),
            "no_english",
            f"有 1 处没有英文名称（第 {line_of('collected:')} 行）。请写成 {{zh: 中文, en: English}}。",
        )
    ]


def test_endless_returns_and_twins_are_pointed_out() -> None:
    text = "    limit: 1\n    then: objection\n"
    assert (line_of("return:"), "endless_return") in [(line, code) for line, code, _ in warnings(text, "")]
    twins = warnings("title: {zh: 请补充, en: Ask}", "title: {zh: 答复, en: Answer}")
    assert [code for _, code, _ in twins] == ["same_title"]


def test_a_limit_that_leads_elsewhere_is_refused() -> None:
    found = errors(
        "    title: {zh: 提出异议, en: Object}\n    from: assigned",
        "    title: {zh: 提出异议, en: Object}\n    from: waiting",
    )
    assert "then_elsewhere" in [code for _, code, _ in found]


def test_schemas_are_valid_and_described_in_both_languages() -> None:
    import jsonschema_rs

    for schema in (process_schema(), cases_schema()):
        jsonschema_rs.meta.validate(schema)
    properties = process_schema()["properties"]
    assert set(process_schema()["required"]) == {"process", "title", "open_to", "stages", "actions"}
    assert all(line["x-zh"] and line["x-en"] for line in properties.values())


def test_a_stored_process_comes_back_the_same() -> None:
    process = help_desk()
    assert process.document is not None
    topics = {
        "values/topics.yaml": {
            "topics": {
                "title": "事项",
                "type": "choices",
                "choices": {"power": {"zh": "用电", "en": "Power"}, "road": {"zh": "道路", "en": "Roads"}},
            }
        }
    }
    assert revive_process(process.document.data, topics) == process


LOSS = "  loss: {kind: fen, title: {zh: 损失, en: Loss}}"
PERSONAL = "personal: contact, keep: 1y, because: 便于联系}"


def test_two_personal_fields_of_one_class_are_refused_because_one_would_be_lost() -> None:
    first = f"  mobile: {{kind: phone, title: {{zh: 手机, en: Mobile}}, {PERSONAL}"
    second = f"  office: {{kind: phone, title: {{zh: 办公电话, en: Office}}, {PERSONAL}"
    assert errors(LOSS, f"{LOSS}\n{first}") == []
    found = errors(LOSS, f"{LOSS}\n{first}\n{second}")
    assert [code for _line, code, _zh in found] == ["one_drawer"]
    assert found[0][2] == "“手机”和“办公电话”是同一类个人信息，一张表里只能有一项。请去掉一项，或换一个类别。"


def test_an_action_asks_for_no_place() -> None:
    asked = "asks: {unit: {kind: unit, title: {zh: 承办单位, en: Unit}, required: true}}"
    place = f"{asked[:-1]}, where: {{kind: place, title: 哪里, because: 必要}}}}"
    assert [code for _line, code, _zh in errors(asked, place)] == ["place_asked"]


VIEW = (
    "    where: holder == me and handle.due < end_of_day\n    sort: handle.due\n    show: [number, topic, handle.due]\n"
)


def view(where: str = "holder == me", sort: str = "due", show: str = "[number, topic]") -> list[tuple[str, str]]:
    """Code and Chinese sentence of what is wrong with a list."""
    found = errors(VIEW, f"    where: {where}\n    sort: {sort}\n    show: {show}\n")
    return [(code, zh) for _line, code, zh in found]


@pytest.mark.parametrize(
    "where", ["topic == 'power'", "topic in ['power', 'road'] and stage == 'collected'", "topic != 'road'"]
)
def test_a_list_may_ask_for_answers_that_are_kept_apart(where: str) -> None:
    assert view(where) == []


@pytest.mark.parametrize("where", ["need == 'x'", "loss > 100", "topic == 'pwer'", "contains(topic, 'p')"])
def test_a_list_asks_for_nothing_that_no_index_carries(where: str) -> None:
    assert [code for code, _zh in view(where)] in (["expression"], ["view_function"])


def test_a_unit_is_not_written_into_a_list() -> None:
    field = "  loss: {kind: fen, title: {zh: 损失, en: Loss}}\n"
    text = HELP.replace(field, field + "  owner: {kind: unit, title: {zh: 产权单位, en: Owner}}\n")
    wrong, right = (text.replace("holder == me and", f"{where} and") for where in ("owner == 'power'", "owner == me"))
    assert "identity" in [found.code for found in read(wrong)[1]]
    assert not [found for found in read(right)[1] if found.level == "error"]


def test_a_list_shows_columns_and_fields_that_exist() -> None:
    assert view(show="[number, about, requester, need, loss, due, silence.due]") == []
    assert view(show="[number, tpoic]") == [("column", "没有叫 tpoic 的列，您是不是想写 topic？")]
    assert view(sort="loss")[0][0] == "sort"


def test_personal_fields_may_be_shown_since_lists_show_them_masked() -> None:
    field = "  loss: {kind: fen, title: {zh: 损失, en: Loss}}\n"
    phone = (
        "  phone: {kind: phone, title: {zh: 电话, en: Phone}, personal: contact, keep: 1y, because: {zh: 约, en: x}}\n"
    )
    text = HELP.replace(field, field + phone)
    shown = text.replace("show: [number, topic", "show: [number, phone")
    assert not [found for found in read(shown)[1] if found.level == "error"]
    asked = text.replace("holder == me and", "phone == '1' and")
    assert "expression" in [found.code for found in read(asked)[1]]
