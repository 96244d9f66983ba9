"""Terms end when they should, pauses neither steal nor give time, marks, ruler and sentences tell the same story."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation.calendar import (
    SHANGHAI,
    DayKind,
    Term,
    TermError,
    WorkingCalendar,
    local_date,
    mark_at,
    remaining_sentence,
    ruler,
    term_sentence,
)

CALENDAR = WorkingCalendar()
FIVE = Term(5, "workday")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# ---------------------------------------------------------------- reading and ending


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("1 workday", Term(1, "workday")),
        ("5 workdays", FIVE),
        ("10 days", Term(10, "day")),
        ("1 day", Term(1, "day")),
        ("12 hours", Term(12, "hour")),
        ("4 workhours", Term(4, "workhour")),
        (" 90  days ", Term(90, "day")),
    ],
)
def test_terms_are_read(text, term):
    assert Term.parse(text) == term
    assert Term.parse(str(term)) == term


@pytest.mark.parametrize(
    "text",
    ["", "5", "workdays", "0 days", "-1 day", "1.5 days", "5 weeks", "5workdays", "99999 workdays", "５ days", None],
)
def test_what_is_no_term_says_so(text):
    with pytest.raises(TermError) as caught:
        Term.parse(text)
    assert "5 workdays" in caught.value.zh
    assert "5 workdays" in caught.value.en


def test_impossible_terms_cannot_be_made():
    for amount, unit in ((-1, "day"), (Fraction(1, 2), "workday"), (1, "week"), (10**6, "hour")):
        with pytest.raises(TermError):
            Term(amount, unit)


@pytest.mark.parametrize(
    ("text", "start", "due"),
    [
        ("5 workdays", "2026-09-18 17:00", "2026-09-24 17:00"),
        ("5 workdays", "2026-09-23 10:18", "2026-10-08 17:00"),
        ("10 days", "2026-09-18 16:05", "2026-09-28 16:05"),
        ("12 hours", "2026-09-18 20:00", "2026-09-19 08:00"),
        ("4 workhours", "2026-09-18 16:00", "2026-09-20 12:00"),
        ("90 days", "2026-09-18 16:05", "2026-12-17 16:05"),
    ],
)
def test_terms_end(text, start, due):
    assert Term.parse(text).due(at(start), CALENDAR) == at(due)


# ---------------------------------------------------------------- pauses


def resume(term: Term, start: str, paused: str, resumed: str) -> datetime:
    return term.remaining_after(at(start), at(paused), CALENDAR).due(at(resumed), CALENDAR)


START = "2026-09-14 10:00"  # A Monday; five working days end on Sunday 09-20, which is worked.


def test_pausing_and_resuming_on_one_day_shifts_nothing():
    due = FIVE.due(at(START), CALENDAR)
    assert due == at("2026-09-20 17:00")
    for paused, resumed in [("2026-09-14 11:00", "2026-09-14 16:00"), ("2026-09-16 09:00", "2026-09-16 23:00"),
                            ("2026-09-19 09:00", "2026-09-19 10:00"), ("2026-09-20 09:30", "2026-09-20 16:59"),
                            ("2026-09-20 09:30", "2026-09-20 20:00")]:  # fmt: skip
        assert resume(FIVE, START, paused, resumed) == due


def test_pausing_on_friday_and_resuming_on_monday_extends_by_one_working_day():
    # 09-11 is a Friday, 09-14 a Monday; from 09-10 five working days end on 09-17.
    assert FIVE.due(at("2026-09-10 10:00"), CALENDAR) == at("2026-09-17 17:00")
    assert resume(FIVE, "2026-09-10 10:00", "2026-09-11 16:00", "2026-09-14 09:10") == at("2026-09-18 17:00")
    assert resume(FIVE, "2026-09-10 10:00", "2026-09-11 16:00", "2026-09-13 09:10") == at("2026-09-17 17:00")


def test_paused_on_its_last_day_a_term_still_has_the_day_of_resuming():
    assert resume(FIVE, START, "2026-09-20 10:00", "2026-09-21 10:00") == at("2026-09-21 17:00")
    assert resume(FIVE, START, "2026-09-20 10:00", "2026-09-25 10:00") == at("2026-09-28 17:00")
    # Taken up after hours it must not be overdue at once.
    assert resume(FIVE, START, "2026-09-20 10:00", "2026-09-21 20:00") == at("2026-09-22 17:00")


def test_an_overdue_term_stays_overdue_through_a_pause():
    due = FIVE.due(at(START), CALENDAR)
    for paused in ("2026-09-20 17:30", "2026-09-22 10:00"):
        left = FIVE.remaining_after(at(START), at(paused), CALENDAR)
        assert left.due(at("2026-10-20 10:00"), CALENDAR) == due
        again = left.remaining_after(at("2026-10-20 10:00"), at("2026-10-21 10:00"), CALENDAR)
        assert again.due(at("2026-11-02 10:00"), CALENDAR) == due


def test_a_pause_before_the_start_is_refused():
    with pytest.raises(ValueError, match="before it starts"):
        FIVE.remaining_after(at("2026-09-18 10:00"), at("2026-09-18 09:00"), CALENDAR)


terms = st.one_of(
    st.builds(Term, st.integers(1, 60), st.just("workday")),
    st.builds(Term, st.integers(1, 90), st.just("day")),
    st.builds(Term, st.integers(1, 200), st.sampled_from(["hour", "workhour"])),
)
starts = st.datetimes(datetime(2025, 9, 1), datetime(2026, 10, 31), timezones=st.just(UTC))  # noqa: DTZ001
shares = st.fractions(0, 1, max_denominator=1000)
waits = st.timedeltas(timedelta(0), timedelta(days=40))


@given(terms, starts, shares)
def test_a_pause_of_no_length_shifts_nothing(term, start, share):
    due = term.due(start, CALENDAR)
    paused = start + (due - start) * share.numerator // share.denominator
    left = term.remaining_after(start, paused, CALENDAR)
    assert left.due(paused, CALENDAR) == due


@given(terms, starts, shares, waits, waits)
def test_a_longer_pause_never_brings_the_end_forward(term, start, share, wait, more):
    due = term.due(start, CALENDAR)
    paused = start + (due - start) * share.numerator // share.denominator
    left = term.remaining_after(start, paused, CALENDAR)
    first, second = left.due(paused + wait, CALENDAR), left.due(paused + wait + more, CALENDAR)
    assert due <= first <= second


@given(st.integers(1, 60), starts, shares, waits)
def test_a_working_day_term_shifts_by_the_working_days_of_the_pause(amount, start, share, wait):
    term = Term(amount, "workday")
    due = term.due(start, CALENDAR)
    paused = start + (due - start) * share.numerator // share.denominator
    resumed = paused + wait
    lost = CALENDAR.workdays_between(local_date(paused), local_date(resumed))
    left = term.remaining_after(start, paused, CALENDAR)
    if left.amount:
        assert left.due(resumed, CALENDAR) == CALENDAR.add_workdays(due, lost)


@given(terms, starts, st.lists(st.tuples(waits, waits), max_size=4))
def test_pauses_add_up_and_time_run_is_never_given_back(term, start, rounds):
    left, run_from, run = term, start, timedelta(0)
    for running, pausing in rounds:
        stop = run_from + running
        if stop > left.due(run_from, CALENDAR):
            break
        left, run, run_from = left.remaining_after(run_from, stop, CALENDAR), run + running, stop + pausing
    end = left.due(run_from, CALENDAR)
    if term.unit in ("day", "hour"):
        assert (end - run_from) + run == term.due(start, CALENDAR) - start
    else:
        assert end >= term.due(start, CALENDAR)


# ---------------------------------------------------------------- marks


def test_marks_of_a_working_day_term():
    start, due = at("2026-09-18 17:00"), at("2026-09-24 17:00")
    assert mark_at(start, due, Fraction(0), CALENDAR) == start
    assert mark_at(start, due, Fraction(1, 2), CALENDAR) == at("2026-09-22 13:00")
    assert mark_at(start, due, Fraction(8, 10), CALENDAR) == at("2026-09-23 17:00")
    assert mark_at(start, due, Fraction(1), CALENDAR) == due
    assert mark_at(start, due, Fraction(3, 2), CALENDAR) == at("2026-09-30 13:00")


def test_marks_of_a_natural_term_run_through_holidays():
    start = at("2026-09-30 12:00")
    term = Term(10, "day")
    assert term.mark_at(start, term.due(start, CALENDAR), Fraction(1, 2), CALENDAR) == at("2026-10-05 12:00")
    assert term.mark_at(start, term.due(start, CALENDAR), Fraction(3, 2), CALENDAR) == at("2026-10-15 12:00")


def test_marks_where_no_work_is_done_count_all_time():
    start, due = at("2026-10-01 00:00"), at("2026-10-03 00:00")
    assert mark_at(start, due, Fraction(1, 2), CALENDAR) == at("2026-10-02 00:00")


def test_impossible_marks_are_refused():
    start, due = at("2026-09-18 17:00"), at("2026-09-24 17:00")
    for arguments in ((start, due, Fraction(-1, 2)), (due, start, Fraction(1, 2))):
        with pytest.raises(ValueError, match="mark"):
            mark_at(*arguments, CALENDAR)


@given(terms, starts, st.lists(st.fractions(0, 3, max_denominator=1000), min_size=2, max_size=5))
def test_marks_come_in_order_and_the_whole_is_the_end(term, start, parts):
    due = term.due(start, CALENDAR)
    marks = [term.mark_at(start, due, part, CALENDAR) for part in sorted([*parts, Fraction(1)])]
    assert marks == sorted(marks)
    assert due in marks


# ---------------------------------------------------------------- ruler


def test_ruler_of_the_design():
    cells = ruler(CALENDAR, at("2026-09-18 10:00"), at("2026-09-24 17:00"), date(2026, 9, 23))
    assert [(cell.date.day, cell.kind, cell.counted_index) for cell in cells] == [
        (18, DayKind.WORKDAY, None), (19, DayKind.REST, None), (20, DayKind.MAKEUP, 1), (21, DayKind.WORKDAY, 2),
        (22, DayKind.WORKDAY, 3), (23, DayKind.WORKDAY, 4), (24, DayKind.WORKDAY, 5), (25, DayKind.HOLIDAY, None),
    ]  # fmt: skip
    assert [cell.date.day for cell in cells if cell.is_start] == [18]
    assert [cell.date.day for cell in cells if cell.is_today] == [23]
    assert [cell.date.day for cell in cells if cell.is_due] == [24]
    assert (cells[-1].name, cells[-1].name_en) == ("中秋节", "Mid-autumn Festival")
    assert all(cell.covered for cell in cells)


def test_ruler_leaves_out_paused_days_and_grows_while_overdue():
    pauses = [(at("2026-09-18 16:00"), at("2026-09-21 10:00"))]
    cells = ruler(CALENDAR, at("2026-09-17 10:00"), at("2026-09-24 17:00"), date(2026, 9, 29), pauses=pauses)
    assert [cell.date.day for cell in cells if cell.is_paused] == [19, 20, 21]
    assert [cell.date.day for cell in cells if cell.counted_index] == [18, 22, 23, 24]
    assert cells[-1].is_today
    far = ruler(CALENDAR, at("2026-09-17 10:00"), at("2026-09-24 17:00"), date(2030, 1, 1))
    assert far[-1].date == date(2026, 10, 8)


def test_ruler_of_an_open_pause_counts_nothing_after_it():
    pauses = [(at("2026-09-18 16:00"), None)]
    cells = ruler(CALENDAR, at("2026-09-17 10:00"), at("2026-09-24 17:00"), date(2026, 9, 23), pauses=pauses)
    assert [cell.counted_index for cell in cells if cell.counted_index] == [1]


def test_ruler_marks_days_that_are_not_published():
    year = CALENDAR.known_until().year
    cells = ruler(CALENDAR, at(f"{year}-12-30 10:00"), at(f"{year + 1}-01-05 17:00"), date(year, 12, 30))
    assert [cell.covered for cell in cells[:3]] == [True, True, False]


@given(st.integers(1, 60), starts)
def test_the_last_counted_cell_is_the_due_day(amount, start):
    due = Term(amount, "workday").due(start, CALENDAR)
    counted = [cell for cell in ruler(CALENDAR, start, due, local_date(start)) if cell.counted_index]
    assert [cell.counted_index for cell in counted] == list(range(1, amount + 1))
    assert counted[-1].is_due


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("text", "start", "due", "zh", "en"),
    [
        (
            "5 workdays", "2026-09-18 10:00", "2026-09-24 17:00",
            "5 个工作日，自 9 月 18 日次日起算，含 9 月 20 日调休上班；截止 9 月 24 日 17:00。",
            "5 working days, counted from the day after 18 Sep, counting the make-up working day 20 Sep; "
            "due 24 Sep 17:00.",
        ),
        (
            "5 workdays", "2026-09-23 10:18", "2026-10-08 17:00",
            "5 个工作日，自 9 月 23 日次日起算，"
            "9 月 25 日至 27 日中秋节放假、10 月 1 日至 7 日国庆节放假不计；截止 10 月 8 日 17:00。",
            "5 working days, counted from the day after 23 Sep, without Mid-autumn Festival (25 Sep to 27 Sep), "
            "National Day (1 Oct to 7 Oct); due 8 Oct 17:00.",
        ),
        (
            "1 workday", "2026-09-14 10:00", "2026-09-16 17:00",
            "1 个工作日，自 9 月 14 日次日起算；原定 9 月 15 日 17:00 截止，现为 9 月 16 日 17:00。",
            "1 working day, counted from the day after 14 Sep; first due 15 Sep 17:00, now due 16 Sep 17:00.",
        ),
        (
            "10 days", "2026-09-18 16:05", "2026-09-28 16:05",
            "10 天，自 9 月 18 日 16:05 起算，节假日不扣除；截止 9 月 28 日 16:05。",
            "10 days, counted from 18 Sep 16:05, nights and holidays included; due 28 Sep 16:05.",
        ),
        (
            "4 workhours", "2026-09-18 16:00", "2026-09-20 12:00",
            "4 个工作小时，自 9 月 18 日 16:00 起算，"
            "只计上班时间（09:00–17:00），含 9 月 20 日调休上班；截止 9 月 20 日 12:00。",
            "4 working hours, counted from 18 Sep 16:00, office hours only (09:00–17:00), counting the make-up "
            "working day 20 Sep; due 20 Sep 12:00.",
        ),
    ],
)  # fmt: skip
def test_sentences(text, start, due, zh, en):
    assert term_sentence(Term.parse(text), at(start), at(due), CALENDAR) == zh
    assert term_sentence(Term.parse(text), at(start), at(due), CALENDAR, "en") == en


def test_a_sentence_says_when_holidays_are_not_known_and_names_the_year():
    year = CALENDAR.known_until().year
    start = at(f"{year}-12-30 10:00")
    due = FIVE.due(start, CALENDAR)
    assert f"截止 {year + 1} 年 1 月" in term_sentence(FIVE, start, due, CALENDAR)
    assert term_sentence(FIVE, start, due, CALENDAR).endswith(f"{year + 1} 年放假安排尚未录入，暂按周一至周五计算。")
    assert "not known" in term_sentence(FIVE, start, due, CALENDAR, "en")


def test_what_a_pause_left_can_be_said():
    left = Term(12, "hour").remaining_after(at("2026-09-18 10:00"), at("2026-09-18 12:30"), CALENDAR)
    resumed = at("2026-09-19 08:00")
    sentence = term_sentence(left, resumed, left.due(resumed, CALENDAR), CALENDAR)
    assert sentence.startswith("9 小时 30 分钟，自 9 月 19 日 08:00 起算")


@pytest.mark.parametrize(
    ("now", "zh", "en"),
    [
        ("2026-09-23 12:00", "还剩 1 个工作日又 5 小时", "1 working day and 5 hours left"),
        ("2026-09-24 16:20", "还剩 40 分钟", "40 minutes left"),
        ("2026-09-24 16:59:30", "还剩不到 1 分钟", "less than a minute left"),
        ("2026-09-24 08:00", "还剩 1 个工作日", "1 working day left"),
        ("2026-09-28 11:00", "已超 2 小时", "2 hours overdue"),
        ("2026-09-26 17:00", "已超 2 天", "2 days overdue"),
    ],
)
def test_what_is_left(now, zh, en):
    assert remaining_sentence(at("2026-09-24 17:00"), at(now), CALENDAR) == zh
    assert remaining_sentence(at("2026-09-24 17:00"), at(now), CALENDAR, language="en") == en


def test_what_is_left_of_natural_time():
    assert (
        remaining_sentence(at("2026-10-05 10:00"), at("2026-10-01 09:00"), CALENDAR, natural=True)
        == "还剩 4 天又 1 小时"
    )
