"""How types meet: which type several parts have in common, and how a part is made to fit it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeGuard

from xirang.foundation.expressions.errors import ExpressionError, error
from xirang.foundation.expressions.nodes import Arithmetic, Choice, Convert, Literal, Name, Negate, Node
from xirang.foundation.expressions.types import (
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
    OptionalOf,
    Quantity,
    Record,
    Type,
    is_number,
    words_for,
)
from xirang.foundation.expressions.values import as_number, as_text, value_from_text

_WIDENINGS = {(INT, RATE), (INT, SCORE), (RATE, SCORE), (FEN, UNROUNDED_FEN)}
_MOMENT_FORMS = {DATE: "'2026-09-18'", MONTH: "'2026-09'", DATETIME: "'2026-09-18T16:00'"}


def is_written_number(node: Node) -> bool:
    """Whether the part is a whole number written in the rule; such a number takes the unit of its neighbour."""
    if isinstance(node, Literal):
        return node.type == INT
    if isinstance(node, Negate):
        return is_written_number(node.operand)
    return isinstance(node, Arithmetic) and is_written_number(node.left) and is_written_number(node.right)


def is_written_text(node: Node) -> TypeGuard[Literal]:
    """Whether the part is a quoted text; it becomes a code, a date or a month beside one."""
    return isinstance(node, Literal) and node.type == TEXT


def is_pliable(node: Node) -> bool:
    """Whether the part takes its type from its neighbours."""
    return is_written_number(node) or is_written_text(node)


def fit(node: Node, target: Type) -> Node | None:
    """The node made to be of type `target` without losing anything, or None. An unknown code is an error."""
    if node.type == target:
        return node
    if isinstance(target, OptionalOf):
        return fit(node, target.inner) or (_same_kind(node, target))
    if isinstance(node, Choice):
        then, otherwise = fit(node.then, target), fit(node.otherwise, target)
        return replace(node, type=target, then=then, otherwise=otherwise) if then and otherwise else None
    if is_written_number(node) and (is_number(target)):
        return _written_as(node, target)
    if is_written_text(node):
        return _text_as(node, target)
    if isinstance(node.type, Code) and isinstance(target, Code):
        return node if _code_fits(node.type, target) else None
    return Convert(target, node.start, node.end, node) if (node.type, target) in _WIDENINGS else None


def _same_kind(node: Node, target: OptionalOf) -> Node | None:
    """An optional part where an optional type is asked for: the inner types must be the same."""
    if not isinstance(node.type, OptionalOf):
        return None
    inner, wanted = node.type.inner, target.inner
    return node if isinstance(inner, Code) and isinstance(wanted, Code) and _code_fits(inner, wanted) else None


def _code_fits(found: Code, target: Code) -> bool:
    return target.choices is None or (found.choices is not None and found.choices <= target.choices)


def _written_as(node: Node, target: Type) -> Node:
    if isinstance(node, Literal):
        return replace(node, type=target, value=node.value if target in (INT, FEN) else Fraction(as_number(node.value)))
    return Convert(target, node.start, node.end, node)


def _text_as(node: Literal, target: Type) -> Node | None:
    if isinstance(target, Code):
        require_choice(node, target)
        return replace(node, type=target)
    if target in _MOMENT_FORMS:
        try:
            return replace(node, type=target, value=value_from_text(target, as_text(node.value)))
        except ExpressionError:
            raise error(
                "bad_moment",
                node.start,
                node.end,
                expected=_MOMENT_FORMS[target],
                found=as_text(node.value),
                kind=words_for(target),
            ) from None
    return None


def require_choice(node: Literal, code: Code) -> None:
    """Refuse a quoted text that is not among the known choices, and propose the nearest one."""
    found = as_text(node.value)
    if code.choices is None or found in code.choices:
        return
    choices = sorted(code.choices)
    near = difflib.get_close_matches(found, choices, 1, 0.5)
    listed = ", ".join(choices[:12]) + ("…" if len(choices) > 12 else "")
    raise error("unknown_code", node.start, node.end, expected=listed, found=found, suggestion=near[0] if near else "")


def join(left: Type, right: Type) -> Type | None:
    """The narrowest type that both widen to, or None."""
    if left == right:
        return left
    if isinstance(left, Code) and isinstance(right, Code):
        return Code(left.choices | right.choices if left.choices is not None and right.choices is not None else None)
    if {left, right} <= {INT, RATE}:
        return RATE
    if {left, right} == {INT, SCORE}:
        return SCORE
    return UNROUNDED_FEN if {left, right} == {FEN, UNROUNDED_FEN} else None


def bring_together(nodes: Sequence[Node], code: str = "cannot_mix", operator: str = "") -> tuple[Node, ...]:
    """The nodes made to be of one common type; the error `code` at the first that does not agree.

    Written numbers and texts follow the others. The nodes must not be optional.
    """
    firm = [node for node in nodes if not is_pliable(node)]
    target = firm[0].type if firm else nodes[0].type
    for node in firm[1:]:
        joined = join(target, node.type)
        if joined is None:
            raise disagreement(target, node, code, operator)
        target = joined
    fitted = []
    for node in nodes:
        fits = fit(node, target)
        if fits is None:
            raise disagreement(target, node, code, operator)
        fitted.append(fits)
    return tuple(fitted)


def disagreement(target: Type, node: Node, code: str, operator: str = "") -> ExpressionError:
    """The error that says which two kinds do not go together."""
    if isinstance(target, Quantity) and isinstance(node.type, Quantity):
        return error("units_differ", node.start, node.end, expected=target.unit, found=node.type.unit)
    return error(
        code,
        node.start,
        node.end,
        expected=str(target),
        found=str(node.type),
        left=words_for(target),
        right=words_for(node.type),
        operator=operator,
    )


def require_present(node: Node, source: str) -> Node:
    """Refuse a part that may be missing, and a record that stands alone; hand back any other."""
    if isinstance(node.type, OptionalOf):
        name, code = source[node.start : node.end], "result_may_be_missing"
        if isinstance(node, Name):
            name, code = node.dotted, "missing_not_met"
        raise error(code, node.start, node.end, expected=str(node.type.inner), found=str(node.type), name=name)
    if isinstance(node.type, Record):
        first = node.type.fields[0][0] if node.type.fields else "…"
        name = source[node.start : node.end]
        raise error("record_alone", node.start, node.end, expected=f"{name}.{first}", found=name)
    return node


def require(node: Node, target: Type, source: str) -> Node:
    """The node as `target`, or the error that says what was expected and what was found."""
    if not isinstance(target, OptionalOf):
        require_present(node, source)
    fitted = fit(node, target)
    if fitted is not None:
        return fitted
    if target == FEN and node.type == UNROUNDED_FEN:
        raise error(
            "needs_rounding",
            node.start,
            node.end,
            expected="fen",
            found="unrounded_fen",
            name=source[node.start : node.end],
        )
    wanted = target.inner if isinstance(target, OptionalOf) else target
    if isinstance(wanted, Quantity) and isinstance(node.type, Quantity):
        raise disagreement(wanted, node, "wrong_type")
    raise error(
        "wrong_type",
        node.start,
        node.end,
        expected=str(target),
        found=str(node.type),
        expected_word=words_for(target),
        found_word=words_for(node.type),
    )
