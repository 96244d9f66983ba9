"""How a question is cut into words, and how they are found again where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation.search import MOST_WORDS, code_of, excerpt, has_word, marked, read_question
from xirang.foundation.text import tokens


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("潮兴路 变压器", ["潮兴路", "变压器"]),
        ("潮兴路，变压器！", ["潮兴路", "变压器"]),
        ("ＨＬ－２６０９１８－０４１７", ["hl", "260918", "0417"]),
        ("Transformer-Load.XLSX", ["transformer", "load", "xlsx"]),
        ("128号", ["128号"]),
        ("潮兴路 潮兴路", ["潮兴路"]),
        ("%_'\\;--", []),
        ("", []),
        ("😀", []),
        ("\x00变压器\u200b", ["变压器"]),
    ],
)
def test_words_stand_between_blanks_and_punctuation(typed: str, words: list[str]) -> None:
    assert [word.text for word in read_question(typed).words] == words


def test_one_sign_alone_is_too_short_and_said_so() -> None:
    question = read_question("电 变压器")
    assert question.too_short == ("电",)
    assert [word.text for word in question.words] == ["变压器"]


def test_a_long_question_is_cut_and_says_so() -> None:
    question = read_question("一二三四五 " * 200)
    assert question.cut
    assert len(question.text) <= 100
    many = read_question(" ".join(f"a{number}" for number in range(20)))
    assert (many.cut, len(many.words)) == (True, MOST_WORDS)
    assert not read_question("潮兴路 变压器").cut


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("澄湖路 18 号门口", "澄湖路18号"),
        ("潮兴路128号", "路128"),
        ("诉求：现有变压器容量不够", "变压器容量"),
        ("ＡＢＣ公司", "abc"),
        ("更换㈱箱", "更换(株)箱"),
    ],
)
def test_a_text_with_a_word_has_its_tokens_and_shows_it(text: str, typed: str) -> None:
    for word in read_question(typed).words:
        assert has_word(text, word)
        assert set(word.tokens) <= set(tokens(text))
    pieces = marked(text, read_question(typed).words)
    assert "".join(piece for piece, _hit in pieces) == text
    assert any(hit for _piece, hit in pieces)


def test_words_that_touch_or_overlap_are_one_mark() -> None:
    assert marked("变压器容量不够", read_question("变压器 压器容量").words) == [("变压器容量", True), ("不够", False)]
    assert marked("没有", read_question("变压器").words) == [("没有", False)]


def test_an_excerpt_holds_the_word_and_says_what_it_leaves_out() -> None:
    text = "甲" * 200 + "变压器" + "乙" * 200
    shown = excerpt(text, read_question("变压器").words)
    assert "变压器" in shown
    assert len(shown) < 80
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert excerpt("变压器坏了", read_question("变压器").words) == "变压器坏了"


@given(st.text(max_size=60), st.text(max_size=30))
def test_whatever_is_typed_and_written_marks_cut_nothing_away(text: str, typed: str) -> None:
    question = read_question(typed)
    assert "".join(piece for piece, _hit in marked(text, question.words)) == text
    excerpt(text, question.words)
    for word in question.words:
        assert all(-(1 << 31) <= code < 1 << 31 for code in word.codes)


@given(st.text(alphabet="潮兴路变压器电128abc ，", min_size=2, max_size=40), st.data())
def test_every_part_of_a_text_of_two_signs_or_more_finds_it(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(begin + 2, len(text)))
    whole = set(tokens(text))
    for word in read_question(text[begin:end]).words:
        if word.text.isascii() or any(sign.isascii() for sign in word.text):
            continue  # A number or Latin word is found whole, not by its parts.
        assert set(word.tokens) <= whole


def test_tokens_that_differ_have_different_numbers_mostly() -> None:
    several = {chr(0x4E00 + high) + chr(0x4E00 + low) for high in range(200) for low in range(200)}
    assert len({code_of(one) for one in several}) > len(several) - 5
