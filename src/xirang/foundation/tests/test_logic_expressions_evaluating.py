"""Evaluation of one row: every node and function, exact to the last part of a fen, and only with values that fit."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import pytest

from xirang.foundation.calendar import WorkingCalendar
from xirang.foundation.expressions import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    FUNCTIONS,
    INT,
    MONTH,
    RATE,
    SCORE,
    TEXT,
    Code,
    ExpressionError,
    ListOf,
    OptionalOf,
    Quantity,
    Record,
    YearMonth,
    compile_expression,
    divide,
    months_apart,
    round_whole,
    value_from_text,
)
from xirang.foundation.expressions.explaining import PHRASES

# Tables of vectors are read in columns; the formatter would give each number a line of its own.
# fmt: off

NAMES = {
    "yes": BOOL, "no": BOOL, "staff": INT, "bill": FEN, "before": OptionalOf(FEN), "drop": RATE, "points": SCORE,
    "used": Quantity("kWh"), "area": Quantity("亩"), "since": DATE, "due": DATETIME, "period": MONTH, "name": TEXT,
    "topic": Code(frozenset({"power", "water"})), "tags": ListOf(Code()), "checks": ListOf(BOOL),
    "left": OptionalOf(INT), "share": OptionalOf(RATE), "about": {"staff": INT, "phone": OptionalOf(TEXT)},
    "leader": OptionalOf(Record.of({"age": INT, "home": OptionalOf(Record.of({"floor": INT}))})),
}
VALUES = {
    "yes": True, "no": False, "staff": 12, "bill": 9500, "before": 10000, "drop": (5, 100), "points": Decimal("87.5"),
    "used": Decimal("12.50"), "area": 3, "since": date(2026, 1, 31), "name": "甬江电器",
    "due": datetime(2026, 9, 17, 16, 30, tzinfo=UTC), "period": YearMonth(2026, 7), "topic": "power",
    "tags": ["old", "new"], "checks": [True, False, True], "left": None, "share": None,
    "about": {"staff": 1200, "phone": None}, "leader": {"age": 50, "home": None},
}


class Weekdays:
    """A calendar without holidays: Monday to Friday."""

    def workdays_between(self, a: date, b: date) -> int:
        return sum((a + timedelta(days=ahead)).weekday() < 5 for ahead in range(1, (b - a).days + 1))


def result(source: str, **changed: object) -> object:
    return compile_expression(source, NAMES).evaluate({**VALUES, **changed}, calendar=Weekdays()).value


@pytest.mark.parametrize(("source", "expected"), [
    ("True", True), ("3", 3), ("'a'", "a"), ("5/100", Fraction(1, 20)), ("-5/100", Fraction(-1, 20)), ("staff", 12),
    ("about.staff", 1200), ("drop", Fraction(1, 20)), ("points", Fraction(175, 2)), ("used", Fraction(25, 2)),
    ("staff + 3", 15), ("staff - 13", -1), ("staff * 3", 36), ("-staff", -12), ("--staff", 12), ("2 + 3 * 4", 14),
    ("(2 + 3) * 4", 20), ("10 - 3 - 4", 3), ("1 - drop", Fraction(19, 20)), ("bill * drop", Fraction(475)),
    ("bill + bill * drop", Fraction(9975)), ("points * drop", Fraction(35, 8)), ("used * 2 + 1", Fraction(26)),
    ("points + staff", Fraction(199, 2)), ("staff > 11", True), ("staff > 12", False), ("11 < staff <= 12", True),
    ("11 < staff < 12", False), ("staff == 12 != 13", True), ("staff >= 12", True), ("staff <= 11", False),
    ("staff != 12", False), ("used == ratio(used * 2, 2, scale=3, when_zero=0)", True), ("drop == 5/100", True),
    ("drop < 6/100", True), ("period >= '2026-07'", True), ("period < '2026-07'", False),
    ("since < '2026-02-01'", True),
    ("due == '2026-09-18T00:30'", True), ("due == '2026-09-17T16:30:00Z'", True),
    ("topic == 'power'", True),
    ("topic in ('power', 'water')", True), ("topic not in ['water']", True), ("staff in (-12, 12)", True),
    ("drop in (1/20, 1)", True), ("'old' in tags", True), ("'odd' not in tags", True), ("yes and no", False),
    ("yes or no", True), ("not yes", False), ("not no and yes", True), ("1 if yes else 2", 1), ("1 if no else 2", 2),
    ("staff if no else drop", Fraction(1, 20)), ("staff if yes else drop", Fraction(12)), ("left", None),
    ("has(left)", False), ("has(before)", True), ("has(bill)", True), ("has(leader)", True),
    ("has(leader.home)", False),
    ("has(leader.home.floor)", False), ("coalesce(left, 7)", 7), ("coalesce(before, 7)", 10000),
    ("coalesce(left, left)", None), ("coalesce(share, left, 5/100)", Fraction(1, 20)),
    ("coalesce(share, staff)", Fraction(12)), ("min(staff, 3, 20)", 3), ("max(staff, 3, 20)", 20),
    ("min(staff, drop)", Fraction(1, 20)), ("max(since, '2026-03-01')", date(2026, 3, 1)),
    ("min(period, '2026-08')", YearMonth(2026, 7)), ("abs(3 - staff)", 9), ("abs(-drop)", Fraction(1, 20)),
    ("round_fen(bill * (1/3), 'half_up')", 3167), ("round_fen(bill * (1/3), 'down')", 3166),
    ("round_fen(bill, 'up')", 9500), ("ratio(1, 3, scale=4, when_zero=0)", Fraction(3333, 10000)),
    ("ratio(2, 3, scale=4, when_zero=0)", Fraction(6667, 10000)),
    ("ratio(2, 3, scale=4, when_zero=0, rounding='down')", Fraction(6666, 10000)),
    ("ratio(bill, 100, scale=2, when_zero=0)", Fraction(95)),
    ("ratio(staff, 0, scale=2, when_zero=1)", Fraction(1)), ("ratio(staff, staff - 12, scale=2, when_zero=drop)",
                                                            Fraction(1, 20)),
    ("ratio(bill, area, scale=0, when_zero=0)", Fraction(3167)), ("ratio(-1, 2, scale=0, when_zero=0)", Fraction(-1)),
    ("percent(5)", Fraction(1, 20)), ("percent(-150)", Fraction(-3, 2)), ("year(since)", 2026), ("month(since)", 1),
    ("day(since)", 31), ("year(period)", 2026), ("month(period)", 7), ("day(due)", 18), ("month('2026-03')", 3),
    ("days_between(since, '2026-03-01')", 29), ("days_between('2026-03-01', since)", -29),
    ("days_between(since, due)", 230), ("months_between(period, '2027-01')", 6),
    ("months_between(since, '2026-02-28')", 1), ("months_between(since, '2026-03-30')", 1),
    ("workdays_between('2026-09-18', '2026-09-25')", 5), ("workdays_between('2026-09-17', due)", 1),
    ("same_month_last_year(period)", YearMonth(2025, 7)), ("same_month_last_year(due)", YearMonth(2025, 9)),
    ("starts_with(name, '甬江')", True), ("starts_with(topic, 'w')", False), ("contains(name, '电')", True),
    ("contains(name, '水')", False), ("contains(tags, 'new')", True), ("count(tags)", 2), ("count(checks)", 3),
    ("count(yes, no, staff > 3)", 2), ("any(no, yes)", True), ("any(no)", False), ("all(yes, no)", False),
    ("any(checks)", True), ("all(checks)", False), ("all(yes)", True),
])
def test_every_form_gives_its_exact_value(source, expected):
    found = result(source)
    assert found == expected
    assert not isinstance(found, float)


def test_every_function_can_be_evaluated_and_explained():
    tried = {name for name in FUNCTIONS if any(
        f"{name}(" in str(case) for mark in test_every_form_gives_its_exact_value.pytestmark for case in mark.args[1])}
    assert tried == set(FUNCTIONS) == set(PHRASES)


def test_an_empty_list_has_no_entry():
    assert result("any(checks)", checks=[]) is False
    assert result("all(checks)", checks=[]) is True
    assert result("count(tags)", tags=()) == 0
    assert result("'a' in tags", tags=()) is False


# The five-per-cent line


def test_the_five_per_cent_line_is_exact_where_floats_are_not():
    rule = compile_expression("bill <= before * (1 - drop)", NAMES | {"before": FEN}, expects=BOOL)
    wrong_floats = 0
    for before in range(1, 20_001):
        for bill in (before * 95 // 100, before * 95 // 100 + 1):
            values = {"bill": bill, "before": before, "drop": Fraction(5, 100)}
            assert rule.evaluate(values).value is (bill * 100 <= before * 95)
            wrong_floats += (bill / 100 <= before / 100 * (1 - 0.05)) is not (bill * 100 <= before * 95)
    assert wrong_floats > 0


def test_fractions_of_a_fen_are_compared_unrounded():
    assert result("bill <= before * (1 - drop) if has(before) else False", bill=95, before=101) is True
    assert result("bill <= before * (1 - drop) if has(before) else False", bill=96, before=101) is False
    assert result("bill < before * (1 - drop) if has(before) else False", bill=95, before=100) is False


def test_a_third_times_three_is_whole():
    assert result("bill * (1/3) * 3 == bill") is True
    assert result("1/3 + 1/3 + 1/3 == 1") is True


@pytest.mark.parametrize(("value", "half_up", "half_even", "down", "up"), [
    (Fraction(5, 2), 3, 2, 2, 3), (Fraction(7, 2), 4, 4, 3, 4), (Fraction(-5, 2), -3, -2, -2, -3),
    (Fraction(12, 5), 2, 2, 2, 3), (Fraction(13, 5), 3, 3, 2, 3), (Fraction(-1, 3), 0, 0, 0, -1),
    (Fraction(4), 4, 4, 4, 4), (Fraction(0), 0, 0, 0, 0), (Fraction(1, 2), 1, 0, 0, 1),
])
def test_rounding(value, half_up, half_even, down, up):
    assert [round_whole(value, way) for way in ("half_up", "half_even", "down", "up")] == [half_up, half_even, down, up]


def test_division_rounds_once_to_its_scale():
    assert divide(1, 3, 0, "half_up") == 0
    assert divide(Fraction(1, 3), Fraction(2, 3), 1, "down") == Fraction(1, 2)
    assert divide(-2, 3, 2, "half_up") == Fraction(-67, 100)


@pytest.mark.parametrize(("first", "second", "months"), [
    ((2026, 1, 31), (2026, 2, 28), 1), ((2026, 1, 31), (2026, 2, 27), 0), ((2024, 1, 31), (2024, 2, 28), 0),
    ((2024, 1, 31), (2024, 2, 29), 1), ((2026, 1, 15), (2026, 7, 14), 5), ((2026, 1, 15), (2026, 7, 15), 6),
    ((2025, 12, 31), (2026, 1, 1), 0), ((2026, 3, 1), (2026, 3, 1), 0),
])
def test_months_between_dates_counts_completed_months(first, second, months):
    assert months_apart(date(*first), date(*second)) == months
    assert months_apart(date(*second), date(*first)) == -months


def test_dates_of_a_moment_are_those_on_the_wall_in_china():
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert result("year(due)", due=late) == 2027
    assert result("day(due)", due=late.astimezone(timezone(timedelta(hours=-5)))) == 1


def test_working_days_need_the_calendar():
    rule = compile_expression("workdays_between(since, due)", NAMES)
    with pytest.raises(ExpressionError) as caught:
        rule.evaluate(VALUES)
    assert caught.value.code == "calendar_absent"
    assert "工作日历" in caught.value.zh


def test_a_calendar_may_refuse_in_its_own_words():
    class UntilLastYear:
        def workdays_between(self, a: date, b: date) -> int:
            raise LookupError("the calendar ends in 2025")

    with pytest.raises(LookupError, match="2025"):
        compile_expression("workdays_between(since, due)", NAMES).evaluate(VALUES, calendar=UntilLastYear())


def test_the_real_calendar_counts_make_up_days():
    rule = compile_expression("workdays_between('2026-09-18', due)", NAMES)
    due = datetime(2026, 9, 24, 9, 0, tzinfo=UTC)
    assert rule.evaluate({"due": due}, calendar=WorkingCalendar()).value == 5
    assert rule.evaluate({"due": due}, calendar=Weekdays()).value == 4


def test_centuries_of_working_days_are_not_counted():
    with pytest.raises(ExpressionError) as caught:
        result("workdays_between(since, due)", since=date(1, 1, 1))
    assert caught.value.code == "out_of_range"


def test_before_the_first_month_there_is_none():
    with pytest.raises(ExpressionError) as caught:
        result("same_month_last_year(period)", period=YearMonth(1, 3))
    assert caught.value.code == "out_of_range"


# Values that do not fit


class Topic(str, Enum):  # noqa: UP042
    """The older form of a text enumeration, whose str() is not its value."""

    POWER = "power"


@pytest.mark.parametrize(("source", "changed", "code", "name"), [
    ("staff > 3", {"staff": 3.0}, "value_float", "staff"),
    ("drop > 0", {"drop": 0.05}, "value_float", "drop"),
    ("drop > 0", {"drop": float("nan")}, "value_float", "drop"),
    ("staff > 3", {"staff": None}, "value_missing", "staff"),
    ("staff > 3", {"staff": True}, "value_wrong", "staff"),
    ("staff > 3", {"staff": "12"}, "value_wrong", "staff"),
    ("staff > 3", {"staff": Fraction(1, 2)}, "value_wrong", "staff"),
    ("bill > 3", {"bill": Decimal("1")}, "value_wrong", "bill"),
    ("bill > 3", {"bill": 10**19}, "value_too_big", "bill"),
    ("bill > 3", {"bill": 10**5000}, "value_too_big", "bill"),
    ("yes", {"yes": 10**5000}, "value_wrong", "yes"),
    ("yes", {"yes": 1}, "value_wrong", "yes"),
    ("drop > 0", {"drop": (5, 0)}, "value_wrong", "drop"),
    ("drop > 0", {"drop": (5, -1)}, "value_wrong", "drop"),
    ("drop > 0", {"drop": (5, 100.0)}, "value_wrong", "drop"),
    ("drop > 0", {"drop": "5/100"}, "value_wrong", "drop"),
    ("used > 0", {"used": Decimal("NaN")}, "value_wrong", "used"),
    ("used > 0", {"used": Decimal("Infinity")}, "value_wrong", "used"),
    ("used > 0", {"used": Decimal("1E+999999")}, "value_too_big", "used"),
    ("used > 0", {"used": Decimal("1E-999999")}, "value_too_big", "used"),
    ("used > 0", {"used": Fraction(1, 10**40)}, "value_too_big", "used"),
    ("day(since) > 0", {"since": datetime(2026, 1, 1, tzinfo=UTC)}, "value_wrong", "since"),
    ("day(since) > 0", {"since": "2026-01-01"}, "value_wrong", "since"),
    ("day(due) > 0", {"due": date(2026, 1, 1)}, "value_wrong", "due"),
    ("day(due) > 0", {"due": datetime(2026, 1, 1)}, "value_naive", "due"),  # noqa: DTZ001 - the naive time is the case
    ("day(due) > 0", {"due": datetime.max.replace(tzinfo=UTC)}, "value_too_big", "due"),
    ("month(period) > 0", {"period": date(2026, 7, 2)}, "value_wrong", "period"),
    ("name == 'a'", {"name": 5}, "value_wrong", "name"),
    ("name == 'a'", {"name": "长" * 20_001}, "value_too_big", "name"),
    ("topic == 'power'", {"topic": "road"}, "value_wrong", "topic"),
    ("count(tags) > 0", {"tags": "old"}, "value_wrong", "tags"),
    ("count(tags) > 0", {"tags": [None]}, "value_missing", "tags"),
    ("count(tags) > 0", {"tags": [1.5]}, "value_float", "tags"),
    ("count(tags) > 0", {"tags": ["a"] * 10_001}, "value_too_big", "tags"),
    ("about.staff > 0", {"about": {}}, "value_absent", "about.staff"),
    ("about.staff > 0", {"about": None}, "value_missing", "about"),
    ("about.staff > 0", {"about": 5}, "value_wrong", "about"),
    ("about.staff > 0", {"about": {"staff": None}}, "value_missing", "about.staff"),
    ("has(leader) and leader.age > 0", {"leader": {"age": None}}, "value_missing", "leader.age"),
    ("has(leader)", {"leader": "Wang"}, "value_wrong", "leader"),
])
def test_values_that_do_not_fit_are_refused_by_name(source, changed, code, name):
    with pytest.raises(ExpressionError) as caught:
        result(source, **changed)
    problem = caught.value
    assert problem.code == code
    assert f"“{name}”" in problem.zh
    assert f"“{name}”" in problem.en
    assert source[problem.column - 1:].startswith(name.split(".")[0])


def test_an_absent_name_is_an_error_even_when_it_may_be_missing():
    rule = compile_expression("yes or has(left)", NAMES)
    with pytest.raises(ExpressionError) as caught:
        rule.evaluate({"yes": True})
    assert (caught.value.code, caught.value.found, caught.value.column) == ("value_absent", "left", 12)


def test_a_missing_group_makes_its_parts_missing():
    assert result("has(leader.home.floor)", leader=None) is False
    assert result("has(leader) and leader.age > 40", leader=None) is False
    assert result("coalesce(leader.age, 0)", leader=None) == 0
    assert result("has(leader.home) and leader.home.floor > 2", leader={"age": 1, "home": {"floor": 3}}) is True


def test_values_may_come_in_the_forms_the_database_gives():
    assert result("drop == 5/100", drop=Decimal("0.05")) is True
    assert result("drop == 5", drop=5) is True
    assert result("period == '2026-07'", period=date(2026, 7, 1)) is True
    assert result("topic == 'power'", topic=Topic.POWER) is True
    assert type(result("topic", topic=Topic.POWER)) is str
    assert result("'a' in tags", tags={"a"}) is True


def test_names_the_rule_does_not_use_are_not_looked_at():
    assert compile_expression("staff > 3", NAMES).evaluate({"staff": 4, "bill": 1.5, "odd": object()}).value is True


@pytest.mark.parametrize(("kind", "text", "expected"), [
    (RATE, "5/100", Fraction(1, 20)), (RATE, "-3", Fraction(-3)), (FEN, "300", 300), (SCORE, "1/2", Fraction(1, 2)),
    (Quantity("kWh"), "7/2", Fraction(7, 2)), (MONTH, "2026-07", YearMonth(2026, 7)), (TEXT, "a", "a"),
    (BOOL, "true", True), (BOOL, "False", False),
    (DATE, "2026-02-28", date(2026, 2, 28)), (Code(frozenset({"a"})), "a", "a"), (OptionalOf(INT), "5", 5),
    (DATETIME, "2026-09-18T16:00", datetime(2026, 9, 18, 8, 0, tzinfo=UTC)),
])
def test_values_of_declarations_are_read_exactly(kind, text, expected):
    assert value_from_text(kind, text) == expected


@pytest.mark.parametrize(("kind", "text"), [
    (RATE, "5/0"), (RATE, "0.05"), (RATE, "5 %"), (FEN, "5/100"), (FEN, "3.5"), (MONTH, "2026-13"), (MONTH, "2026-7"),
    (DATE, "20260228"), (DATE, "2026-02-30"), (DATETIME, "2026-09-18"), (Code(frozenset({"a"})), "b"), (BOOL, "yes"),
    (ListOf(INT), "1"), (INT, "9" * 19),
])
def test_values_of_declarations_that_do_not_fit_are_refused(kind, text):
    with pytest.raises(ExpressionError) as caught:
        value_from_text(kind, text)
    assert caught.value.code == "value_wrong"


def test_months_are_real_and_in_order():
    assert YearMonth(2025, 12) < YearMonth(2026, 1)
    assert str(YearMonth(2026, 7)) == "2026-07"
    with pytest.raises(ValueError, match="month"):
        YearMonth(2026, 13)


def test_a_compiled_rule_can_be_kept_and_sent_elsewhere():
    rule = compile_expression("has(before) and bill <= before * (1 - drop)", NAMES, expects=BOOL)
    for twin in (copy.deepcopy(rule), pickle.loads(pickle.dumps(rule))):
        assert twin == rule
        assert twin.evaluate(VALUES).value is True
