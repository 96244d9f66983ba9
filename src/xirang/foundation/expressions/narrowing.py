"""What a condition proves about values that may be missing: has(x) holds, so x is there."""

from __future__ import annotations

from xirang.foundation.expressions.nodes import Call, Choice, Logic, Name, Node, Not

Known = frozenset[tuple[str, ...]]
"""The paths that are known to be present."""

NOTHING: Known = frozenset()


def known_when(node: Node, outcome: bool) -> Known:
    """The paths that are present whenever the condition `node` comes out as `outcome`."""
    if isinstance(node, Call) and node.function == "has" and isinstance(node.arguments[0], Name):
        path = node.arguments[0].path
        # Where a part is there, everything it belongs to is there as well.
        return frozenset(path[:length] for length in range(1, len(path) + 1)) if outcome else NOTHING
    if isinstance(node, Not):
        return known_when(node.operand, not outcome)
    if isinstance(node, Logic):
        return _known_of_logic(node, outcome)
    if isinstance(node, Choice):
        first = known_when(node.condition, True) | known_when(node.then, outcome)
        second = known_when(node.condition, False) | known_when(node.otherwise, outcome)
        return first & second
    return NOTHING


def _known_of_logic(node: Logic, outcome: bool) -> Known:
    """`and` comes out true in one way, with every operand true; it comes out false at any one of them."""
    passing = node.operator == "and"
    so_far: Known = NOTHING
    endings: list[Known] = []
    for operand in node.operands:
        endings.append(so_far | known_when(operand, not passing))
        so_far |= known_when(operand, passing)
    return so_far if outcome == passing else frozenset.intersection(*endings)
