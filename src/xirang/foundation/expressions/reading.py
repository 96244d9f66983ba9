"""From a rule's text to Python's syntax tree, bounded in size and depth."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from xirang.foundation.expressions.errors import ExpressionError, error
from xirang.foundation.expressions.scanning import scan

MAX_NODES = 500
MAX_DEPTH = 60


@dataclass(frozen=True)
class Reading:
    """The syntax tree of one rule, with the way back from the parser's positions to characters."""

    source: str
    body: ast.expr
    characters: tuple[int, ...]

    def start(self, node: ast.expr) -> int:
        """The first character of a part, from 0."""
        return self.characters[node.col_offset]

    def end(self, node: ast.expr) -> int:
        """The first character behind a part."""
        return self.characters[node.col_offset if node.end_col_offset is None else node.end_col_offset]

    def fragment(self, node: ast.expr) -> str:
        """The part as it is written."""
        return self.source[self.start(node) : self.end(node)]


def read(source: object) -> Reading:
    """Parse a rule. Raises ExpressionError for every text that is not one bounded Python expression."""
    line = scan(source)
    lead = len(line) - len(line.lstrip(" "))
    try:
        with warnings.catch_warnings():
            # The parser warns about odd but harmless forms such as `1 (2)`; the checks below refuse them.
            warnings.simplefilter("ignore")
            body = ast.parse(line.strip(" "), mode="eval").body
    except SyntaxError as problem:
        raise _syntax_error(line, lead + (problem.offset or 1) - 1) from None
    except (RecursionError, MemoryError):
        raise error("too_deep", 0, len(line), limit=MAX_DEPTH) from None
    except ValueError:
        raise _syntax_error(line, lead) from None
    reading = Reading(str(source), body, _characters(line, lead))
    _check_size(reading)
    return reading


def _syntax_error(line: str, at: int) -> ExpressionError:
    at = min(max(at, 0), max(len(line.rstrip()) - 1, 0))
    return error("syntax", at, found=line[at : at + 20].strip())


def _characters(line: str, lead: int) -> tuple[int, ...]:
    """For each byte of the parsed text the number of its character: Python's parser counts bytes of UTF-8."""
    places: list[int] = []
    for place, character in enumerate(line.strip(" "), start=lead):
        places.extend([place] * len(character.encode()))
    return (*places, lead + len(line.strip(" ")))


def _check_size(reading: Reading) -> None:
    waiting: list[tuple[ast.AST, int]] = [(reading.body, 1)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += isinstance(node, ast.expr)
        if depth > MAX_DEPTH:
            raise error("too_deep", reading.start(reading.body), reading.end(reading.body), limit=MAX_DEPTH)
        if count > MAX_NODES:
            raise error("too_many_parts", reading.start(reading.body), reading.end(reading.body), limit=MAX_NODES)
        waiting.extend(
            (child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.keyword)
        )
