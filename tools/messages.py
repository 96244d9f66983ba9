"""Keeps the English catalogue: gathers every Chinese sentence of the sources, keeps translations, compiles them.

Sentences are read from Python by its own syntax tree, from pages by Jinja2's, and from what is still written
in Django's language by Django's lexer, so that neither this nor the guard in tests/guards needs gettext on the machine.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from xirang.ui.one_line import OneLine

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "xirang"
PO = SOURCES / "project" / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
HEADER = "# English of Xirang. The Chinese sentences of the sources are the message ids; `python -m tools.messages`.\n"
PASSED_OVER = {"tests", "frontend", "static", "migrations", "locale", "node_modules"}
ONE, CONTEXT, PLURAL, CONTEXT_PLURAL = (0,), (1, 0), (0, 1), (1, 2, 0)
CALLS = {
    "_": ONE, "gettext": ONE, "gettext_lazy": ONE, "gettext_noop": ONE, "ngettext": PLURAL, "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT, "pgettext_lazy": CONTEXT, "npgettext": CONTEXT_PLURAL, "npgettext_lazy": CONTEXT_PLURAL,
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|\{(\w*)\}")
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

PAGES = Environment(extensions=["jinja2.ext.i18n", OneLine], autoescape=True)
PAGES.policies["ext.i18n.trimmed"] = True


@dataclass(frozen=True, order=True, slots=True)
class Sentence:
    """One message id, with its plural and context where it has them (empty where not)."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.text, self.plural) if self.plural else self.text


class UnreadableSentenceError(Exception):
    """A sentence that no catalogue can hold, because it is put together while the program runs."""


def gather(sources: Path = SOURCES) -> dict[Sentence, set[str]]:
    """Every sentence of the sources and the files it stands in; UnreadableSentenceError names file and line."""
    found: dict[Sentence, set[str]] = {}
    for path in sorted(sources.rglob("*")):
        inside = path.relative_to(sources)
        if path.suffix not in (".py", ".html", ".txt") or PASSED_OVER & set(inside.parts):
            continue
        if path.suffix != ".py" and "jinja2" not in inside.parts:
            continue
        read = of_python if path.suffix == ".py" else of_page
        for sentence in read(path.read_text("utf-8"), str(inside)):
            found.setdefault(sentence, set()).add(str(inside))
    return found


def of_python(text: str, name: str) -> Iterator[Sentence]:
    """The sentences of one Python file."""
    for node in ast.walk(ast.parse(text, name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield _of_call(node, CALLS[node.func.id], name)


def _of_call(node: ast.Call, places: tuple[int, ...], name: str) -> Sentence:
    said = []
    for argument in node.args[: max(places) + 1]:
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            raise UnreadableSentenceError(f"{name}:{node.lineno}: the argument of _() must be a plain text")
        said.append(argument.value)
    return _sentence(said, places)


def _sentence(said: list[str], places: tuple[int, ...]) -> Sentence:
    if places == ONE:
        return Sentence(said[0])
    if places == PLURAL:
        return Sentence(said[0], said[1])
    return Sentence(said[1], said[2] if places == CONTEXT_PLURAL else "", said[0])


def of_page(text: str, name: str) -> Iterator[Sentence]:
    """The sentences of one page in Jinja2: `_("…")` and its kin, and `{% trans %}`."""
    for call in PAGES.parse(text, name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in CALLS:
            yield _of_page_call(call, CALLS[call.node.name], name)


def _of_page_call(call: nodes.Call, places: tuple[int, ...], name: str) -> Sentence:
    said = []
    for argument in call.args[: max(places) + 1]:
        if not isinstance(argument, nodes.Const) or not isinstance(argument.value, str):
            raise UnreadableSentenceError(f"{name}:{call.lineno}: the argument of _() must be a plain text")
        said.append(argument.value)
    return _sentence(said, places)


def read() -> Catalog:
    """The catalogue as it stands; an empty one where there is none yet."""
    if not PO.exists():
        return Catalog(locale="en")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def merged(known: Catalog, sentences: dict[Sentence, set[str]]) -> Catalog:
    """A catalogue of exactly these sentences, in stable order, with the translations that are known."""
    fresh = Catalog(locale="en", fuzzy=False, header_comment=HEADER.rstrip())
    for sentence in sorted(sentences):
        before = known.get(sentence.key, sentence.context or None)
        formatted = bool(re.search(r"%\(\w+\)[sd]", sentence.text))
        fresh.add(
            sentence.key,
            # A sentence that has got a plural, or lost it, keeps its key but needs another translation.
            before.string if before is not None and before.id == sentence.key else ("", "") if sentence.plural else "",
            flags=("python-format",) if formatted else (),
            context=sentence.context or None,
        )
    return fresh


def as_text(catalog: Catalog) -> bytes:
    """The catalogue as it is kept, without the header lines that change by date or by who runs this."""
    file = BytesIO()
    file.write(HEADER.encode())
    file.write(b'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n')
    file.write(b'"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n')
    file.write(b'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n')
    write_po(file, catalog, width=0, omit_header=True, no_location=True)
    return file.getvalue()


def compile_catalog() -> None:
    """Write the .mo that Django reads; at once whole, since a running program may be reading the old one."""
    fresh = MO.with_suffix(".new")
    with fresh.open("wb") as file:
        write_mo(file, read())
    fresh.replace(MO)


def faults(catalog: Catalog) -> list[str]:
    """What is wrong with the translations, one line each: missing, other placeholders, Chinese left standing."""
    found = []
    for message in catalog:
        if message.id:
            found += [f"{_all(message.id)[0]}: {fault}" for fault in _faults_of(message)]
    return found


def _faults_of(message: Message) -> Iterator[str]:
    ids, said = _all(message.id), _all(message.string or "")
    if not all(said):
        yield "no translation"
        return
    if any(HAN.search(text) for text in said):
        yield "Chinese in the English"
    wanted = {_placeholders(text) for text in ids}
    if any(_placeholders(text) not in wanted for text in said):
        yield "other placeholders than the Chinese"


def _all(texts: str | Sequence[str]) -> tuple[str, ...]:
    """The one text of a plain message, the several of one with a plural."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(match.group(0) for match in PLACEHOLDER.finditer(text))


def main(arguments: list[str]) -> int:
    """`messages` brings the catalogue up to date and lists what lacks English; `messages compile` writes the .mo."""
    if arguments == ["compile"]:
        compile_catalog()
        return 0
    if arguments:
        sys.exit(main.__doc__)
    catalog = merged(read(), gather())
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_text(catalog))
    for line in faults(catalog):
        print(line, file=sys.stderr)
    return 1 if faults(catalog) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
