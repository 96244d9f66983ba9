"""The calendar against the published arrangements of 2020–2026, known vectors and the laws of adding and counting."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation.calendar import SHANGHAI, DayKind, WorkingCalendar, local_date

CALENDAR = WorkingCalendar()
LUNCH = WorkingCalendar(time(8, 30), time(17, 30), lunch=(time(12, 0), time(13, 30)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# From the yearly notices of the State Council's General Office: holidays as (first day, number of days), weekend days
# included, and the weekend days worked in exchange.
ARRANGEMENTS = {
    2020: (
        [("01-01", 1), ("01-24", 10), ("04-04", 3), ("05-01", 5), ("06-25", 3), ("10-01", 8)],
        ["01-19", "04-26", "05-09", "06-28", "09-27", "10-10"],
    ),
    2021: (
        [("01-01", 3), ("02-11", 7), ("04-03", 3), ("05-01", 5), ("06-12", 3), ("09-19", 3), ("10-01", 7)],
        ["02-07", "02-20", "04-25", "05-08", "09-18", "09-26", "10-09"],
    ),
    2022: (
        [
            ("01-01", 3),
            ("01-31", 7),
            ("04-03", 3),
            ("04-30", 5),
            ("06-03", 3),
            ("09-10", 3),
            ("10-01", 7),
            ("12-31", 1),
        ],
        ["01-29", "01-30", "04-02", "04-24", "05-07", "10-08", "10-09"],
    ),
    2023: (
        [("01-01", 2), ("01-21", 7), ("04-05", 1), ("04-29", 5), ("06-22", 3), ("09-29", 8), ("12-30", 2)],
        ["01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"],
    ),
    2024: (
        [("01-01", 1), ("02-10", 8), ("04-04", 3), ("05-01", 5), ("06-10", 1), ("09-15", 3), ("10-01", 7)],
        ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    ),
    2025: (
        [("01-01", 1), ("01-28", 8), ("04-04", 3), ("05-01", 5), ("05-31", 3), ("10-01", 8)],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}


@pytest.mark.parametrize("year", ARRANGEMENTS)
def test_every_day_of_a_published_year(year):
    runs, worked = ARRANGEMENTS[year]
    holidays = {
        date.fromisoformat(f"{year}-{first}") + timedelta(days=n) for first, count in runs for n in range(count)
    }
    makeups = {date.fromisoformat(f"{year}-{day}") for day in worked}
    assert not holidays & makeups
    day = date(year, 1, 1)
    while day.year == year:
        if day in makeups:
            expected = DayKind.MAKEUP
        elif day in holidays:
            expected = DayKind.HOLIDAY
        else:
            expected = DayKind.WORKDAY if day.weekday() < 5 else DayKind.REST
        assert CALENDAR.day_name(day)[0] == expected, day
        assert CALENDAR.is_workday(day) == (expected in (DayKind.WORKDAY, DayKind.MAKEUP))
        assert CALENDAR.covered(day)
        day += timedelta(days=1)


def test_the_46_makeup_days():
    assert sum(len(worked) for _, worked in ARRANGEMENTS.values()) == 46


@pytest.mark.parametrize(
    ("day", "kind", "zh", "en"),
    [
        ("2026-09-18", "workday", "", ""),
        ("2026-09-19", "rest", "周末", "Weekend"),
        ("2026-09-20", "makeup", "国庆节调休", "Make-up day for National Day"),
        ("2026-09-25", "holiday", "中秋节", "Mid-autumn Festival"),
        ("2026-10-05", "holiday", "国庆节", "National Day"),
        ("2026-02-16", "holiday", "春节", "Spring Festival"),
        ("2026-06-19", "holiday", "端午节", "Dragon Boat Festival"),
        ("2026-04-06", "holiday", "清明节", "Tomb-sweeping Day"),
        ("2015-09-03", "holiday", "抗战胜利纪念日", "Victory Day"),
    ],
)
def test_days_carry_their_names_in_both_languages(day, kind, zh, en):
    assert CALENDAR.day_name(date.fromisoformat(day)) == (kind, zh)
    assert CALENDAR.day_name(date.fromisoformat(day), "en") == (kind, en)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-09-18 17:00", "2026-09-24 17:00"),
        ("2026-09-18 10:00", "2026-09-24 17:00"),
        ("2026-09-18 23:59", "2026-09-24 17:00"),
        ("2026-09-23 10:18", "2026-10-08 17:00"),
        ("2026-09-19 12:00", "2026-09-24 17:00"),
    ],
)
def test_five_working_days(start, due):
    ends = CALENDAR.add_workdays(at(start), 5)
    assert ends == at(due)
    assert ends.tzinfo is UTC


def test_the_day_is_that_of_china_not_of_utc():
    late_evening_utc = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)
    assert local_date(late_evening_utc) == date(2026, 9, 18)
    assert CALENDAR.add_workdays(late_evening_utc, 1) == at("2026-09-20 17:00")


def test_zero_and_negative_working_days():
    assert CALENDAR.add_workdays(at("2026-09-18 10:00"), 0) == at("2026-09-18 17:00")
    assert CALENDAR.add_workdays(at("2026-09-25 10:00"), 0) == at("2026-09-28 17:00")
    assert CALENDAR.add_workdays(at("2026-09-28 10:00"), -1) == at("2026-09-24 17:00")
    with pytest.raises(ValueError, match="20000"):
        CALENDAR.add_workdays(at("2026-09-28 10:00"), 10**9)


def test_working_days_between():
    assert CALENDAR.workdays_between(date(2026, 9, 18), date(2026, 9, 24)) == 5
    assert CALENDAR.workdays_between(date(2026, 9, 24), date(2026, 9, 18)) == -5
    assert CALENDAR.workdays_between(date(2026, 9, 24), date(2026, 9, 27)) == 0
    assert CALENDAR.workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due"),
    [
        (CALENDAR, "2026-09-18 16:00", 60, "2026-09-18 17:00"),
        (CALENDAR, "2026-09-18 16:00", 61, "2026-09-20 09:01"),
        (CALENDAR, "2026-09-18 20:00", 1, "2026-09-20 09:01"),
        (CALENDAR, "2026-09-18 09:00", 480, "2026-09-18 17:00"),
        (CALENDAR, "2026-09-24 16:30", 480, "2026-09-28 16:30"),
        (LUNCH, "2026-09-18 11:45", 30, "2026-09-18 13:45"),
        (LUNCH, "2026-09-18 12:10", 30, "2026-09-18 14:00"),
        (LUNCH, "2026-09-18 08:30", 450, "2026-09-18 17:30"),
    ],
)
def test_working_minutes(calendar, start, minutes, due):
    assert calendar.add_working_minutes(at(start), minutes) == at(due)
    assert calendar.working_minutes_between(at(start), at(due)) == minutes
    assert calendar.working_minutes_between(at(due), at(start)) == -minutes


def test_nothing_added_is_the_start_itself_and_taking_away_is_refused():
    assert CALENDAR.add_working_minutes(at("2026-09-19 03:00"), 0) == at("2026-09-19 03:00")
    with pytest.raises(ValueError, match="taken away"):
        CALENDAR.add_working_minutes(at("2026-09-18 10:00"), -1)


def test_is_working_time():
    assert CALENDAR.is_working_time(at("2026-09-20 09:00"))
    assert not CALENDAR.is_working_time(at("2026-09-20 17:00"))
    assert not CALENDAR.is_working_time(at("2026-09-25 10:00"))
    assert not LUNCH.is_working_time(at("2026-09-18 12:30"))


def test_years_not_yet_published_are_monday_to_friday_and_say_so():
    known = CALENDAR.known_until()
    assert known >= date(2026, 12, 31)
    assert (known.month, known.day) == (12, 31)
    later = date(known.year + 5, 10, 1)
    assert not CALENDAR.covered(later)
    assert CALENDAR.covered(known)
    assert not CALENDAR.covered(known + timedelta(days=1))
    assert not CALENDAR.covered(date(2003, 10, 1))
    for n in range(14):
        day = later + timedelta(days=n)
        assert CALENDAR.is_workday(day) == (day.weekday() < 5)


def test_district_overrides_prevail_and_are_frozen():
    rest, work = {date(2026, 9, 18): "区运动会"}, {date(2026, 9, 19): "区运动会补班"}
    district = WorkingCalendar(extra_rest=rest, extra_work=work)
    rest.clear()
    assert district.day_name(date(2026, 9, 18)) == (DayKind.HOLIDAY, "区运动会")
    assert district.day_name(date(2026, 9, 19)) == (DayKind.MAKEUP, "区运动会补班")
    assert district.add_workdays(at("2026-09-17 10:00"), 1) == at("2026-09-19 17:00")
    with pytest.raises(TypeError):
        district.extra_rest[date(2026, 9, 21)] = "假"  # type: ignore[index]


def test_a_district_may_vouch_for_a_later_year():
    year = CALENDAR.known_until().year + 1
    district = WorkingCalendar(extra_rest={date(year, 10, 1): "国庆节"}, covered_until=date(year, 12, 31))
    assert district.covered(date(year, 6, 1))
    assert district.known_until() == date(year, 12, 31)
    assert not district.is_workday(date(year, 10, 1))
    one_day = WorkingCalendar(extra_rest={date(year, 3, 3): "三月三"})
    assert one_day.covered(date(year, 3, 3))
    assert not one_day.covered(date(year, 3, 4))


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": time(17), "closes": time(9)},
        {"lunch": (time(13), time(12))},
        {"lunch": (time(8), time(12))},
        {"extra_rest": {date(2026, 9, 18): "a"}, "extra_work": {date(2026, 9, 18): "b"}},
    ],
)
def test_impossible_calendars_are_refused(wrong):
    with pytest.raises(ValueError):
        WorkingCalendar(**wrong)


def test_naive_moments_are_refused():
    naive = datetime(2026, 9, 18, 10)  # noqa: DTZ001
    for call in (
        lambda: CALENDAR.add_workdays(naive, 1),
        lambda: CALENDAR.add_working_minutes(naive, 1),
        lambda: CALENDAR.working_time_between(naive, naive),
        lambda: CALENDAR.is_working_time(naive),
    ):
        with pytest.raises(ValueError, match="aware"):
            call()


def test_importing_the_calendar_does_not_load_the_published_days():
    code = "import sys, xirang.foundation.calendar; sys.exit('chinese_calendar' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode
        == 0
    )


# ---------------------------------------------------------------- laws

calendars = st.sampled_from([CALENDAR, LUNCH, WorkingCalendar(extra_rest={date(2026, 9, 21): "停办"})])
moments = st.datetimes(datetime(2019, 6, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2019, 6, 1), date(2027, 12, 31))
amounts = st.timedeltas(timedelta(0), timedelta(days=20))


@given(calendars, days, st.integers(1, 120))
def test_adding_and_counting_working_days_agree(calendar, day, n):
    end = calendar.workday_after(day, n)
    assert calendar.is_workday(end)
    assert calendar.workdays_between(day, end) == n
    assert calendar.workdays_between(day, end - timedelta(days=1)) == n - 1


@given(calendars, days, st.integers(1, 60))
def test_counting_back_undoes_counting_forward(calendar, day, n):
    workday = calendar.workday_after(day, 0)
    assert calendar.workday_after(calendar.workday_after(workday, n), -n) == workday


@given(calendars, moments, moments, st.integers(0, 60))
def test_a_later_start_never_ends_earlier(calendar, a, b, n):
    a, b = min(a, b), max(a, b)
    assert calendar.add_workdays(a, n) <= calendar.add_workdays(b, n)
    span = timedelta(minutes=37 * n)
    assert calendar.add_working_time(a, span) <= calendar.add_working_time(b, span)


@given(calendars, moments, amounts)
def test_adding_and_measuring_working_time_agree_to_the_microsecond(calendar, start, amount):
    end = calendar.add_working_time(start, amount)
    assert calendar.working_time_between(start, end) == amount
    assert amount == timedelta(0) or calendar.working_time_between(start, end - timedelta(microseconds=1)) < amount


@given(calendars, moments, amounts, amounts)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, first, second):
    stepwise = calendar.add_working_time(calendar.add_working_time(start, first), second)
    assert stepwise == calendar.add_working_time(start, first + second)


@given(calendars, st.lists(moments, min_size=3, max_size=3))
def test_working_time_adds_up(calendar, three):
    a, b, c = sorted(three)
    both = calendar.working_time_between(a, b) + calendar.working_time_between(b, c)
    assert calendar.working_time_between(a, c) == both
