"""The type checker: from Python's syntax tree to our own typed nodes; what does not fit is an error with its place."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Mapping
from fractions import Fraction

from xirang.foundation.expressions.agreement import (
    bring_together,
    disagreement,
    is_written_text,
    require,
    require_choice,
    require_present,
)
from xirang.foundation.expressions.errors import ExpressionError, error
from xirang.foundation.expressions.functions import FUNCTIONS, CallSite, Function
from xirang.foundation.expressions.narrowing import NOTHING, Known, known_when
from xirang.foundation.expressions.nodes import (
    Arithmetic,
    Choice,
    Comparison,
    ListLiteral,
    Literal,
    Logic,
    Membership,
    Name,
    Negate,
    Node,
    Not,
)
from xirang.foundation.expressions.reading import Reading
from xirang.foundation.expressions.refusals import refusal
from xirang.foundation.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    INT,
    MONTH,
    PURE_NUMBERS,
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
    is_number,
    is_ordered,
    is_scalar,
    words_for,
)

_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_OTHER_SPELLINGS = {"true": "True", "false": "False", "null": "has()", "none": "has()"}


class Checker:
    """Checks one rule against the names of its environment."""

    def __init__(self, reading: Reading, names: Mapping[str, Type]) -> None:
        self.reading = reading
        self.names = names

    def check(self, part: ast.expr, known: Known = NOTHING) -> Node:
        """The typed node for one part; `known` are the paths that has() has already found."""
        if isinstance(part, ast.Constant):
            return self._literal(part)
        if isinstance(part, ast.Name | ast.Attribute):
            return self._name(part, known)
        if isinstance(part, ast.UnaryOp):
            return self._unary(part, known)
        if isinstance(part, ast.BinOp):
            return self._binary(part, known)
        if isinstance(part, ast.BoolOp):
            return self._logic(part, known)
        if isinstance(part, ast.Compare):
            return self._comparison(part, known)
        if isinstance(part, ast.IfExp):
            return self._choice(part, known)
        if isinstance(part, ast.Call):
            return self._call(part, known)
        if isinstance(part, ast.Tuple | ast.List):
            raise self._error("list_alone", part)
        raise refusal(part, *self._span(part))

    def _span(self, part: ast.expr) -> tuple[int, int]:
        return self.reading.start(part), self.reading.end(part)

    def _error(
        self,
        code: str,
        part: ast.expr,
        *,
        found: str | None = None,
        expected: str = "",
        suggestion: str = "",
        name: str = "",
    ) -> ExpressionError:
        found = self.reading.fragment(part) if found is None else found
        return error(code, *self._span(part), expected=expected, found=found, suggestion=suggestion, name=name)

    def _present(self, part: ast.expr, known: Known) -> Node:
        return require_present(self.check(part, known), self.reading.source)

    def _condition(self, part: ast.expr, known: Known) -> Node:
        return require(self.check(part, known), BOOL, self.reading.source)

    # Values that stand in the rule

    def _literal(self, part: ast.Constant) -> Literal:
        value = part.value
        if isinstance(value, bool):
            return Literal(BOOL, *self._span(part), value)
        if isinstance(value, int):
            return Literal(INT, *self._span(part), value)
        if isinstance(value, str):
            return Literal(TEXT, *self._span(part), value)
        raise refusal(part, *self._span(part))

    def _rate(self, part: ast.BinOp) -> Literal:
        above, below = _whole_number(part.left), _whole_number(part.right)
        if below is None or above is None:
            factor = _last_factor(part.left)
            if below is not None and factor is not None:
                rate = f"({self.reading.fragment(factor)}/{self.reading.fragment(part.right)})"
                raise self._error("rate_in_product", part, expected=rate)
            raise self._error("division", part, expected="ratio()")
        if isinstance(part.right, ast.UnaryOp):
            raise self._error("division", part, expected="ratio()")
        if below == 0:
            raise self._error("zero_denominator", part.right)
        return Literal(RATE, *self._span(part), Fraction(above, below))

    # Names

    def _name(self, part: ast.Name | ast.Attribute, known: Known) -> Name:
        steps: list[tuple[str, ast.expr]] = []
        below: ast.expr = part
        while isinstance(below, ast.Attribute):
            steps.append((below.attr, below))
            below = below.value
        if not isinstance(below, ast.Name):
            raise refusal(part, *self._span(part))
        kind = self._known_name(below)
        path: tuple[str, ...] = (below.id,)
        optional = [isinstance(kind, OptionalOf)]
        for attribute, step in reversed(steps):
            kind = self._field(kind, path, attribute, step)
            path, optional = (*path, attribute), [*optional, isinstance(kind, OptionalOf)]
        inner = kind.inner if isinstance(kind, OptionalOf) else kind
        missing = any(flag and path[:length] not in known for length, flag in enumerate(optional, start=1))
        return Name(OptionalOf(inner) if missing else inner, *self._span(part), path, inner, tuple(optional))

    def _known_name(self, part: ast.Name) -> Type:
        kind = self.names.get(part.id)
        if kind is not None:
            return kind
        if part.id in FUNCTIONS:
            raise self._error("function_alone", part, expected=FUNCTIONS[part.id].usage)
        suggestion = _OTHER_SPELLINGS.get(part.id.lower()) or _nearest(part.id, self.names)
        raise self._error("unknown_name", part, suggestion=suggestion)

    def _field(self, kind: Type, path: tuple[str, ...], attribute: str, step: ast.expr) -> Type:
        owner, record = ".".join(path), kind.inner if isinstance(kind, OptionalOf) else kind
        start = self.reading.end(step) - len(attribute)
        if not isinstance(record, Record):
            raise error(
                "not_a_record", start, self.reading.end(step), found=attribute, owner=owner, kind=words_for(record)
            )
        found = record.field(attribute)
        if found is None:
            raise error(
                "unknown_field",
                start,
                self.reading.end(step),
                found=attribute,
                owner=owner,
                suggestion=_nearest(attribute, dict(record.fields)),
            )
        return found

    # Operators

    def _unary(self, part: ast.UnaryOp, known: Known) -> Node:
        if isinstance(part.op, ast.Not):
            return Not(BOOL, *self._span(part), self._condition(part.operand, known))
        if not isinstance(part.op, ast.USub):
            raise refusal(part, *self._span(part))
        operand = self._present(part.operand, known)
        if not is_number(operand.type):
            raise error(
                "wrong_type",
                operand.start,
                operand.end,
                expected="int",
                found=str(operand.type),
                expected_word=("数字", "a number"),
                found_word=words_for(operand.type),
            )
        return Negate(operand.type, *self._span(part), operand)

    def _binary(self, part: ast.BinOp, known: Known) -> Node:
        if isinstance(part.op, ast.Div):
            return self._rate(part)
        operator = _ARITHMETIC.get(type(part.op))
        if operator is None:
            raise refusal(part, *self._span(part))
        left, right = self._present(part.left, known), self._present(part.right, known)
        if operator != "*":
            return self._sum(part, operator, left, right)
        kind = _product(left.type, right.type)
        if kind is None:
            raise self._cannot_combine(operator, left, right)
        return Arithmetic(kind, *self._span(part), operator, left, right)

    def _sum(self, part: ast.BinOp, operator: str, left: Node, right: Node) -> Node:
        if {left.type, right.type} & {DATE, DATETIME, MONTH}:
            raise error(
                "date_arithmetic", *self._span(part), expected="days_between(a, b)", found=self.reading.fragment(part)
            )
        if not (is_number(left.type) and is_number(right.type)):
            raise self._cannot_combine(operator, left, right)
        left, right = bring_together((left, right), "cannot_combine", operator)
        return Arithmetic(left.type, *self._span(part), operator, left, right)

    def _cannot_combine(self, operator: str, left: Node, right: Node) -> ExpressionError:
        return error(
            "cannot_combine",
            left.start,
            right.end,
            expected=str(left.type),
            found=str(right.type),
            left=words_for(left.type),
            right=words_for(right.type),
            operator=operator,
        )

    def _logic(self, part: ast.BoolOp, known: Known) -> Logic:
        operator = "and" if isinstance(part.op, ast.And) else "or"
        operands: list[Node] = []
        for value in part.values:
            operands.append(self._condition(value, known))
            known |= known_when(operands[-1], operator == "and")
        return Logic(BOOL, *self._span(part), operator, tuple(operands))

    def _choice(self, part: ast.IfExp, known: Known) -> Choice:
        condition = self._condition(part.test, known)
        then = self.check(part.body, known | known_when(condition, True))
        otherwise = self.check(part.orelse, known | known_when(condition, False))
        for branch in (then, otherwise):
            if not isinstance(branch.type, OptionalOf):
                require_present(branch, self.reading.source)
        if then.type == otherwise.type:
            return Choice(then.type, *self._span(part), then, condition, otherwise)
        branches = [require_present(branch, self.reading.source) for branch in (then, otherwise)]
        then, otherwise = bring_together(branches)
        kind = then.type
        if isinstance(kind, Code) and isinstance(otherwise.type, Code):
            kind = Code(kind.choices | otherwise.type.choices) if kind.choices and otherwise.type.choices else Code()
        return Choice(kind, *self._span(part), then, condition, otherwise)

    # Comparisons

    def _comparison(self, part: ast.Compare, known: Known) -> Node:
        if any(isinstance(operator, ast.In | ast.NotIn) for operator in part.ops):
            return self._membership(part, known)
        operators = tuple(_COMPARISONS.get(type(operator), "") for operator in part.ops)
        if not all(operators):
            raise refusal(part, *self._span(part))
        operands = [self._present(operand, known) for operand in (part.left, *part.comparators)]
        for node in operands:
            if not is_scalar(node.type):
                raise disagreement(node.type, node, "cannot_compare")
        _check_codes_meet(operands)
        together = bring_together(operands, "cannot_compare")
        kind = together[0].type
        for operator, node in zip(operators, together[1:], strict=True):
            if operator not in ("==", "!=") and not is_ordered(kind):
                raise error(
                    "no_order", together[0].start, node.end, expected="==", found=str(kind), kind=words_for(kind)
                )
        return Comparison(BOOL, *self._span(part), operators, together)

    def _membership(self, part: ast.Compare, known: Known) -> Membership:
        if len(part.ops) > 1:
            raise self._error("comparison_in_list", part)
        item = self._present(part.left, known)
        if not is_scalar(item.type):
            raise disagreement(item.type, item, "cannot_compare")
        behind = part.comparators[0]
        options: ListLiteral | Name
        if isinstance(behind, ast.Tuple | ast.List):
            item, options = self._written_list(item, behind)
        else:
            options, kind = self._named_list(behind, known)
            item = require(item, kind.item, self.reading.source)
        return Membership(BOOL, *self._span(part), item, options, isinstance(part.ops[0], ast.NotIn))

    def _written_list(self, item: Node, part: ast.Tuple | ast.List) -> tuple[Node, ListLiteral]:
        if not part.elts:
            raise self._error("empty_list", part)
        items = [self._list_item(each) for each in part.elts]
        item, *fitted = bring_together((item, *items))
        literals = tuple(each for each in fitted if isinstance(each, Literal))
        if len(literals) != len(items):
            raise self._error("literals_only", part)
        return item, ListLiteral(ListOf(item.type), *self._span(part), literals)

    def _list_item(self, part: ast.expr) -> Literal:
        number = _whole_number(part)
        if number is not None:
            return Literal(INT, *self._span(part), number)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            return self._rate(part)
        if isinstance(part, ast.Constant):
            return self._literal(part)
        raise self._error("literals_only", part)

    def _named_list(self, part: ast.expr, known: Known) -> tuple[Name, ListOf]:
        node = self._present(part, known)
        if isinstance(node, Name) and isinstance(node.type, ListOf):
            return node, node.type
        hint = ("", "")
        if node.type == TEXT and not is_written_text(node):
            hint = ("文字中是否含有某段，请写 contains(x, part)。", "To look inside a text write contains(x, part).")
        elif isinstance(node, Literal):
            word = self.reading.fragment(part)
            hint = (f"只有一项时请写 [{word}]。", f"For a single entry write [{word}].")
        raise error(
            "list_needed",
            node.start,
            node.end,
            expected="list",
            found=str(node.type),
            found_word=words_for(node.type),
            hint=hint,
        )

    # Functions

    def _call(self, part: ast.Call, known: Known) -> Node:
        if not isinstance(part.func, ast.Name):
            raise refusal(part, *self._span(part))
        function = FUNCTIONS.get(part.func.id)
        if function is None:
            raise self._error("unknown_function", part.func, suggestion=_nearest(part.func.id, FUNCTIONS))
        several, named = self._bind(part, function, known)
        site = CallSite(function, self.reading.source, *self._span(part), several, named)
        return function.check(site)

    def _bind(self, part: ast.Call, function: Function, known: Known) -> tuple[tuple[Node, ...], dict[str, Node]]:
        name, usage = function.name, function.usage
        placed = [self.check(each, known) for each in part.args]
        if not function.repeats and len(placed) > function.positional:
            raise self._error("too_many_arguments", part.args[function.positional], name=name, expected=usage)
        named = dict(zip(function.parameters, placed, strict=False)) if not function.repeats else {}
        for keyword in part.keywords:
            if keyword.arg is None:
                raise refusal(keyword.value, *self._span(keyword.value), starred=True)
            start = self.reading.characters[keyword.col_offset]
            span = (start, start + len(keyword.arg))
            if function.repeats or keyword.arg not in function.parameters:
                near = "" if function.repeats else _nearest(keyword.arg, function.parameters)
                raise error("unknown_argument", *span, found=keyword.arg, suggestion=near, name=name, expected=usage)
            if keyword.arg in named:
                raise error("repeated_argument", *span, found=keyword.arg, name=name, expected=usage)
            named[keyword.arg] = self.check(keyword.value, known)
        lacking = next((each for each in function.needed if each not in named), None)
        if function.repeats:
            lacking = function.parameters[len(placed)] if len(placed) < function.least else None
        if lacking is not None:
            raise self._error("too_few_arguments", part, found=lacking, name=name, expected=usage)
        return tuple(placed), named


def _whole_number(part: ast.expr) -> int | None:
    """The whole number that is written here, perhaps with a minus sign, or None."""
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
        number = _whole_number(part.operand) if isinstance(part.operand, ast.Constant) else None
        return None if number is None else -number
    if isinstance(part, ast.Constant) and isinstance(part.value, int) and not isinstance(part.value, bool):
        return part.value
    return None


def _last_factor(part: ast.expr) -> ast.expr | None:
    """The written number that a product ends in, as the 5 of `bill * 5`, or None."""
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult) and _whole_number(part.right) is not None:
        return part.right
    return None


def _product(left: Type, right: Type) -> Type | None:
    """The type of a product: two pure numbers, or one measured value times a pure number."""
    if left in PURE_NUMBERS and right in PURE_NUMBERS:
        return RATE if RATE in (left, right) else INT
    measured, factor = (right, left) if left in PURE_NUMBERS else (left, right)
    if factor not in PURE_NUMBERS:
        return None
    if measured == FEN:
        return FEN if factor == INT else UNROUNDED_FEN
    return measured if measured in (UNROUNDED_FEN, SCORE) or isinstance(measured, Quantity) else None


def _check_codes_meet(operands: list[Node]) -> None:
    """Two choices that share no key can never be equal; a quoted text must be one of the keys."""
    codes: list[Code] = []
    for node in operands:
        if isinstance(node.type, Code) and node.type.choices is not None:
            if codes and not (codes[-1].choices or frozenset()) & node.type.choices:
                raise error("codes_differ", node.start, node.end, expected=str(codes[-1]), found=str(node.type))
            codes.append(node.type)
    for node in operands:
        if codes and isinstance(node, Literal) and node.type == TEXT:
            require_choice(node, codes[0])


def _nearest(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(word, names, 1, 0.6)
    if near:
        return near[0]
    lower = {name.lower(): name for name in names}
    return lower.get(word.lower(), "")
