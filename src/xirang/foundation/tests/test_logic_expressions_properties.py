"""Random rules against a second, independent evaluation in plain Fractions, and laws that hold for every value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.budgets import examples
from xirang.foundation.expressions import (
    BOOL,
    FEN,
    INT,
    RATE,
    UNROUNDED_FEN,
    Code,
    OptionalOf,
    Quantity,
    compile_expression,
    divide,
    explain,
    round_whole,
    walk,
)

# Tables of vectors are read in columns; the formatter would give each number a line of its own.
# fmt: off

NAMES = {
    "n": INT, "k": INT, "bill": FEN, "before": FEN, "drop": RATE, "rise": RATE, "used": Quantity("kWh"),
    "yes": BOOL, "no": BOOL, "maybe": OptionalOf(INT), "topic": Code(frozenset({"a", "b", "c"})),
}
KINDS = {"int": INT, "rate": RATE, "fen": FEN, "exact": UNROUNDED_FEN, "kwh": Quantity("kWh"), "bool": BOOL}
WHOLE = st.integers(-10**6, 10**6)
RATIOS = st.fractions(-100, 100, max_denominator=1000)
ROWS = st.fixed_dictionaries({
    "n": WHOLE, "k": WHOLE, "bill": WHOLE, "before": WHOLE, "drop": RATIOS, "rise": RATIOS,
    "used": st.fractions(-1000, 1000, max_denominator=100), "yes": st.booleans(), "no": st.booleans(),
    "maybe": st.none() | WHOLE, "topic": st.sampled_from("abc"),
})


@dataclass(frozen=True)
class Pair:
    """The text of a rule and, beside it, what it must give, built from the same choices but without our code."""

    text: str
    of: Callable[[dict], object]


def name_of(name: str) -> Pair:
    return Pair(name, lambda row: row[name])


def joined(left: Pair, sign: str, right: Pair) -> Pair:
    work = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "<": lambda a, b: a < b,
            "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "==": lambda a, b: a == b,
            "!=": lambda a, b: a != b, "and": lambda a, b: a and b, "or": lambda a, b: a or b}[sign]
    return Pair(f"({left.text} {sign} {right.text})", lambda row: work(left.of(row), right.of(row)))


def choice(then: Pair, condition: Pair, otherwise: Pair) -> Pair:
    return Pair(f"({then.text} if {condition.text} else {otherwise.text})",
                lambda row: then.of(row) if condition.of(row) else otherwise.of(row))


def extreme(word: str, parts: list[Pair]) -> Pair:
    pick = min if word == "min" else max
    return Pair(f"{word}({', '.join(part.text for part in parts)})", lambda row: pick(part.of(row) for part in parts))


def chained(parts: list[Pair], signs: list[str]) -> Pair:
    text = parts[0].text + "".join(f" {sign} {part.text}" for sign, part in zip(signs, parts[1:], strict=True))

    def of(row: dict) -> bool:
        links = zip(parts, signs, parts[1:], strict=False)
        return all(joined(left, sign, right).of(row) for left, sign, right in links)

    return Pair(f"({text})", of)


def rounded(part: Pair, way: str) -> Pair:
    modes = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}

    def of(row: dict) -> int:
        value = Fraction(part.of(row))
        whole, rest = divmod(abs(value), 1)
        # Any part of a fen is told apart from none, a half and more by four exact steps; decimal rounds those.
        step = Decimal(0) if rest == 0 else Decimal("0.5") if rest == Fraction(1, 2) else (
            Decimal("0.25") if rest < Fraction(1, 2) else Decimal("0.75"))
        with localcontext() as context:
            context.prec = 400
            return int((Decimal(whole) + step).quantize(Decimal(1), rounding=modes[way])) * (-1 if value < 0 else 1)

    return Pair(f"round_fen({part.text}, '{way}')", of)


def ratio_of(above: Pair, below: Pair, when_zero: Pair) -> Pair:
    text = f"ratio({above.text}, {below.text}, scale=3, rounding='down', when_zero={when_zero.text})"

    def of(row: dict) -> Fraction:
        if below.of(row) == 0:
            return Fraction(when_zero.of(row))
        quotient = Fraction(above.of(row)) / Fraction(below.of(row)) * 1000
        return Fraction(int(quotient), 1000)

    return Pair(text, of)


def written_number(number: int) -> Pair:
    return Pair(str(number), lambda row: number)


LEAVES = {
    "int": ["n", "k"], "rate": ["drop", "rise"], "fen": ["bill", "before"], "kwh": ["used"], "bool": ["yes", "no"],
}
ORDER = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@st.composite
def rules(draw, kind: str, depth: int = 3) -> Pair:
    """A random rule of one kind."""

    def part(of_kind: str) -> Pair:
        return draw(rules(of_kind, depth - 1))

    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(leaves(kind))
    forms = {"int": "sum product choice extreme abs maybe count", "rate": "sum product choice extreme ratio",
             "fen": "sum times choice extreme rounded", "exact": "product_rate sum choice", "kwh": "sum product_rate",
             "bool": "compare chain logic not has choice topic many"}[kind].split()
    form = draw(st.sampled_from(forms))
    if form == "sum":
        return joined(part(kind), draw(st.sampled_from("+-")), part(kind))
    if form == "product":
        return joined(part(kind), "*", part("int"))
    if form == "times":
        return joined(part("int"), "*", part("fen"))
    if form == "product_rate":
        return joined(part("fen" if kind == "exact" else "kwh"), "*", part("rate"))
    if form == "choice":
        return choice(part(kind), part("bool"), part(kind))
    if form == "extreme":
        return extreme(draw(st.sampled_from(["min", "max"])), [part(kind), part(kind)])
    if form == "abs":
        inner = part(kind)
        return Pair(f"abs({inner.text})", lambda row: abs(inner.of(row)))
    if form == "maybe":
        inner = part("int")
        return Pair(f"coalesce(maybe, {inner.text})",
                    lambda row: row["maybe"] if row["maybe"] is not None else inner.of(row))
    if form == "count":
        first, second = part("bool"), part("bool")
        return Pair(f"count({first.text}, {second.text})", lambda row: first.of(row) + second.of(row))
    if form == "rounded":
        return rounded(part("exact"), draw(st.sampled_from(["half_up", "half_even", "down", "up"])))
    if form == "ratio":
        return ratio_of(part("fen"), part(draw(st.sampled_from(["fen", "exact"]))), part("rate"))
    return draw(conditions(form, part))


@st.composite
def leaves(draw, kind: str) -> Pair:
    """A name, or a value written in the rule."""
    if kind == "exact":
        return joined(name_of(draw(st.sampled_from(["bill", "before"]))), "*", draw(leaves("rate")))
    if kind == "rate" and draw(st.booleans()):
        above, below = draw(st.integers(-999, 999)), draw(st.integers(1, 999))
        return Pair(f"({above}/{below})", lambda row: Fraction(above, below))
    if kind == "int" and draw(st.booleans()):
        return written_number(draw(st.integers(0, 999)))
    return name_of(draw(st.sampled_from(LEAVES[kind])))


@st.composite
def conditions(draw, form: str, part: Callable[[str], Pair]) -> Pair:
    """The forms that only give yes or no."""
    if form == "compare":
        kind = draw(st.sampled_from(["int", "rate", "fen", "exact", "kwh"]))
        other = {"fen": "exact", "exact": "fen", "int": "rate", "rate": "int"}.get(kind, kind)
        return joined(part(kind), draw(ORDER), part(draw(st.sampled_from([kind, other]))))
    if form == "chain":
        return chained([part("fen"), part("exact"), part("fen")], [draw(ORDER), draw(ORDER)])
    if form == "logic":
        return joined(part("bool"), draw(st.sampled_from(["and", "or"])), part("bool"))
    if form == "not":
        inner = part("bool")
        return Pair(f"(not {inner.text})", lambda row: not inner.of(row))
    if form == "has":
        inner = part("int")
        if draw(st.booleans()):
            return Pair(f"(has(maybe) and maybe > {inner.text})",
                        lambda row: row["maybe"] is not None and row["maybe"] > inner.of(row))
        return Pair(f"(not has(maybe) or maybe > {inner.text})",
                    lambda row: row["maybe"] is None or row["maybe"] > inner.of(row))
    if form == "choice":
        return choice(part("bool"), part("bool"), part("bool"))
    if form == "topic":
        keys = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3))
        return Pair(f"(topic in [{', '.join(map(repr, keys))}])", lambda row: row["topic"] in keys)
    first, second, word = part("bool"), part("bool"), draw(st.sampled_from(["any", "all"]))
    join = any if word == "any" else all
    return Pair(f"{word}({first.text}, {second.text})", lambda row: join([first.of(row), second.of(row)]))


@settings(max_examples=examples(200), deadline=None)
@given(st.data(), st.sampled_from(sorted(KINDS)), ROWS)
def test_random_rules_agree_with_plain_fractions(data, kind, row):
    pair = data.draw(rules(kind))
    assume(len(pair.text) < 1900)
    rule = compile_expression(pair.text, NAMES, expects=KINDS[kind])
    found = rule.evaluate(row)
    assert found.value == pair.of(row)
    assert all(not isinstance(step.value, float) for step in found.trace)
    assert len(found.trace) <= 2 * sum(1 for _ in walk(rule.node))
    assert len(explain(found, lang="zh")) == len(explain(found, lang="en")) == len(found.trace)


@settings(max_examples=examples(100), deadline=None)
@given(st.data(), ROWS)
def test_the_places_of_the_tree_are_the_rule_itself(data, row):
    pair = data.draw(rules("bool"))
    assume(len(pair.text) < 1900)
    rule = compile_expression(pair.text, NAMES)
    for part in walk(rule.node):
        assert 0 <= part.start < part.end <= len(pair.text)
    for step in rule.evaluate(row).trace:
        alone = step.source_fragment
        assert pair.text[step.column - 1:].startswith(alone)


@settings(max_examples=examples(100), deadline=None)
@given(st.fractions(max_denominator=10**6), st.sampled_from(["half_up", "half_even", "down", "up"]))
def test_rounding_is_near_and_symmetrical(value, way):
    found = round_whole(value, way)
    assert abs(found - value) < 1
    assert round_whole(-value, way) == -found
    if way.startswith("half"):
        assert abs(found - value) <= Fraction(1, 2)


@settings(max_examples=examples(100), deadline=None)
@given(WHOLE, WHOLE.filter(bool), st.integers(0, 12))
def test_a_division_is_within_half_a_step(above, below, scale):
    found = divide(above, below, scale, "half_up")
    assert abs(found - Fraction(above, below)) * 2 * 10**scale <= 1
    assert 10**scale % found.denominator == 0


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10_000))
def test_every_per_mille_line_is_cross_multiplied(bill, before, drop):
    rule = compile_expression("bill <= before * (1 - drop)", NAMES)
    row = {"bill": bill, "before": before, "drop": (drop, 10_000)}
    assert rule.evaluate(row).value is (bill * 10_000 <= before * (10_000 - drop))
