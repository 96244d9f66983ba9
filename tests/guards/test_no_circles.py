"""No module needs itself: the graph of imports inside the package has no circle, not even a late or a typed one.

The graph counts every import that stands in a module's text: at its head, inside functions, and those that only the
type checker reads. A package and its modules are different modules here, so a door may re-export what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping

import grimp
import pytest

Graph = Mapping[str, frozenset[str]]


def circles(graph: Graph) -> list[list[str]]:
    """The groups of modules that can all be reached from each other, by Tarjan's algorithm; no group of one."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        path.append(module)
        for other in sorted(graph.get(module, ())):
            if other not in order:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in path:
                lowest[module] = min(lowest[module], order[other])
        if lowest[module] == order[module]:
            group = path[path.index(module) :]
            del path[path.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return sorted(found)


def test_no_module_needs_itself() -> None:
    house = grimp.build_graph("xirang", cache_dir=None)
    ours = {module for module in house.modules if "tests" not in module.split(".")}
    assert len(ours) > 300, "the graph is that of the whole package"
    found = circles({module: frozenset(house.find_modules_directly_imported_by(module) & ours) for module in ours})
    assert not found, "\n".join(" ↔ ".join(group) for group in found)


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
        ({"a": {"b", "c"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, [["a", "b"], ["c", "d"]]),
    ],
)
def test_the_guard_sees_circles(graph: dict[str, set[str]], found: list[list[str]]) -> None:
    assert circles({module: frozenset(others) for module, others in graph.items()}) == found
