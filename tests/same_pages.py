"""Holds every page that Jinja2 renders against its old template in Django's language: tags, attributes, words.

Lives while the templates are moved (`jinja2/` beside `templates/`), and goes with the last old template. It works
inside the request: the same view, the same context, rendered twice. `tests/security/test_moved_pages.py` walks over
all addresses; with `-p tests.same_pages --same-pages` any other test compares what it renders, too:

    python -m pytest -q -n 0 -p tests.same_pages --same-pages src/xirang/engines/cases
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates

from xirang.ui.jinja import Page

# What differs from rendering to rendering: the masked form token, and identifiers made at random.
TOKEN = re.compile(r"[A-Za-z0-9]{64}")
UNIQUE = re.compile(r"x-[0-9a-f]{10}\b")
# A blank beside one of these is seen by nobody.
BLOCKS = frozenset(
    (
        "html",
        "head",
        "body",
        "title",
        "meta",
        "link",
        "script",
        "main",
        "header",
        "footer",
        "nav",
        "section",
        "aside",
        "article",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "form",
        "fieldset",
        "legend",
        "details",
        "summary",
        "dialog",
        "hr",
        "br",
        "option",
        "select",
        "optgroup",
        "svg",
        "path",
        "rect",
        "use",
        "polyline",
    )
)
LINES_AROUND = 3


class Shape(HTMLParser):
    """A page as a list of lines: one for a tag with its attributes in order, one for a run of words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.words = ""
        self.after_block = True
        self.feed(text)
        self.close()
        self._end_words(before_block=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = sorted(f'{name}="{_normal(name, value or "")}"' for name, value in attrs)
        self._tag(tag, f"<{' '.join([tag, *said])}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag, f"</{tag}>")

    def handle_decl(self, decl: str) -> None:
        self._tag("html", f"<!{decl}>")

    def handle_data(self, data: str) -> None:
        self.words += data

    def _tag(self, tag: str, line: str) -> None:
        self._end_words(before_block=tag in BLOCKS)
        self.after_block = tag in BLOCKS
        self.lines.append(line)

    def _end_words(self, *, before_block: bool) -> None:
        words = " ".join(self.words.split())
        if words:
            # A blank between words and an inline tag is seen; one that holds a line break only parted the source.
            left = " " if not self.after_block and _is_blank(self.words[: -len(self.words.lstrip())]) else ""
            right = " " if not before_block and _is_blank(self.words[len(self.words.rstrip()) :]) else ""
            self.lines.append(f"{left}{words}{right}")
        elif _is_blank(self.words) and not (self.after_block or before_block):
            self.lines.append(" ")
        self.words = ""


def _is_blank(text: str) -> bool:
    return text != "" and "\n" not in text


def _normal(name: str, value: str) -> str:
    value = TOKEN.sub("TOKEN", UNIQUE.sub("x-UNIQUE", value))
    return " ".join(sorted(value.split())) if name == "class" else " ".join(value.split())


def differences(before: str, after: str) -> list[str]:
    """The lines in which two pages differ; none when they are equal."""
    return list(
        difflib.unified_diff(Shape(before).lines, Shape(after).lines, "old", "new", lineterm="", n=LINES_AROUND)
    )


class Comparison:
    """What was compared while it was on, and what was found to differ."""

    def __init__(self) -> None:
        self.compared: set[str] = set()
        self.differing: dict[str, str] = {}  # What differs, and where it was seen first.

    @property
    def found(self) -> list[str]:
        """What differs, each difference once, with the address where it was seen first."""
        return [f"{where}\n{what}" for what, where in self.differing.items()]

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Render every page twice from now on; the reader gets the new one."""
        render = Page.render

        def both(page: Page, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
            name = page.template.name
            try:
                new = render(page, context, request)
            except Exception as error:
                self.differing.setdefault(f"{type(error).__name__}: {error}\n{_place(error)}", str(name))
                raise
            old = _old(name, context, request)
            if old is not None:
                self.compared.add(name or "")
                lines = differences(old, new)
                # The head of the paper says the minute, which may just have passed.
                if lines and (lines := differences(old, render(page, context, request))):
                    where = request.get_full_path() if request is not None else "no request"
                    self.differing.setdefault("\n".join(lines), f"{name} at {where}")
            return new

        patch.setattr(Page, "render", both)


def _place(error: Exception) -> str:
    """Where in the templates it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"  {one.filename}:{one.lineno}: {one.line}" for one in frames if one.filename.endswith(".html"))


def _old(name: str, context: dict[str, Any] | None, request: HttpRequest | None) -> str | None:
    django = next(one for one in engines.all() if isinstance(one, DjangoTemplates))
    try:
        template = django.get_template(name)
    except TemplateDoesNotExist:
        return None
    rendered: str = template.render(context, request)
    return rendered


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--same-pages", action="store_true", help="compare every page with its old template")


@pytest.fixture(autouse=True)
def same_pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With `--same-pages`, a test in which a page differs from its old template fails."""
    comparison = Comparison()
    if request.config.getoption("--same-pages"):
        comparison.watch(monkeypatch)
    yield
    assert not comparison.found, "\n\n".join(comparison.found)
