"""Ids ascend and never collide; case numbers catch every slip of one sign; query codes open one case only."""

import itertools
import os
import string
import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation import ids

SIGNS = string.ascii_uppercase + string.digits
NOW = datetime(2026, 9, 18, 2, 0, 0, 123456, tzinfo=UTC)
KEY = b"0123456789abcdef0123456789abcdef"


def time_of(made: uuid.UUID) -> datetime:
    """The instant, in whole milliseconds, that an id of version 7 carries (RFC 9562)."""
    assert made.version == 7
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=made.int >> 80)


def test_id_has_version_variant_and_the_time_of_the_clock():
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = ids.new_id()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= time_of(made) <= datetime.now(UTC) + timedelta(seconds=5)


def test_layout_matches_the_example_of_rfc_9562():
    assert time_of(uuid.UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_given_time_is_carried_in_whole_milliseconds():
    assert time_of(ids.new_id(NOW)) == NOW.replace(microsecond=123000)


def test_ids_ascend_within_one_millisecond_even_when_times_interleave():
    other = NOW + timedelta(hours=3)
    made = [(ids.new_id(NOW), ids.new_id(other)) for _ in range(2000)]
    for column in zip(*made, strict=True):
        assert list(column) == sorted(set(column))
    assert all(a < b for a, b in made)


def test_clock_ids_ascend_even_when_the_clock_runs_backwards(monkeypatch):
    first = ids.new_id()
    real = ids.time.time_ns
    monkeypatch.setattr(ids.time, "time_ns", lambda: real() - 3_600_000_000_000)
    later = [ids.new_id() for _ in range(500)]
    assert [first, *later] == sorted({first, *later})


def test_exhausted_millisecond_borrows_the_next(monkeypatch):
    ms = (NOW - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    monkeypatch.setitem(ids._counters, ms, (1 << 42) - 1)
    made = ids.new_id(NOW)
    assert time_of(made) == NOW.replace(microsecond=124000)
    assert ids.new_id(NOW) > made


def test_threads_never_share_an_id():
    made: list[list[uuid.UUID]] = [[] for _ in range(8)]

    def work(mine: list[uuid.UUID]) -> None:
        mine.extend(ids.new_id() for _ in range(3000))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({id for mine in made for id in mine}) == 8 * 3000


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_child_makes_other_ids_and_does_not_hang_on_a_held_lock():
    ids.new_id(NOW)
    reading, writing = os.pipe()
    with ids._lock:
        child = os.fork()
        if child == 0:
            os.write(writing, b"".join(ids.new_id(NOW).bytes for _ in range(100)))
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        theirs = stream.read()
    assert os.waitpid(child, 0)[1] == 0
    ours = {ids.new_id(NOW).bytes[:12] for _ in range(100)}
    assert len(theirs) == 1600
    assert not ours & {theirs[i : i + 12] for i in range(0, 1600, 16)}


def test_naive_and_ancient_times_are_refused():
    with pytest.raises(ValueError, match="aware"):
        ids.new_id(datetime(2026, 9, 18))  # noqa: DTZ001
    with pytest.raises(ValueError, match="1970"):
        ids.new_id(datetime(1969, 12, 31, tzinfo=UTC))


# ---------------------------------------------------------------- case numbers


def test_look_of_a_case_number():
    number = ids.format_case_number("HL", date(2026, 9, 18), 417)
    assert number == "HL-260918-0417-P"
    assert str(ids.parse_case_number(number)) == number


@given(
    st.text(string.ascii_uppercase, min_size=2, max_size=2),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 999_999),
)
def test_every_number_reads_back(prefix, day, serial):
    assert ids.parse_case_number(ids.format_case_number(prefix, day, serial)) == ids.CaseNumber(prefix, day, serial)


@pytest.mark.parametrize(
    ("typed"),
    [
        "oh-261011-0101-{c}",
        " OH 261011 0101 {c} ",
        "OH2610110101{c}",
        "ＯＨ－２６１０１１－０１０１－{c}",
        "0h—26IO1l—OlO1—{c}",
    ],
)
def test_numbers_are_read_as_people_type_them(typed):
    wanted = ids.CaseNumber("OH", date(2026, 10, 11), 101)
    assert ids.parse_case_number(typed.format(c=str(wanted)[-1])) == wanted


def _read(signs: str) -> ids.CaseNumber | None:
    try:
        return ids.parse_case_number(signs)
    except ids.CaseNumberError:
        return None


NUMBERS = [
    ids.format_case_number(prefix, day, serial)
    for prefix in ("HL", "OH", "IO", "AZ")
    for day in (date(2026, 9, 18), date(2020, 10, 10), date(2031, 1, 1))
    for serial in (1, 417, 1101, 9999, 10_000, 123_456)
]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_single_wrong_sign_is_caught(number):
    right, signs = ids.parse_case_number(number), number.replace("-", "")
    for place, sign in enumerate(signs):
        for other in SIGNS:
            typed = signs[:place] + other + signs[place + 1 :]
            # O and 0, I, L and 1 are one sign to the reader, hence the only other text that may be accepted is the
            # same number.
            assert other == sign or _read(typed) in (None, right), typed


@pytest.mark.parametrize("number", NUMBERS)
def test_every_exchange_of_neighbours_and_any_exchange_before_the_check_sign_is_caught(number):
    right, signs = ids.parse_case_number(number), number.replace("-", "")
    last = len(signs) - 1
    for left in range(last):
        for later in range(left + 1, last + 1 if left == last - 1 else last):
            swapped = list(signs)
            swapped[left], swapped[later] = swapped[later], swapped[left]
            assert _read("".join(swapped)) in (None, right)


def test_check_character_is_proof_against_single_errors_and_neighbour_swaps_in_all_places():
    """The proof in numbers: each weight is a unit modulo 31 and differs from its neighbour's."""
    weights = [pow(3, place, 31) for place in range(15)]
    assert len(set(weights)) == 15
    assert 0 not in weights
    for values in (range(26), range(10), range(31)):
        for weight in weights:
            assert len({weight * value % 31 for value in values}) == len(values)
    for near, far in itertools.pairwise(weights):
        for a in range(31):
            for b in range(a):
                assert (near * a + far * b - near * b - far * a) % 31 != 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "shape"),
        ("HL-260918", "shape"),
        ("22-260918-0417-X", "shape"),
        ("HL-269918-0417-A", None),
        ("HL-260918-00417-A", "shape"),
        ("HL-260918-0000-A", "shape"),
        ("x" * 10_000, "shape"),
        ("沈 260918 0417 A", "shape"),
    ],
)
def test_what_is_no_number_says_so(text, reason):
    with pytest.raises(ids.CaseNumberError) as caught:
        ids.parse_case_number(text)
    assert reason in (None, caught.value.reason)
    assert caught.value.zh.endswith("。")
    assert caught.value.en.endswith(".")


def test_wrong_check_character_is_told_from_a_wrong_shape():
    number = ids.format_case_number("HL", date(2026, 9, 18), 417)
    wrong = "A" if number[-1] != "A" else "B"
    with pytest.raises(ids.CaseNumberError) as caught:
        ids.parse_case_number(number[:-1] + wrong)
    assert caught.value.reason == "check"


@pytest.mark.parametrize(("prefix", "day", "serial"), [("H", date(2026, 1, 1), 1), ("hl", date(2026, 1, 1), 1),
    ("HL", date(1999, 1, 1), 1), ("HL", date(2026, 1, 1), 0), ("HL", date(2026, 1, 1), 1_000_000)])  # fmt: skip
def test_numbers_out_of_range_are_not_made(prefix, day, serial):
    with pytest.raises(ValueError):
        ids.format_case_number(prefix, day, serial)


# ---------------------------------------------------------------- query codes


def test_query_code_is_stable_readable_and_opens_one_case_only():
    case, other = ids.new_id(), ids.new_id()
    code = ids.query_code(KEY, case)
    assert len(code) == 6
    assert set(code) <= set(ids.QUERY_ALPHABET)
    assert code == ids.query_code(KEY, case)
    assert ids.check_query_code(KEY, case, f" {code[:3].lower()}-{code[3:]} ")
    assert not ids.check_query_code(KEY, other, code)
    assert not ids.check_query_code(KEY[::-1], case, code)


@given(st.text(max_size=60))
def test_no_typed_text_breaks_the_check(text):
    case = uuid.UUID("01998b2a-0000-7000-8000-000000000001")
    assert ids.check_query_code(KEY, case, text) is False


def test_query_codes_spread_and_misread_signs_fold():
    codes = {ids.query_code(KEY, ids.new_id()) for _ in range(3000)}
    assert len(codes) > 2990
    assert {sign for code in codes for sign in code} == set(ids.QUERY_ALPHABET)
    for number in range(500):
        case = uuid.UUID(int=number)
        misread = ids.query_code(KEY, case).translate(str.maketrans("52U", "SZV"))
        assert ids.check_query_code(KEY, case, misread)


def test_weak_key_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        ids.query_code(b"short", ids.new_id())
