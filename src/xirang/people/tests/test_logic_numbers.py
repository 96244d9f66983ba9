"""Credit codes, identity numbers, telephone numbers and names: vectors, every single slip, and what others may see."""

from datetime import date

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
from hypothesis import given
from hypothesis import strategies as st

from xirang.people.logic import credit_code, identity_number, masking, names, phone
from xirang.people.logic.finding import NumberError

TODAY = date(2026, 11, 21)


def codes(check) -> list[str]:
    return [finding.code for finding in check.errors]


def warnings(check) -> list[str]:
    return [finding.code for finding in check.warnings]


@st.composite
def credit_codes(draw):
    signs = st.sampled_from(credit_code.ALPHABET)
    head = draw(st.sampled_from(["91", "92", "93", "12", "51", "A1", "N1", "Y1"]))
    region = draw(st.sampled_from(["330402", "350100", "110000", "100000", "440524"]))
    body = "".join(draw(st.lists(signs, min_size=8, max_size=8)))
    first = head + region + body + credit_code.organisation_check_character(body)
    return first + credit_code.check_character(first)


# ---------------------------------------------------------------- credit codes


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_valid_credit_codes(code):
    check = credit_code.check_credit_code(code)
    assert check.ok
    assert not check.warnings
    assert credit_code.parse_credit_code(code) == code


def test_vectors_of_the_standard():
    assert codes(credit_code.check_credit_code("91350100M000100Y4Z")) == ["charset"]
    assert credit_code.organisation_check_character("M000100Y") == "4"
    assert credit_code.check_character("91350100M000100Y4") == "3"


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        " 9135 0100 M000 100Y 43\n",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100-M000100Y-4-3",
        "\u200b91350100M000100Y43",
    ],
)
def test_credit_codes_are_cleaned(typed):
    assert credit_code.parse_credit_code(typed) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "error", "position"),
    [("", "empty", None), ("9135", "length", None), ("91350100M000100Y433", "length", None),
     ("91350100MO00100Y43", "charset", 10), ("91350100M000100Y4沈", "charset", 18), ("91350100M000100Y44", "check", 18),
     ("9" * 100_000, "length", None)],
)  # fmt: skip
def test_errors_name_the_place_and_say_what_to_do(typed, error, position):
    check = credit_code.check_credit_code(typed)
    assert check.errors[0].code == error
    assert check.errors[0].position == position
    assert check.errors[0].zh.endswith(("。", "？"))
    with pytest.raises(NumberError) as caught:
        credit_code.parse_credit_code(typed)
    assert caught.value.zh == check.errors[0].zh
    assert len(caught.value.en) < 300


def test_lookalikes_are_suggested_but_not_accepted():
    check = credit_code.check_credit_code("9I35OIOOMOOOIOOY43")
    assert codes(check) == ["charset"] * 11
    few = credit_code.check_credit_code("9135O1OOM00010OY43")
    assert not few.ok
    assert few.suggestion == "91350100M000100Y43"
    assert credit_code.check_credit_code("9135O1OOM00010OY44").suggestion is None


def test_wrong_inner_digit_unknown_region_and_odd_department_only_warn():
    def with_check(first: str):
        return credit_code.check_credit_code(first + credit_code.check_character(first))

    assert warnings(with_check("91350100M000100Y5")) == ["organisation_code"]
    assert warnings(with_check("91990100M000100Y4")) == ["region"]
    assert warnings(with_check("91A50100M000100Y4")) == ["region"]
    assert warnings(with_check("X1350100M000100Y4")) == ["department"]
    assert all(with_check(first).ok for first in ("91350100M000100Y5", "91990100M000100Y4", "X1350100M000100Y4"))


def test_the_list_of_regions_may_be_finer():
    known = {"350100"}.__contains__
    assert not credit_code.check_credit_code("91350100M000100Y43", known).warnings
    assert warnings(credit_code.check_credit_code("91110000600037341L", known)) == ["region"]


@given(credit_codes(), st.integers(0, 17), st.sampled_from(credit_code.ALPHABET))
def test_any_single_substitution_is_caught(code, place, sign):
    assert credit_code.check_credit_code(code).ok
    typed = code[:place] + sign + code[place + 1 :]
    assert credit_code.check_credit_code(typed).ok == (typed == code)


@given(credit_codes(), st.integers(0, 16))
def test_any_exchange_of_neighbours_is_caught(code, place):
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert credit_code.check_credit_code(typed).ok == (typed == code)


@given(credit_codes() | st.text(credit_code.ALPHABET, min_size=18, max_size=18))
def test_agreement_with_the_known_library_where_it_looks(code):
    # That library also refuses letters among the first eight, where the standard has none in use but A, N and Y.
    if code[:8].isdecimal():
        assert credit_code.check_credit_code(code).ok == stdnum.cn.uscc.is_valid(code)


@given(st.text(max_size=40))
def test_no_text_breaks_the_checks(text):
    assert credit_code.check_credit_code(text).ok in (True, False)
    assert identity_number.check_identity_number(text, TODAY).ok in (True, False)
    for field in ("name", "phone", "identity_number", "address", "email", "other"):
        assert isinstance(masking.mask(field, text), str)


# ---------------------------------------------------------------- identity numbers


def identity(first_17: str) -> str:
    return first_17 + identity_number.check_character(first_17)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "１１０１０５ 19491231 002x"])
def test_valid_identity_numbers(number):
    assert identity_number.check_identity_number(number, TODAY).ok


def test_identity_vectors():
    assert identity_number.check_character("11010519491231002") == "X"
    assert not stdnum.cn.ric.is_valid("440524188001010014")
    assert identity_number.parse_identity_number("11010519491231002x", TODAY) == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "error"),
    [("", "empty"), ("110105491231002", "old"), ("1101051949123100", "length"), ("1101051949123100X2", "charset"),
     (identity("11010519490231002"), "date"), (identity("11010520270101002"), "future"),
     (identity("11010517990101002"), "date"), ("110105194912310021", "check"), (identity("11010520230229002"), "date")],
)  # fmt: skip
def test_identity_errors(number, error):
    check = identity_number.check_identity_number(number, TODAY)
    assert codes(check) == [error]
    with pytest.raises(NumberError):
        identity_number.parse_identity_number(number, TODAY)


def test_born_today_is_not_the_future_and_region_only_warns():
    assert identity_number.check_identity_number(identity("11010520261121002"), TODAY).ok
    check = identity_number.check_identity_number(identity("99010519491231002"), TODAY)
    assert check.ok
    odd = identity_number.check_identity_number(identity("48010519491231002"), TODAY)
    assert odd.ok
    assert warnings(odd) == ["region"]


def test_the_expected_check_sign_is_not_told():
    check = identity_number.check_identity_number("110105194912310021", TODAY)
    assert "X" not in check.errors[0].zh


identity_numbers = st.builds(
    lambda region, born, serial: identity(f"{region}{born:%Y%m%d}{serial:03d}"),
    st.sampled_from(["110105", "330402", "440524", "810000"]),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


@given(identity_numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_sign_in_an_identity_number_is_caught(number, place, sign):
    typed = number[:place] + sign + number[place + 1 :]
    assert identity_number.check_identity_number(typed, TODAY).ok == (typed == number)


# ---------------------------------------------------------------- telephone numbers


@pytest.mark.parametrize(
    ("typed", "kind", "number", "masked"),
    [
        ("13812342076", "mobile", "13812342076", "138****2076"),
        ("+86 138 1234 2076", "mobile", "13812342076", "138****2076"),
        ("0086-138-1234-2076", "mobile", "13812342076", "138****2076"),
        ("8613812342076", "mobile", "13812342076", "138****2076"),
        ("１３８１２３４２０７６", "mobile", "13812342076", "138****2076"),
        ("\u202d13812342076\u202c", "mobile", "13812342076", "138****2076"),
        ("(0573) 8208 1234", "landline", "0573-82081234", "0573-****1234"),
        ("057382081234", "landline", "0573-82081234", "0573-****1234"),
        ("0573—82081234 转 801", "landline", "0573-82081234-801", "0573-****1234-***"),
        ("0573-82081234-801", "landline", "0573-82081234-801", "0573-****1234-***"),
        ("+86 573 82081234", "landline", "0573-82081234", "0573-****1234"),
        ("010-65001234", "landline", "010-65001234", "010-****1234"),
        ("0851-6200123", "landline", "0851-6200123", "0851-***0123"),
        ("400 820 8820", "service", "400-820-8820", "400-820-8820"),
        ("12345", "short", "12345", "12345"),
        ("95598", "short", "95598", "95598"),
    ],
)
def test_numbers_have_one_written_form(typed, kind, number, masked):
    read = phone.parse_phone(typed)
    assert (read.kind, read.number, read.masked) == (kind, number, masked)
    assert phone.parse_phone(read.number) == read


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("", "请填写电话号码"), ("1381234207", "现有 10 位"), ("138123420766", "现有 12 位"), ("82081234", "加区号"),
     ("12812342076", "电话号码不对"), ("abc", "电话号码不对"), ("0573-1234", "电话号码不对"),
     ("+1 212 555 0100", "电话号码不对"),
     ("13812342076" * 900, ""), ("٠٥٧٣٨٢٠٨١٢٣٤", "电话号码不对")],
)  # fmt: skip
def test_what_is_no_number_is_explained(typed, hint):
    with pytest.raises(phone.PhoneError) as caught:
        phone.parse_phone(typed)
    assert hint in caught.value.zh
    assert caught.value.en


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_mobile_hides_four_digits(number):
    assert phone.mask_phone(number) == f"{number[:3]}****{number[-4:]}"


def test_what_is_no_number_is_masked_wholly():
    assert phone.mask_phone("微信 shen") == "****"
    assert phone.mask_phone("  ") == ""


# ---------------------------------------------------------------- names and other values


@pytest.mark.parametrize(
    ("name", "masked"),
    [("沈明哲", "沈**"), ("何静", "何**"), ("欧阳修远", "欧阳**"), ("单于", "单**"), (" 沈 明哲 ", "沈**"),
     ("买买提·吐尔逊", "买**"),
     ("John Smith", "J**"), ("𠮷田", "𠮷**"), ("", ""), ("\u202e沈明哲", "沈**")],
)  # fmt: skip
def test_names_keep_the_surname_only(name, masked):
    assert names.mask_name(name) == masked


def test_organisations_keep_their_names():
    assert names.shown_name("恒拓精工（禾澜）有限公司", is_person=False) == "恒拓精工（禾澜）有限公司"
    assert names.shown_name("沈明哲", is_person=True) == "沈**"


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        ("name", "沈明哲", "沈**"),
        ("phone", "13812342076", "138****2076"),
        ("identity_number", "11010519491231002X", "11**************2X"),
        ("email", "shen@example.cn", "s***@example.cn"),
        ("email", "shen", "***"),
        ("address", "禾澜区听潮街道松塘路 15 号 3 幢 201 室", "禾澜区听潮街道***"),
        ("address", "听潮街道松塘花园小区 3 幢", "听潮街道***"),
        ("address", "松塘花园 3 幢", "***"),
        ("address", "", ""),
        ("plate", "浙F12345", "****"),
        ("plate", "", ""),
    ],
)
def test_values_of_the_vault_are_masked(field, value, masked):
    assert masking.mask(field, value) == masked


@given(st.text("0123456789", min_size=18, max_size=18))
def test_a_masked_identity_number_shows_neither_birth_nor_serial(number):
    masked = masking.mask("identity_number", number)
    assert masked.count("*") == 14
    assert number[2:16] not in masked
