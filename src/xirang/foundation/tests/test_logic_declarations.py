"""The reader of declarations: YAML without surprises, every position kept, every refusal a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation.declarations import Limits, did_you_mean, nearest, pointer, read_values, read_yaml


def data_of(text: str) -> object:
    document, findings = read_yaml(text, "x.yaml")
    assert document is not None, findings
    return document.data


def refusal(text: str | bytes, limits: Limits | None = None) -> tuple[int, str, str]:
    document, findings = read_yaml(text, "x.yaml", limits or Limits())
    assert document is None
    assert len(findings) == 1
    return findings[0].line, findings[0].code, findings[0].zh


def test_words_that_yaml_1_1_turned_into_something_else_stay_words() -> None:
    text = "on: off\nyes: no\ncountry: NO\ndate: 2026-09-18T16:00\nday: 2026-09-18\n"
    text += "version: 1.10\noct: 012\nsexagesimal: 1:30\n"
    assert data_of(text) == {
        "on": "off",
        "yes": "no",
        "country": "NO",
        "date": "2026-09-18T16:00",
        "day": "2026-09-18",
        "version": "1.10",
        "oct": "012",
        "sexagesimal": "1:30",
    }


def test_the_few_forms_with_a_meaning() -> None:
    assert data_of("a: true\nb: False\nc: 12\nd: -3\ne:\nf: ~\ng: '12'\nh: \"true\"\n1: x\n") == {
        "a": True,
        "b": False,
        "c": 12,
        "d": -3,
        "e": None,
        "f": None,
        "g": "12",
        "h": "true",
        "1": "x",
    }


def test_no_number_becomes_a_float_or_loses_digits() -> None:
    assert data_of("a: 0.1\nb: 1e3\nc: 99999999999999999999\nd: .inf\n") == {
        "a": "0.1",
        "b": "1e3",
        "c": "99999999999999999999",
        "d": ".inf",
    }


def test_every_value_and_key_knows_its_place() -> None:
    document, _ = read_yaml("stages:\n  收集: {title: 收, kind: open}\nlist: [a, b]\n", "x.yaml")
    assert document is not None
    assert document.where("/stages/收集/kind") == (2, 24)
    assert document.where("/stages/收集/kind", key=True) == (2, 18)
    assert document.where("/list/1") == (3, 11)
    assert document.where("/stages/收集/absent") == (2, 3)
    part = document.part("/stages/收集")
    assert part.data == {"title": "收", "kind": "open"}
    assert part.where("/kind") == (2, 24)


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        ("a: 1\na: 2\n", 2, "duplicate", "“a”写了两次，前一次在第 1 行"),
        ("a: &x 1\nb: *x\n", 1, "anchor", "不能使用“&”和“*”引用"),
        ("a: *x\n", 1, "anchor", "不能使用“&”和“*”引用"),
        ("a: !!python/object:os.system ls\n", 1, "tag", "不能使用“!”标签"),
        ("a: 1\n---\nb: 2\n", 2, "several", "一个文件里只能有一份内容"),
        ("a:\n\tb: 1\n", 2, "tab", "行首用了制表符"),
        ("a: 1\ntitle：企业\nb: 2\n", 2, "full_width", "中文冒号"),
        ("a: [1, 2\nb: 3\n", 2, "syntax", "括号没有成对"),
        ("a: 'x\n", 2, "syntax", "引号没有成对"),
        ("a: b: c\n", 1, "syntax", "多了一个冒号"),
        ("a: @x\n", 1, "syntax", "不能放在开头"),
        ("", 0, "empty", "文件是空的"),
        ("# 只有注释\n", 0, "empty", "文件是空的"),
        ("? [a, b]\n: 1\n", 1, "key", "名称必须是一个词"),
        ("a: \x07\n", 1, "unreadable", "控制字符"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str, line: int, code: str, words: str) -> None:
    found = refusal(text)
    assert found[:2] == (line, code)
    assert words in found[2]


def test_other_encodings_and_floods_are_refused() -> None:
    assert refusal("标题: 企业\n".encode("gbk"))[:2] == (1, "not_utf8")
    assert refusal("a: " + "x" * 400, Limits(bytes=100))[1] == "too_big"
    assert refusal("a: " + "x" * 400, Limits(text=100))[1] == "too_long"
    assert refusal("[" * 60 + "]" * 60)[1] == "too_much"
    assert refusal("\n".join(f"k{n}: 1" for n in range(200)), Limits(nodes=100))[1] == "too_much"
    assert refusal("a: [&a [x, x], *a, *a]")[1] == "anchor"


def test_a_byte_order_mark_does_no_harm() -> None:
    document, findings = read_yaml("a: 1\n".encode("utf-8-sig"), "x.yaml")
    assert not findings
    assert document is not None
    assert document.data == {"a": 1}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_raise(raw: bytes) -> None:
    document, findings = read_yaml(raw, "x.yaml")
    assert (document is None) == bool(findings)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_but_never_raises(text: str) -> None:
    document, findings = read_yaml("a: {b: [" + text, "x.yaml")
    assert (document is None) == bool(findings)


def test_pointers_escape_their_marks() -> None:
    assert pointer("a/b", "c~d", 3) == "/a~1b/c~0d/3"


def test_the_nearest_name_is_suggested_or_all_are_listed() -> None:
    assert nearest("assinged", ["assigned", "answered"]) == "assigned"
    assert did_you_mean("assinged", ["assigned"]) == ("，您是不是想写 assigned？", '; did you mean "assigned"?')
    assert did_you_mean("zzz", ["b", "a"]) == ("。可以写的有：a、b。", ". Known are: a, b.")


def test_values_are_choices_or_dated() -> None:
    def read(text: str) -> list[str]:
        document, _ = read_yaml(text, "values/x.yaml")
        assert document is not None
        return [f"{found.line} {found.zh}" for found in read_values(document)[1]]

    drop = "min_drop:\n  title: 最低降幅\n  type: rate\n  history:\n"
    entry = "    - {{from: {day}, value: {value}, document: 示例〔2023〕12号, clause: 第三条}}\n"
    assert read(drop + entry.format(day="2023-07-01", value="5/100")) == []
    assert read(drop + entry.format(day="2023-07-01", value="about five"))[0].startswith("5 ")
    two = drop + entry.format(day="2023-07-01", value="5/100") + entry.format(day="2023-07-01", value="6/100")
    assert read(two) == ["6 日期要从早到晚排列，不能重复。"]
    assert read("x:\n  title: 事项\n  type: choices\n") == ["1 “x”没有选项。请在 choices 下写出至少一项。"]
    assert read("x:\n  title: 事项\n  type: rat\n  history: [{from: 2023-07-01, value: 1, document: 文}]\n") == [
        "3 没有“rat”这种类型，您是不是想写 rate？"
    ]
