"""The type checker: how types are written, what fits together, and what the error says when it does not."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation.expressions import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    INT,
    MONTH,
    RATE,
    SCORE,
    TEXT,
    UNROUNDED_FEN,
    Code,
    Convert,
    ExpressionError,
    ListOf,
    Literal,
    Name,
    OptionalOf,
    Quantity,
    Record,
    compile_expression,
    parse_type,
    walk,
    words_for,
)

# Tables of vectors are read in columns; the formatter would give each number a line of its own.
# fmt: off

TOPIC = Code(frozenset({"power", "water", "road"}))
NAMES = {
    "registered": BOOL, "staff": INT, "bill": FEN, "bill_last_year": OptionalOf(FEN), "min_drop": RATE,
    "points": SCORE, "used": Quantity("kWh"), "area": Quantity("亩"), "day_in": DATE, "due": DATETIME, "period": MONTH,
    "name": TEXT, "topic": TOPIC, "old_topic": OptionalOf(TOPIC), "colour": Code(frozenset({"red"})),
         "any_code": Code(),
    "tags": ListOf(Code()), "checks": ListOf(BOOL), "amounts": ListOf(FEN), "lost": OptionalOf(ListOf(INT)),
    "about": {"staff": INT, "phone": OptionalOf(TEXT), "site": {"area": Quantity("亩")}},
    "leader": OptionalOf(Record.of({"age": INT, "phone": OptionalOf(TEXT)})), "left": OptionalOf(INT),
}


def kind(source: str, expects=None) -> str:
    return str(compile_expression(source, NAMES, expects=expects).type)


def refused(source: str, expects=None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, NAMES, expects=expects)
    problem = caught.value
    assert not re.search(r"\{\w+\}", problem.zh + problem.en)
    assert re.search("[\u4e00-\u9fff]", problem.zh)
    return problem


@pytest.mark.parametrize(("source", "expected"), [
    ("registered", "bool"), ("True", "bool"), ("not registered", "bool"), ("3", "int"), ("-staff", "int"),
    ("5/100", "rate"), ("-5/100", "rate"), ("'a'", "text"), ("about.staff", "int"), ("about.site.area", "quantity[亩]"),
    ("staff + 1", "int"), ("staff * min_drop", "rate"), ("1 - min_drop", "rate"), ("min_drop * min_drop", "rate"),
    ("bill + 1", "fen"), ("bill - bill", "fen"), ("bill * 2", "fen"), ("2 * bill", "fen"), ("bill * staff", "fen"),
    ("bill * min_drop", "unrounded_fen"), ("bill * (5/100)", "unrounded_fen"),
    ("bill + bill * min_drop", "unrounded_fen"),
    ("bill * min_drop * 2", "unrounded_fen"), ("-bill", "fen"), ("points + 1", "score"), ("points * min_drop", "score"),
    ("used + 5", "quantity[kWh]"), ("used * min_drop", "quantity[kWh]"), ("used * 3 - used", "quantity[kWh]"),
    ("points + staff", "score"), ("staff if registered else 5/100", "rate"), ("bill if registered else 0", "fen"),
    ("bill if registered else bill * min_drop", "unrounded_fen"), ("bill_last_year", "optional[fen]"),
    ("bill_last_year if registered else bill_last_year", "optional[fen]"), ("topic", "code[power|road|water]"),
    ("topic if registered else colour", "code[power|red|road|water]"), ("day_in", "date"),
    ("min(bill, 300)", "fen"), ("max(day_in, '2026-01-01')", "date"), ("min(staff, 5/100, 3)", "rate"),
    ("abs(bill - 5)", "fen"), ("has(bill_last_year)", "bool"), ("has(leader.phone)", "bool"), ("has(bill)", "bool"),
    ("coalesce(bill_last_year, 0)", "fen"), ("coalesce(bill_last_year, bill * min_drop)", "unrounded_fen"),
    ("coalesce(left, 5/100)", "rate"), ("coalesce(left, left)", "optional[int]"),
    ("coalesce(leader.age, left, 0)", "int"), ("coalesce(old_topic, 'power')", "code[power|road|water]"),
    ("round_fen(bill * min_drop, 'half_up')", "fen"), ("round_fen(bill, rounding='down')", "fen"),
    ("ratio(staff, 3, scale=2, when_zero=0)", "rate"), ("ratio(bill, bill, scale=2, when_zero=5/100)", "rate"),
    ("ratio(bill, bill * min_drop, scale=2, when_zero=0)", "rate"),
    ("ratio(points, points, scale=2, when_zero=0)", "rate"),
    ("ratio(bill, staff, scale=0, when_zero=0)", "unrounded_fen"), ("ratio(points, 3, scale=1, when_zero=0)", "score"),
    ("ratio(used, used, scale=2, when_zero=0)", "rate"),
    ("ratio(used, min_drop, scale=2, when_zero=0)", "quantity[kWh]"),
    ("ratio(bill, area, scale=0, when_zero=0)", "quantity[fen/亩]"),
    ("ratio(used, area, scale=0, when_zero=0)", "quantity[kWh/亩]"),
    ("ratio(100, bill, scale=2, when_zero=0, rounding='up')", "rate"), ("percent(5)", "rate"), ("year(due)", "int"),
    ("month(period)", "int"), ("day(day_in)", "int"), ("days_between(day_in, due)", "int"),
    ("days_between('2026-01-01', day_in)", "int"), ("months_between(period, '2026-07')", "int"),
    ("workdays_between(day_in, due)", "int"), ("same_month_last_year(period)", "month"),
    ("same_month_last_year(day_in)", "month"), ("starts_with(name, 'a')", "bool"), ("starts_with(topic, 'p')", "bool"),
    ("contains(name, 'a')", "bool"), ("contains(tags, 'a')", "bool"), ("contains(amounts, 5)", "bool"),
    ("count(tags)", "int"), ("count(registered, staff > 3)", "int"), ("any(checks)", "bool"),
    ("all(registered)", "bool"),
    ("bill <= 100 * 100", "bool"), ("0 < bill <= bill * min_drop", "bool"), ("used > 5", "bool"),
    ("period >= '2026-07'", "bool"),
    ("due < '2026-09-18T16:00'", "bool"), ("due < '2026-09-18T16:00:00Z'", "bool"), ("topic == 'power'", "bool"),
    ("'power' == topic", "bool"), ("topic == any_code", "bool"), ("name != 'a'", "bool"),
    ("registered == True", "bool"),
    ("topic in ('power', 'water')", "bool"), ("topic in ['power']", "bool"), ("staff not in (1, -2)", "bool"),
    ("any_code in tags", "bool"), ("'a' in tags", "bool"), ("bill in (100, 200)", "bool"),
    ("min_drop in (5/100, 1)", "bool"),
    ("period in ('2026-07', '2026-08')", "bool"), ("5 in amounts", "bool"),
])
def test_what_a_rule_gives(source, expected):
    assert kind(source) == expected


@pytest.mark.parametrize(("source", "expects", "expected"), [
    ("1", RATE, "rate"), ("1", SCORE, "score"), ("1", FEN, "fen"), ("1", Quantity("kWh"), "quantity[kWh]"),
    ("staff", RATE, "rate"), ("min_drop", SCORE, "score"), ("bill", UNROUNDED_FEN, "unrounded_fen"),
    ("'power'", TOPIC, "code[power|road|water]"), ("'2026-07'", MONTH, "month"), ("2 * 3 - 1", FEN, "fen"),
    ("'power' if registered else 'water'", TOPIC, "code[power|road|water]"), ("bill", OptionalOf(FEN), "fen"),
    ("bill_last_year", OptionalOf(FEN), "optional[fen]"),
    ("old_topic", OptionalOf(Code()), "optional[code[power|road|water]]"),
    ("topic", Code(), "code[power|road|water]"),
])
def test_a_result_widens_to_what_is_expected(source, expects, expected):
    assert kind(source, expects) == expected


@pytest.mark.parametrize(("source", "code", "column", "expected", "found"), [
    ("staf > 3", "unknown_name", 1, "", "staf"),
    ("true", "unknown_name", 1, "", "true"),
    ("about.stuff > 3", "unknown_field", 7, "", "stuff"),
    ("bill.real", "not_a_record", 6, "", "real"),
    ("staff > 3 and about", "record_alone", 15, "about.staff", "about"),
    ("about == about", "record_alone", 1, "about.staff", "about"),
    ("mni(1, 2)", "unknown_function", 1, "", "mni"),
    ("staff > min", "function_alone", 9, "min(a, b, …)", "min"),
    ("staff and registered", "wrong_type", 1, "bool", "int"),
    ("registered and bill", "wrong_type", 16, "bool", "fen"),
    ("not staff", "wrong_type", 5, "bool", "int"),
    ("1 if staff else 2", "wrong_type", 6, "bool", "int"),
    ("-name", "wrong_type", 2, "int", "text"),
    ("bill + staff", "cannot_combine", 8, "fen", "int"),
    ("bill + 5/100", "cannot_combine", 8, "fen", "rate"),
    ("bill * bill", "cannot_combine", 1, "fen", "fen"),
    ("bill * points", "cannot_combine", 1, "fen", "score"),
    ("used * area", "cannot_combine", 1, "quantity[kWh]", "quantity[亩]"),
    ("name + 'a'", "cannot_combine", 1, "text", "text"),
    ("registered + 1", "cannot_combine", 1, "bool", "int"),
    ("points + min_drop", "cannot_combine", 10, "score", "rate"),
    ("used + area", "units_differ", 8, "kWh", "亩"),
    ("used > area", "units_differ", 8, "kWh", "亩"),
    ("day_in - day_in", "date_arithmetic", 1, "days_between(a, b)", "day_in - day_in"),
    ("day_in + 1", "date_arithmetic", 1, "days_between(a, b)", "day_in + 1"),
    ("bill > staff", "cannot_compare", 8, "fen", "int"),
    ("bill == min_drop", "cannot_compare", 9, "fen", "rate"),
    ("day_in < due", "cannot_compare", 10, "date", "datetime"),
    ("topic == name", "cannot_compare", 10, "code[power|road|water]", "text"),
    ("registered == 1", "cannot_compare", 15, "bool", "int"),
    ("tags == tags", "cannot_compare", 1, "list[code]", "list[code]"),
    ("tags in tags", "cannot_compare", 1, "list[code]", "list[code]"),
    ("name < 'b'", "no_order", 1, "==", "text"),
    ("topic < 'water'", "no_order", 1, "==", "code[power|road|water]"),
    ("registered > True", "no_order", 1, "==", "bool"),
    ("topic == 'powr'", "unknown_code", 10, "power, road, water", "powr"),
    ("topic in ('power', 'watr')", "unknown_code", 20, "power, road, water", "watr"),
    ("'x' if topic != 'rode' else 'y'", "unknown_code", 17, "power, road, water", "rode"),
    ("topic == colour", "codes_differ", 10, "code[power|road|water]", "code[red]"),
    ("day_in > '2026-13-01'", "bad_moment", 10, "'2026-09-18'", "2026-13-01"),
    ("period > '2026-7'", "bad_moment", 10, "'2026-09'", "2026-7"),
    ("due > 'tomorrow'", "bad_moment", 7, "'2026-09-18T16:00'", "tomorrow"),
    ("bill <= bill_last_year", "missing_not_met", 9, "fen", "optional[fen]"),
    ("abs(left)", "missing_not_met", 5, "int", "optional[int]"),
    ("leader.age > 3", "missing_not_met", 1, "int", "optional[int]"),
    ("contains(about.phone, '1')", "missing_not_met", 10, "text", "optional[text]"),
    ("coalesce(left, left) > 3", "result_may_be_missing", 1, "int", "optional[int]"),
    ("left if registered else 3", "missing_not_met", 1, "int", "optional[int]"),
    ("3 in lost", "missing_not_met", 6, "list[int]", "optional[list[int]]"),
    ("old_topic in ('power',)", "missing_not_met", 1, "code[power|road|water]", "optional[code[power|road|water]]"),
    ("min(bill)", "too_few_arguments", 1, "min(a, b, …)", "b"),
    ("min()", "too_few_arguments", 1, "min(a, b, …)", "a"),
    ("abs()", "too_few_arguments", 1, "abs(x)", "x"),
    ("abs(1, 2)", "too_many_arguments", 8, "abs(x)", "2"),
    ("abs(y=1)", "unknown_argument", 5, "abs(x)", "y"),
    ("abs(1, x=1)", "repeated_argument", 8, "abs(x)", "x"),
    ("min(a=1, b=2)", "unknown_argument", 5, "min(a, b, …)", "a"),
    ("ratio(bill, bill, scale=2)",
    "too_few_arguments", 1, "ratio(a, b, scale=…, when_zero=…, rounding='half_up')", "when_zero"),
    ("ratio(bill, bill, 2, 0)", "too_many_arguments", 19, "ratio(a, b, scale=…, when_zero=…, rounding='half_up')", "2"),
    ("ratio(bill, bill, scale=staff, when_zero=0)", "bad_option", 25, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
    "staff"),
    ("ratio(bill, bill, scale=13, when_zero=0)", "bad_option", 25, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12", "13"),
    ("ratio(bill, bill, scale=True, when_zero=0)", "bad_option", 25, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
    "True"),
    ("ratio(bill, bill, scale=2, when_zero=bill)", "wrong_type", 38, "rate", "fen"),
    ("ratio(staff, bill, scale=2, when_zero=0)", "cannot_divide", 7, "int", "fen"),
    ("ratio(name, bill, scale=2, when_zero=0)", "cannot_divide", 7, "text", "fen"),
    ("ratio(bill, points, scale=2, when_zero=0)", "cannot_divide", 7, "fen", "score"),
    ("round_fen(bill * min_drop)", "too_few_arguments", 1, "round_fen(x, rounding)", "rounding"),
    ("round_fen(bill, 'nearest')", "bad_option", 17, "'half_up', 'half_even', 'down', 'up'", "'nearest'"),
    ("round_fen(min_drop, 'up')", "wrong_type", 11, "unrounded_fen", "rate"),
    ("has(bill + 1)", "has_needs_name", 5, "", "bill + 1"),
    ("has()", "too_few_arguments", 1, "has(x)", "x"),
    ("coalesce(left, bill)", "cannot_mix", 16, "int", "fen"),
    ("coalesce(tags, tags)", "wrong_type", 10, "text", "list[code]"),
    ("min(bill, used)", "cannot_mix", 11, "fen", "quantity[kWh]"),
    ("min(name, name)", "no_order", 5, "", "text"),
    ("abs(name)", "wrong_type", 5, "int", "text"),
    ("percent(min_drop)", "wrong_type", 9, "int", "rate"),
    ("year(name)", "wrong_type", 6, "date", "text"),
    ("day(period)", "wrong_type", 5, "date", "month"),
    ("days_between(period, day_in)", "wrong_type", 14, "date", "month"),
    ("days_between('2026-02-30', day_in)", "bad_moment", 14, "'2026-09-18'", "2026-02-30"),
    ("months_between(period, day_in)", "cannot_mix", 24, "month", "date"),
    ("starts_with(staff, '1')", "wrong_type", 13, "text", "int"),
    ("contains(staff, '1')", "wrong_type", 10, "text", "int"),
    ("contains(tags, 3)", "wrong_type", 16, "code", "int"),
    ("count(staff)", "wrong_type", 7, "bool", "int"),
    ("any(tags)", "wrong_type", 5, "bool", "list[code]"),
    ("all(registered, staff)", "wrong_type", 17, "bool", "int"),
    ("count()", "too_few_arguments", 1, "count(a, b, …)", "a"),
    ("1 if registered else 'a'", "cannot_mix", 22, "int", "text"),
    ("bill if registered else staff", "cannot_mix", 25, "fen", "int"),
    ("staff in ('a', 'b')", "cannot_mix", 11, "int", "text"),
    ("bill in checks", "wrong_type", 1, "bool", "fen"),
])
def test_errors_say_where_what_was_expected_and_what_was_found(source, code, column, expected, found):
    problem = refused(source)
    assert (problem.code, problem.column, problem.expected, problem.found) == (code, column, expected, found)


@pytest.mark.parametrize(("source", "expects", "code", "expected", "found"), [
    ("bill * min_drop", FEN, "needs_rounding", "fen", "unrounded_fen"),
    ("bill", BOOL, "wrong_type", "bool", "fen"),
    ("staff", FEN, "wrong_type", "fen", "int"),
    ("bill_last_year", FEN, "missing_not_met", "fen", "optional[fen]"),
    ("used", Quantity("亩"), "units_differ", "亩", "kWh"),
    ("any_code", TOPIC, "wrong_type", "code[power|road|water]", "code"),
    ("'powr'", TOPIC, "unknown_code", "power, road, water", "powr"),
    ("about", TEXT, "record_alone", "about.staff", "about"),
    ("left", OptionalOf(FEN), "wrong_type", "optional[fen]", "optional[int]"),
])
def test_a_result_of_another_kind_is_refused(source, expects, code, expected, found):
    problem = refused(source, expects)
    assert (problem.code, problem.expected, problem.found) == (code, expected, found)


def test_sentences_are_fit_to_be_read():
    problem = refused("bill <= bill_last_year * (1 - min_drop)")
    assert problem.zh == ("“bill_last_year”可能没有数据。请先写 has(bill_last_year) and …，"
                          "或用 coalesce(bill_last_year, 替代值)。")
    assert problem.en == ("“bill_last_year” may be missing. Write has(bill_last_year) and … first, "
                          "or use coalesce(bill_last_year, a substitute).")
    assert refused("registered and bill").zh == "这里应当是条件（是或否），却是金额（分）。"
    assert refused("registered and bill").en == "This should be a condition (yes or no), but it is money (fen)."
    problem = refused("topic == 'powr'")
    assert problem.zh == "“powr”不是可选的值，可选：power, road, water。您是否要写“power”？"
    assert problem.en == "“powr” is not one of the choices: power, road, water. Did you mean “power”?"


@pytest.mark.parametrize(("source", "suggestion"), [
    ("staf > 3", "staff"), ("bill_lastyear > 3", "bill_last_year"), ("STAFF > 3", "staff"), ("about.staf > 3", "staff"),
    ("cont(checks)", "count"), ("round_fn(bill, 'up')", "round_fen"), ("topic == 'wather'", "water"), ("true", "True"),
    ("none == 3", "has()"), ("ratio(bill, bill, scale=1, whenzero=0)", "when_zero"), ("zzzzzz", ""),
])
def test_a_typing_error_gets_the_nearest_known_word(source, suggestion):
    problem = refused(source)
    assert problem.suggestion == suggestion
    assert (f"“{suggestion}”？" in problem.zh) is bool(suggestion)


@pytest.mark.parametrize("source", [
    "has(left) and left > 3", "not has(left) or left > 3", "left > 3 if has(left) else False",
    "0 if not has(left) else left", "has(left) and registered and left > 3", "registered and (has(left) and left > 3)",
    "not (not has(left) or registered) and left > 3", "(has(left) and registered) and left > 3",
    "not has(left) or registered or left > 3", "(not has(left) or left > 3) and registered",
    "has(left) and has(bill_last_year) and bill_last_year > left * bill", "has(leader) and leader.age > 3",
    "has(leader.phone) and leader.age > 3", "has(leader) and has(leader.phone) and contains(leader.phone, '1')",
    "not has(leader) or not has(leader.phone) or starts_with(leader.phone, '1')",
    "(has(left) if registered else has(left)) and left > 3", "(has(left) or False and has(left)) and left > 3 or True",
    "(registered and has(left) or has(left) and not registered) and left > 3",
    "has(left) and (left > 3 or left < 1)", "has(left) and min(left, 3) == 3",
    "has(about.phone) and about.phone == 'a'",
    "not (has(left) and registered) or left > 3", "has(lost) and 3 in lost", "has(left) and coalesce(left, 0) > 3",
])
def test_has_narrows(source):
    assert compile_expression(source, NAMES).type in (BOOL, INT)


@pytest.mark.parametrize("source", [
    "has(left) or left > 3", "not has(left) and left > 3", "left > 3 and has(left)",
    "left > 3 if registered else False",
    "0 if has(left) else left", "(has(left) or registered) and left > 3",
    "has(left) and True or left > 3", "(has(left) and registered or registered) and left > 3",
    "has(about.phone) and leader.age > 3", "has(leader) and contains(leader.phone, '1')", "all(has(left), left > 3)",
    "(has(left) if registered else True) and left > 3", "has(left) == True and left > 3",
    "has(bill_last_year) and left > 3",
])
def test_nothing_narrows_without_proof(source):
    assert refused(source).code == "missing_not_met"


@pytest.mark.parametrize("text", [
    "bool", "int", "fen", "rate", "quantity[kWh]", "quantity[元/亩]", "score", "date", "datetime", "month", "code",
    "code[a|b]", "text", "optional[fen]", "optional[quantity[kWh]]", "list[code]", "list[code[a|b]]",
    "optional[list[int]]",
])
def test_types_are_written_as_they_are_read(text):
    assert str(parse_type(text)) == text
    assert parse_type(str(parse_type(text))) == parse_type(text)


def test_declarations_may_say_missing_and_choices_aside():
    assert parse_type("fen", may_be_missing=True) == OptionalOf(FEN)
    assert parse_type("optional[fen]", may_be_missing=True) == OptionalOf(FEN)
    assert parse_type("code", choices=["a", "b"]) == Code(frozenset({"a", "b"}))
    assert parse_type("list[code]", choices=["a"]) == ListOf(Code(frozenset({"a"})))
    assert parse_type("code", choices=["a"], may_be_missing=True) == OptionalOf(Code(frozenset({"a"})))


@pytest.mark.parametrize(("text", "suggestion"), [
    ("money", ""), ("Fen", "fen"), ("ints", "int"), ("quantity", "quantity[…]"), ("quantity[]", "quantity[…]"),
    ("list[list[int]]", ""), ("optional[optional[fen]]", ""), ("list[optional[fen]]", ""), ("unrounded_fen", ""),
    ("", ""), (None, ""), (5, ""), ("fen]", "fen"), ("code[a b]", ""),
])
def test_unknown_types_are_refused(text, suggestion):
    with pytest.raises(ExpressionError) as caught:
        parse_type(text)
    assert caught.value.code == "unknown_type"
    if suggestion:
        assert caught.value.suggestion == suggestion


def test_choices_belong_to_codes_only():
    with pytest.raises(ExpressionError) as caught:
        parse_type("fen", choices=["a"])
    assert caught.value.code == "wrong_type"


@given(st.text(max_size=60))
def test_any_text_is_a_type_or_our_own_error(text):
    try:
        found = parse_type(text)
    except ExpressionError:
        return
    assert parse_type(str(found)) == found
    assert all(words_for(found))


def test_the_tree_carries_types_and_places_for_other_back_ends():
    rule = compile_expression("has(left) and left + 1 <= 5/100 * staff", NAMES)
    assert rule.names == {"left", "staff"}
    assert not rule.needs_calendar
    left = [part for part in walk(rule.node) if isinstance(part, Name) and part.dotted == "left"]
    assert [str(part.type) for part in left] == ["optional[int]", "int"]
    assert [part.column for part in left] == [5, 15]
    widened = [part for part in walk(rule.node) if isinstance(part, Convert)]
    assert [(str(part.operand.type), str(part.type)) for part in widened] == [("int", "rate")]
    assert {part.value for part in walk(rule.node) if isinstance(part, Literal)} == {1, Fraction(1, 20)}
    assert hash(rule) == hash(compile_expression(rule.source, NAMES))


def test_rules_that_need_the_calendar_say_so():
    assert compile_expression("workdays_between(day_in, due) > 3", NAMES).needs_calendar
