"""The environment of all pages: lines, sentences, names of every page, error pages without anything."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from xirang.foundation.errors import InvalidError, NotFoundError
from xirang.ui import jinja
from xirang.ui.one_line import join_lines


def render(text: str, request: HttpRequest | None = None, **context: Any) -> str:
    drawn: str = engines.all()[0].from_string(text).render(context, request)
    return drawn


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<p>\n  甲\n</p>\n", "<p>甲</p>"),
        ('<a href="/"\n   class="b">\n  {{ x }}\n</a>', '<a href="/" class="b">1</a>'),
        ('<a\n  {% if x %}id="c"{% endif %}\n>', '<a id="c">'),
        ("{{ x }}\n{{ x }}", "11"),
        ("{{ x }} <b>甲</b>\n<i></i>", "1 <b>甲</b><i></i>"),
        ("one\ntwo", "one two"),
        ('<td class="a\n          b">', '<td class="a b">'),
        ("<pre>{{ '甲\n乙' }}</pre>", "<pre>甲\n乙</pre>"),
        ("{# 注 #}\n<p>", "<p>"),
    ],
)
def test_line_breaks_of_a_template_do_not_reach_the_page(written: str, sent: str) -> None:
    assert render(written, x=1) == sent


def test_whether_a_break_stands_inside_a_tag_is_kept_from_piece_to_piece() -> None:
    assert join_lines('<a href="', inside=False) == ('<a href="', True)
    assert join_lines('"\n  class="b">\n', inside=True) == ('" class="b">', False)


def test_a_sentence_is_filled_with_escaped_values() -> None:
    assert render('{{ _("%(n)s 更新", n="<b>") }}') == "&lt;b&gt; 更新"
    assert (
        render('{% trans u="<b>" %}由 <a href="{{ u }}">此</a> 引发{% endtrans %}')
        == '由 <a href="&lt;b&gt;">此</a> 引发'
    )
    assert render('{{ ngettext("%(n)s 件", "%(n)s 件", 2, n=2) }}100%') == "2 件100%"
    with override("en"):
        assert render('{{ _("我要求助") }}') == "Make a request"


def test_a_kept_sentence_is_said_in_the_language_of_each_reader() -> None:
    for _twice in range(2):
        assert render('{{ _("我要求助") }}') == "我要求助"
        with override("en"):
            assert render('{{ _("我要求助") }}') == "Make a request"
    assert render('{{ _("<b>") }}{{ _("<b>") ~ "<i>" }}') == "&lt;b&gt;&lt;b&gt;&lt;i&gt;"


def test_all_forms_of_a_page_carry_one_token_and_no_two_pages_the_same() -> None:
    request = RequestFactory().get("/")
    first, second = (
        render("{{ csrf_input }}|{{ csrf_input }}|{{ csrf_token }}", request).split("|") for _twice in range(2)
    )
    assert first[0] == first[1] == f'<input type="hidden" name="csrfmiddlewaretoken" value="{first[2]}">'
    assert first[2] != second[2], "masked anew for each page, so that compressing it tells nothing of the secret"


def test_a_page_without_forms_asks_for_no_token() -> None:
    request = RequestFactory().get("/")
    assert render("甲", request) == "甲"
    assert "CSRF_COOKIE" not in request.META


def test_what_is_imported_is_made_once_a_page_and_sees_that_page_only() -> None:
    imported = '{%% import "ui/tests/counted.html" as %s with context %%}'
    written = imported % "one" + imported % "two" + "{{ one.said() }}{{ two.said() }}"
    for name in ("甲", "<乙>"):
        made: list[str] = []
        shown = name.replace("<", "&lt;").replace(">", "&gt;")
        assert render(written, name=name, made=made) == shown * 2
        assert len(made) == 1


def test_what_a_view_says_wins_over_context_processors() -> None:
    request = RequestFactory().get("/here/?a=1")
    assert render("{{ messages }} {{ here }} {{ csrf_token|length }}", request, messages="mine") == "mine /here/?a=1 64"


def test_a_page_without_request_has_the_names_of_every_page() -> None:
    assert render("[{{ here }}{{ csrf_input }}{{ messages|length }}{{ shell.brand }}]{{ now.tzinfo }}") == "[0息壤]UTC"


@pytest.mark.parametrize("name", ["ui/error.html", "ui/error_fragment.html"])
@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503])
def test_an_error_is_shown_without_request_context_or_database(name: str, status: int) -> None:
    context = {"error": NotFoundError(), "sentence": "没有办成。<b>", "status": status, "reference": "7F3A9C21"}
    drawn = engines.all()[0].get_template(name).render(context)
    assert "没有办成。&lt;b&gt;" in drawn
    assert str(status) in drawn
    assert "7F3A9C21" in drawn


def test_an_error_names_the_fields_that_are_wrong() -> None:
    context = {"error": InvalidError(fields={"a": "太长"}), "sentence": "", "status": 400, "reference": ""}
    for name in ("ui/error.html", "ui/error_fragment.html"):
        assert "<li>太长</li>" in engines.all()[0].get_template(name).render(context)


def test_all_templates_compile_and_what_is_compiled_is_kept(tmp_path: Path) -> None:
    assert jinja.warm() >= 12
    folder = tmp_path / "pages"
    first = jinja.environment(compiled=folder, loader=engines.all()[0].env.loader)
    first.get_template("ui/parts.html")
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".cache"]
    assert folder.stat().st_mode & 0o077 == 0
    again = jinja.environment(compiled=folder, loader=engines.all()[0].env.loader)
    assert again.get_template("ui/parts.html").module.empty
