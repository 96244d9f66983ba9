"""English is whole: every sentence stands in the catalogue with a translation, and none escapes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.utils.translation import gettext, override
from jinja2 import nodes

from tests.guards.sources import PACKAGE, files, modules, shown, tree
from tools import messages
from tools.messages import HAN, Sentence, UnreadableSentenceError

# Shown to developers alone.
CHINESE_ALONE = {"gallery.html", "gallery_drawer.html"}

# What Django itself says to people on our pages.
DJANGO_SAYS = (
    "django.forms.fields",
    "django.forms.forms",
    "django.core.validators",
    "django.contrib.auth.password_validation",
)
NO_WORDS = {Sentence(":"), Sentence("IPv4"), Sentence("IPv6")}


def test_the_catalogue_is_what_a_fresh_extraction_would_write():
    fresh = messages.as_text(messages.merged(messages.read(), messages.gather()))
    assert fresh == messages.PO.read_bytes(), "run: python -m tools.messages"


def test_every_sentence_has_english_with_the_same_placeholders_and_no_chinese():
    assert messages.faults(messages.read()) == []


def test_the_compiled_catalogue_speaks():
    with override("en"):
        assert gettext("我要求助") == "Make a request"
    with override("zh-hans"):
        assert gettext("我要求助") == "我要求助"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_no_sentence_is_translated_before_a_reader_is_known(path: Path):
    """At import there is no request: such a sentence would be Chinese for ever. gettext_lazy waits."""
    eager = {
        name.asname or name.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in ("gettext", "ngettext", "pgettext")
    }
    assert list(_calls_at_import(tree(path), eager)) == []


def _calls_at_import(node: ast.AST, names: set[str]) -> Iterator[int]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        inner: list[ast.AST] = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
    else:
        inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
        yield node.lineno
    for child in inner:
        yield from _calls_at_import(child, names)


PAGES = [
    path
    for path in files()
    if path.suffix == ".html" and "jinja2" in path.parts and "tests" not in path.parts
    if path.is_relative_to(PACKAGE) and not path.name.startswith("gallery")
]


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_no_page_says_chinese_past_the_catalogue(path: Path):
    assert list(bare_chinese_of_page(path.read_text("utf-8"))) == []


def bare_chinese_of_page(text: str) -> Iterator[str]:
    """Chinese in a page in Jinja2 that stands neither in `_()` and its kin nor in `{% trans %}`."""
    page = messages.PAGES.parse(text)
    said = {
        id(argument)
        for call in page.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in messages.CALLS
        for argument in call.args
    }
    for node in page.find_all((nodes.TemplateData, nodes.Const)):
        shown = node.data if isinstance(node, nodes.TemplateData) else node.value
        if isinstance(shown, str) and id(node) not in said and HAN.search(shown):
            yield shown.strip()[:80]


def test_the_guard_itself_sees_chinese_in_pages():
    text = """{{ x|default("否") }}{{ _("好", n=_("也好")) }}{% trans %}好{% endtrans %}<b>坏</b>{# 注 #}"""
    assert sorted(bare_chinese_of_page(text)) == ["<b>坏</b>", "否"]


def test_pages_give_their_sentences_as_jinja_asks_for_them():
    text = (
        '{{ _("甲") }}{{ pgettext("丙", "乙") }}{% call parts.card(_("丁")) %}{% endcall %}'
        '{{ _("%(n)s 成" " 100%", n=x) }}'
        '{{ ngettext("一", "%(n)s 多", x, n=x) }}{% trans u=x %}\n  由 <a href="{{ u }}">此</a>\n  起\n{% endtrans %}'
    )
    assert set(messages.of_page(text, "x.html")) == {
        Sentence("甲"),
        Sentence("乙", "", "丙"),
        Sentence("丁"),
        Sentence("%(n)s 成 100%"),
        Sentence("一", "%(n)s 多"),
        Sentence('由 <a href="%(u)s">此</a>起'),
    }


@pytest.mark.parametrize("source", ["_(name)", "_('甲' ~ name)"])
def test_a_sentence_that_a_page_puts_together_is_refused(source: str):
    with pytest.raises(UnreadableSentenceError):
        list(messages.of_page("{{ " + source + " }}", "x.html"))


def test_python_gives_its_sentences_also_from_within_others():
    assert set(messages.of_python("_('甲' '乙')\nf\"{_('丙')}\"\nngettext('一', '多', 2)", "x.py")) == {
        Sentence("甲乙"),
        Sentence("丙"),
        Sentence("一", "多"),
    }


@pytest.mark.parametrize("source", ["_(name)", "_(f'{name} 好')", "_('甲' + name)"])
def test_a_sentence_put_together_while_running_is_refused(source: str):
    with pytest.raises(UnreadableSentenceError):
        list(messages.of_python(source, "x.py"))


def test_translations_survive_and_what_is_gone_goes():
    known = messages.merged(messages.read(), {Sentence("取消选择"): set(), Sentence("我要求助"): set()})
    assert [message.string for message in known if message.id] == ["Clear selection", "Make a request"]
    fresh = messages.merged(known, {Sentence("我要求助"): set(), Sentence("没有人说过"): set()})
    assert messages.faults(fresh) == ["没有人说过: no translation"]


def test_a_sentence_that_gets_a_plural_needs_a_new_translation():
    known = messages.merged(messages.read(), {Sentence("我要求助"): set()})
    fresh = messages.merged(known, {Sentence("我要求助", "我要求助"): set()})
    assert messages.faults(fresh) == ["我要求助: no translation"]
    assert messages.merged(fresh, {Sentence("我要求助"): set()}).get("我要求助").string == ""


def test_what_is_wrong_with_a_translation_is_said():
    catalog = messages.merged(messages.read(), {Sentence("%(n)s 件"): set(), Sentence("甲"): set()})
    for message in catalog:
        if message.id:
            message.string = "乙" if message.id == "甲" else "%(m)s cases"
    assert sorted(messages.faults(catalog)) == [
        "%(n)s 件: other placeholders than the Chinese",
        "甲: Chinese in the English",
    ]


@pytest.mark.parametrize("module", DJANGO_SAYS)
def test_readers_of_chinese_hear_no_english_from_django(module: str):
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin
    said = set(messages.of_python(Path(spec.origin).read_text("utf-8"), module))
    assert said
    with override("zh-hans"):
        assert [one.text for one in said - NO_WORDS if not HAN.search(gettext(one.text)) and not one.plural] == []
