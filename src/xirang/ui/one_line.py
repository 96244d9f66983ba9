"""Lets templates be written one element a line, while the page that is sent holds no line breaks of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

BREAK = re.compile(r"\s*\n\s*")


class OneLine(Extension):
    """Joins the lines of a template when it is compiled, so that it can be written one element a line.

    Inside a tag a break is one blank; beside a tag, `{{` or `{%` it is nothing; within a sentence it is one blank.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, its text without line breaks."""
        inside = False  # Between `<` and `>`, where a break parts two attributes.
        for token in stream:
            if token.type != "data":
                yield token
                continue
            text, inside = join_lines(token.value, inside=inside)
            if text:
                yield Token(token.lineno, "data", text)


def join_lines(text: str, *, inside: bool) -> tuple[str, bool]:
    """The text without its line breaks; `inside` says whether it begins, and then whether it ends, within a tag."""
    said, at = [], 0
    for found in BREAK.finditer(text):
        before, after = text[at : found.start()], text[found.end() : found.end() + 1]
        inside = _is_inside(before, inside)
        beside = before[-1:] in (">", "") or after in ("<", "")
        said += [before, " " if (inside and after != ">") or not (inside or beside) else ""]
        at = found.end()
    said.append(text[at:])
    return "".join(said), _is_inside(text[at:], inside)


def _is_inside(text: str, before: bool) -> bool:
    opened, closed = text.rfind("<"), text.rfind(">")
    return before if opened == closed else opened > closed
