"""Proofs about expressions and lists: they fit the names of the process, and an index carries every list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.names import VIEW_CONSTANTS, names_of, view_columns, view_names
from xirang.engines.cases.logic.process import ProcessType, ViewSpec
from xirang.engines.cases.logic.proofs.graph import running_stages
from xirang.engines.cases.logic.proofs.report import Report
from xirang.foundation.declarations import did_you_mean
from xirang.foundation.expressions import (
    Call,
    Comparison,
    Convert,
    Expression,
    ExpressionError,
    ListLiteral,
    Literal,
    Membership,
    Name,
    Node,
    compile_expression,
    walk,
)
from xirang.foundation.expressions.types import BOOL, Type


def check_writing(process: ProcessType, report: Report) -> None:
    """Guards, dispatch rules and lists."""
    for action in process.actions.values():
        if action.guard:
            guard = _compile(f"{action.path}/guard", action.guard, names_of(process, action), report)
            _check_identities(f"{action.path}/guard", guard, {**process.fields, **action.asks}, report)
        if action.guard and action.because is None:
            report.error(
                f"{action.path}/guard",
                "guard_reason",
                f"“{action.title.zh}”有条件，却没有说明。请写 because，告诉办理人为什么现在不能办。",
                f'"{action.code}" has a guard but no because. Say why it cannot be done when it does not hold.',
                key=True,
            )
    for rule in process.dispatch:
        found = _compile(f"{rule.path}/when", rule.when, names_of(process), report)
        _check_identities(f"{rule.path}/when", found, process.fields, report)
    if process.dispatch and process.assignment is None:
        report.error(
            "/dispatch",
            "dispatch",
            "有分派规则，但起点环节没有交办动作（effects: [hold: …]）。",
            "There are dispatch rules, but no action of the first stage hands the case to a unit (effects: [hold: …]).",
            key=True,
        )
    for view in process.views.values():
        _check_view(process, view, report)


def _compile(
    path: str, source: str, names: Mapping[str, Type | Mapping[str, Any]], report: Report
) -> Expression | None:
    try:
        return compile_expression(source, names, expects=BOOL)
    except ExpressionError as error:
        report.error(
            path,
            "expression",
            f"{error.zh}位置：{error.marked(source)}",
            f"{error.en} Here: {error.marked(source)}",
        )
        return None


def _check_identities(path: str, rule: Expression | None, specs: Mapping[str, FieldSpec], report: Report) -> None:
    """A unit or a person is known by an id that no file can write: compared with a text the rule would never hold.

    In a scenario, where a unit goes by its code, it would hold all the same and so prove fiction.
    """
    known = {"holder", "me", "requester", "requester.organisation"}
    known |= {code for code, spec in specs.items() if spec.kind in ("unit", "organisation", "person")}
    for node in walk(rule.node) if rule is not None else ():
        sides: tuple[Node, ...] = ()
        if isinstance(node, Comparison):
            sides = tuple(_bare(one) for one in node.operands)
        elif isinstance(node, Membership) and isinstance(node.options, ListLiteral):
            sides = (_bare(node.item), *node.options.items)
        inner = (one for side in sides for one in walk(side))
        named = next((one for one in inner if isinstance(one, Name) and one.dotted in known), None)
        if named is not None and any(isinstance(one, Literal) for one in sides):
            report.error(
                path,
                "identity",
                f"{named.dotted} 是编号，不能和写死的文字比较，真正办件时不会成立。请和 me、holder 或另一项比较。",
                f"{named.dotted} is an id and never equals a written text in a real case. "
                "Compare it with me, holder or another field.",
            )


def _bare(node: Node) -> Node:
    while isinstance(node, Convert):
        node = node.operand
    return node


def _check_view(process: ProcessType, view: ViewSpec, report: Report) -> None:
    columns = view_columns(process)
    rule = _compile(f"{view.path}/where", view.where, view_names(process), report)
    if rule is not None:
        _check_identities(f"{view.path}/where", rule, process.fields, report)
        _check_where(process, view, rule, report)
    sort = view.sort.removeprefix("-")
    if sort not in columns or not columns[sort].sort:
        zh, en = did_you_mean(sort, [name for name, column in columns.items() if column.sort])
        report.error(
            f"{view.path}/sort", "sort", f"列表不能按“{sort}”排序{zh}", f'A list cannot be sorted by "{sort}"{en}'
        )
    for path, name in report.spots(f"{view.path}/show", view.show):
        _check_column(process, path, name, report)


def _check_where(process: ProcessType, view: ViewSpec, rule: Expression, report: Report) -> None:
    if any(isinstance(node, Call) for node in walk(rule.node)):
        report.error(
            f"{view.path}/where",
            "view_function",
            "列表的条件里不能用函数，只能把列和数值相比。",
            "A list's condition cannot use functions; compare columns with values.",
        )
    for name in sorted(rule.names - VIEW_CONSTANTS):
        if name.endswith(".due"):
            _check_alone(process, view, name.removesuffix(".due"), report)


def _check_alone(process: ProcessType, view: ViewSpec, code: str, report: Report) -> None:
    """The row carries the earliest due moment; a clock that always runs alone is found by it, others are not."""
    clock = process.all_clocks.get(code)
    if clock is None or any(act not in process.actions and act != "open" for act in clock.starts):
        return
    mine = running_stages(process, clock)
    for other in process.all_clocks.values():
        if other.code != code and running_stages(process, other) & mine:
            report.error(
                f"{view.path}/where",
                "clock_beside",
                f"“{clock.title.zh}”会和“{other.title.zh}”同时计时，列表无法按它筛选。请改用 due（最近期限）。",
                f'Clock "{code}" may run beside "{other.code}", so no index carries it. Use due, the next due moment.',
            )


def _check_column(process: ProcessType, path: str, name: str, report: Report) -> None:
    columns = view_columns(process)
    if name not in columns:
        zh, en = did_you_mean(name, columns)
        report.error(path, "column", f"没有叫 {name} 的列{zh}", f'There is no column "{name}"{en}')
