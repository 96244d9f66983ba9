"""What the expression language refuses before it looks at types: every form, with its position and both sentences."""

from __future__ import annotations

import pickle
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.budgets import examples
from xirang.foundation.expressions import BOOL, FEN, INT, TEXT, ExpressionError, OptionalOf, compile_expression
from xirang.foundation.expressions.messages import MESSAGES

# Tables of vectors are read in columns; the formatter would give each number a line of its own.
# fmt: off

NAMES = {"bill": FEN, "staff": INT, "name": TEXT, "about": {"staff": INT}, "ok": BOOL, "late": OptionalOf(INT),
         "电费": FEN}

REFUSED = [
    # source, code, column, end
    ("", "empty", 1, 2),
    ("  \n ", "empty", 1, 2),
    ("staff > 3.5", "bad_number", 9, 12),
    ("staff > 1_000", "bad_number", 9, 14),
    ("staff > 0x10", "bad_number", 9, 13),
    ("staff > 1e3", "bad_number", 9, 12),
    ("staff > 007", "bad_number", 9, 12),
    ("staff > 12人", "bad_number", 9, 12),
    ("staff > " + "9" * 19, "number_too_big", 9, 28),
    ("name == 'a", "unclosed_text", 9, 11),
    ("name == '''a'''", "bad_text", 9, 12),
    (r"name == '\x41'", "bad_text", 10, 11),
    ("name == 'a\u202eb'", "bad_text", 11, 12),
    ("name == 'a\ud800'", "bad_text", 11, 12),
    ("name == 'a' 'b'", "joined_text", 13, 16),
    ("name == f'a'", "missing_operator", 10, 11),
    ("name == b'a'", "missing_operator", 10, 11),
    ("name == '" + "长" * 201 + "'", "text_too_long", 9, 212),
    ("staff ＞ 3", "fullwidth", 7, 8),
    ("（staff > 3", "fullwidth", 1, 2),
    ("name == “甲”", "fullwidth", 9, 10),
    ("staff\u3000> 3", "fullwidth", 6, 7),
    ("ｓtaff > 3", "fullwidth", 1, 6),
    ("staff = 3", "single_equals", 7, 8),
    ("(staff = 3)", "single_equals", 8, 9),
    ("staff => 3", "unknown_operator", 7, 9),
    ("staff <> 3", "unknown_operator", 7, 9),
    ("staff ** 3", "unknown_operator", 7, 9),
    ("staff // 3", "unknown_operator", 7, 9),
    ("staff % 3", "unknown_operator", 7, 8),
    ("ok && ok", "unknown_operator", 4, 6),
    ("ok || ok", "unknown_operator", 4, 6),
    ("!ok", "unknown_operator", 1, 2),
    ("(y := 3)", "unknown_operator", 4, 6),
    ("ok # and ok", "unknown_operator", 4, 5),
    ("{1, 2}", "unknown_operator", 1, 2),
    ("ok; ok", "unknown_operator", 3, 4),
    ("~staff", "bad_character", 1, 2),
    ("staff @ 3", "bad_character", 7, 8),
    ("staff > 3\x00", "bad_character", 10, 11),
    ("(staff > 3", "unclosed_bracket", 1, 2),
    ("staff > 3)", "unmatched_bracket", 10, 11),
    ("(staff > 3]", "unmatched_bracket", 11, 12),
    ("lambda: 3", "forbidden_word", 1, 7),
    ("[x for x in y]", "forbidden_word", 4, 7),
    ("late is None", "forbidden_word", 6, 8),
    ("late == None", "forbidden_word", 9, 13),
    ("await ok", "forbidden_word", 1, 6),
    ("yield ok", "forbidden_word", 1, 6),
    ("import os", "forbidden_word", 1, 7),
    ("staff 3", "missing_operator", 7, 8),
    ("staff > 3 ok", "missing_operator", 11, 13),
    ("3 (4)", "missing_operator", 3, 4),
    ("staff > ", "missing_value_at_end", 8, 9),
    ("staff > and ok", "missing_value", 9, 12),
    ("and ok", "missing_value", 1, 4),
    ("staff > +3", "unary_plus", 9, 10),
    ("ok if ok", "if_without_else", 4, 6),
    ("ok else ok", "else_without_if", 4, 8),
    ("(ok if ok) else ok", "if_without_else", 5, 7),
    ("ok == not ok", "syntax", 7, 8),
    ("about.3", "syntax", 6, 7),
    ("name[0]", "forbidden", 1, 8),
    ("name[0](3)", "forbidden", 1, 11),
    ("about.staff(3)", "forbidden", 1, 15),
    ("(staff + 1).real", "forbidden", 1, 17),
    ("'a'.upper()", "forbidden", 1, 12),
    ("min(*name)", "missing_value", 5, 6),
    ("staff, staff", "list_alone", 1, 13),
    ("[1, 2]", "list_alone", 1, 7),
    ("()", "list_alone", 1, 3),
    ("staff in ()", "empty_list", 10, 12),
    ("staff in (1, staff)", "literals_only", 14, 19),
    ("staff in (1, [2])", "literals_only", 14, 17),
    ("staff in (1)", "list_needed", 11, 12),
    ("name in 'abc'", "list_needed", 9, 14),
    ("'a' in name", "list_needed", 8, 12),
    ("1 < staff in (1, 2)", "comparison_in_list", 1, 20),
    ("bill / 2", "division", 1, 9),
    ("5/-100", "division", 1, 7),
    ("5/0", "zero_denominator", 3, 4),
    ("bill * 5/100", "rate_in_product", 1, 13),
    ("电费 + 电费 * 5/100", "rate_in_product", 6, 16),
]


def refused(source: object) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, NAMES)
    return caught.value


def problem_of(source: str) -> ExpressionError | None:
    try:
        compile_expression(source, NAMES)
    except ExpressionError as problem:
        return problem
    return None


@pytest.mark.parametrize(("source", "code", "column", "end"), REFUSED)
def test_every_refused_form_names_its_place_in_both_languages(source, code, column, end):
    problem = refused(source)
    assert (problem.code, problem.column, problem.end) == (code, column, end)
    assert problem.zh.endswith(("。", "？"))
    assert problem.en.endswith((".", "?"))
    assert not re.search(r"\{\w+\}", problem.zh + problem.en)
    assert str(problem) == f"第 {column} 个字符：{problem.zh}"
    assert (problem.sentence("zh"), problem.sentence("en")) == (problem.zh, problem.en)


@pytest.mark.parametrize("value", [True, 5, None, ["a"], pytest.param(10**5000, id="huge")])
def test_a_rule_that_is_not_text_is_refused(value):
    assert refused(value).code == "not_text"


def test_every_sentence_exists_in_both_languages_and_ends():
    for code, (zh, en) in MESSAGES.items():
        assert re.search("[\u4e00-\u9fff]", zh), code
        assert not re.search("[\u4e00-\u9fff]", en), code
        assert zh.endswith(("。", "{hint}")), code
        assert en.endswith((".", "{hint}")), code


def test_columns_count_characters_and_not_bytes():
    problem = refused("电费 > 3 and 电费 < 字数")
    assert (problem.column, problem.end) == (17, 19)
    assert problem.marked("电费 > 3 and 电费 < 字数") == "电费 > 3 and 电费 < »字数«"


def test_a_rule_may_span_lines_and_be_indented():
    source = "  staff > 3\n  and\tstaff < 9\r\n"
    assert compile_expression(source, NAMES).evaluate({"staff": 5}).value is True
    assert refused("staff > 3\nand nobody < 9").column == 15


def test_an_error_survives_pickling():
    problem = refused("staff > 3.5")
    again = pickle.loads(pickle.dumps(problem))
    assert (again.code, again.column, again.end, again.zh, again.en) == (
        problem.code, problem.column, problem.end, problem.zh, problem.en)


@pytest.mark.parametrize("source", [
    "(" * 5000 + "1" + ")" * 5000,
    "(" * 900 + "1" + ")" * 900,
    "not " * 490 + "ok",
    "-" * 499 + "1",
    "+".join(["staff"] * 240) + " > 3",
    "ok and (" * 100 + "ok" + ")" * 100,
    "1 if ok else " * 80 + "1",
    "about" + ".staff" * 200,
    "min(" * 60 + "1" + ")" * 60,
    "1," * 900,
    "ok or " * 5000 + "ok",
    "'" * 1999,
    "9" * 100_000,
    "has(" * 400,
])
def test_hostile_sizes_are_refused_quickly(source):
    began = time.perf_counter()
    assert refused(source).code in MESSAGES
    assert time.perf_counter() - began < 1


def test_depth_and_length_limits_leave_room_for_real_rules():
    long_rule = " and ".join(f"staff != {number}" for number in range(100))
    assert compile_expression(long_rule, NAMES).evaluate({"staff": 500}).value is True


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=80))
@example("\ufeffok")
@example("ok\x0cand ok")
@example("staff >\u2028 3")
@example("١ < 3")
@example("ﬁ")
@example("²")
@example("a·b")
def test_any_text_gives_an_expression_or_our_own_error(source):
    problem = problem_of(source)
    assert problem is None or 1 <= problem.column <= min(problem.end, len(source) + 1)


PIECES = st.sampled_from([
    "bill", "staff", "about", ".", "staff", "ok", "late", "name", "电费", "1", "5/100", "0", "'a'", "'", "(", ")", "[",
    "]", ",", "+", "-", "*", "/", "<", "<=", "==", "=", "and", "or", "not", "in", "if", "else", "has(", "coalesce(",
    "min(", "ratio(", "scale=", "when_zero=", "count(", "round_fen(", "True", "year(", "contains(", "lambda", " ", "\n",
])


@settings(max_examples=examples(500), deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_any_heap_of_known_words_gives_an_expression_or_our_own_error(pieces):
    source = " ".join(pieces)
    problem = problem_of(source)
    if problem is not None:
        assert 1 <= problem.column <= min(problem.end, len(source) + 1)
        return
    values = {"bill": 1, "staff": 2, "name": "a", "about": {"staff": 3}, "ok": True, "late": None, "电费": 4}
    assert compile_expression(source, NAMES).evaluate(values).source == source
