"""The page docs/expressions.md tells the truth: every function and type, every example, every error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xirang.foundation.expressions import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    FUNCTIONS,
    INT,
    MONTH,
    RATE,
    ROUNDINGS,
    SCORE,
    TEXT,
    Code,
    ExpressionError,
    OptionalOf,
    Quantity,
    Record,
    compile_expression,
    parse_type,
)

PAGES = (parent / "docs" / "expressions.md" for parent in Path(__file__).parents)
PAGE = next(page for page in PAGES if page.exists()).read_text(encoding="utf-8")
NAMES = {
    "bill": FEN,
    "bill_last_year": OptionalOf(FEN),
    "min_drop": RATE,
    "topic": Code(frozenset({"power", "water"})),
    "about": {"staff": INT},
    "period": MONTH,
    "since": DATE,
    "due": DATETIME,
    "registered": BOOL,
    "area": Quantity("亩"),
    "points": SCORE,
    "leader": OptionalOf(Record.of({"phone": OptionalOf(TEXT)})),
}
EXAMPLES = [line for block in re.findall(r"```rule\n(.*?)```", PAGE, re.S) for line in block.splitlines() if line]
ERRORS = re.findall(r"^\| `([^`]+)` \| (第 \d+ 个字符：.+) \|$", PAGE, re.M)


def test_every_function_rounding_and_type_is_on_the_page():
    for function in FUNCTIONS.values():
        assert f"| `{function.usage}` |" in PAGE
    for rounding in ROUNDINGS:
        assert f"'{rounding}'" in PAGE
    types = PAGE.split("## 数据的种类")[1].split("###")[0]
    for word in ("bool", "int", "fen", "rate", "quantity[kWh]", "score", "date", "datetime", "month", "code", "text"):
        assert str(parse_type(word)) == word
        assert f"`{word}`" in types


def test_the_page_has_examples_and_errors():
    assert len(EXAMPLES) > 15
    assert len(ERRORS) == 8


@pytest.mark.parametrize("source", EXAMPLES)
def test_every_example_is_a_rule(source):
    assert compile_expression(source, NAMES).source == source


@pytest.mark.parametrize(("source", "answer"), ERRORS)
def test_every_error_reads_as_the_page_says(source, answer):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, NAMES)
    assert str(caught.value) == answer
