"""The expression language: this is its door.

A rule is compiled once against the names it may use, and evaluated for any number of rows, exactly and with a trace:

    rule = compile_expression("bill <= bill_last_year * (1 - min_drop)",
                              {"bill": FEN, "bill_last_year": FEN, "min_drop": RATE}, expects=BOOL)
    answer = rule.evaluate({"bill": 9500, "bill_last_year": 10000, "min_drop": Fraction(5, 100)})
    answer.value    # True, exactly on the line
    explain(answer, {"bill": "本月电费"}, "zh")    # one line for every part that had a say

Everything here is pure: no database, no clock, no files, and no float. Every text that is not a rule raises
ExpressionError with its position and a sentence in Chinese and English. Other back ends walk the typed tree
(`Expression.node`, `walk`); each node knows its `type`. The page `docs/expressions.md` describes the language.
"""

from xirang.foundation.expressions.errors import ExpressionError
from xirang.foundation.expressions.evaluating import Calendar
from xirang.foundation.expressions.exact import divide, months_apart, round_whole
from xirang.foundation.expressions.explaining import explain, explain_step, render, sentence
from xirang.foundation.expressions.expression import Expression, compile_expression
from xirang.foundation.expressions.functions import FUNCTIONS, ROUNDINGS, Function
from xirang.foundation.expressions.nodes import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Convert,
    ListLiteral,
    Literal,
    Logic,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    walk,
)
from xirang.foundation.expressions.outcome import Evaluation, TraceStep, value_as_data
from xirang.foundation.expressions.showing import shown
from xirang.foundation.expressions.types import (
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
    ListOf,
    OptionalOf,
    Quantity,
    Record,
    Type,
    parse_type,
    words_for,
)
from xirang.foundation.expressions.values import LOCAL, YearMonth, value_from_text

__all__ = [
    "BOOL",
    "DATE",
    "DATETIME",
    "FEN",
    "FUNCTIONS",
    "INT",
    "LOCAL",
    "MONTH",
    "RATE",
    "ROUNDINGS",
    "SCORE",
    "TEXT",
    "UNROUNDED_FEN",
    "Arithmetic",
    "Calendar",
    "Call",
    "Choice",
    "Code",
    "Comparison",
    "Convert",
    "Evaluation",
    "Expression",
    "ExpressionError",
    "Function",
    "ListLiteral",
    "ListOf",
    "Literal",
    "Logic",
    "Membership",
    "Name",
    "Negate",
    "Node",
    "Not",
    "OptionalOf",
    "Quantity",
    "Record",
    "TraceStep",
    "Type",
    "YearMonth",
    "compile_expression",
    "divide",
    "explain",
    "explain_step",
    "months_apart",
    "parse_type",
    "render",
    "round_whole",
    "sentence",
    "shown",
    "value_as_data",
    "value_from_text",
    "walk",
    "words_for",
]
