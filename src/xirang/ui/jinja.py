"""The environment of all pages: Jinja2 with autoescape, our catalogue, and what every template may call.

docs/templates.md tells how a page is written. What a template may use without asking stands in `environment` (helpers,
filters) and in `Page.ground` (names of every page), and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2, Template
from django.template.defaultfilters import filesizeformat, urlencode
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined
from jinja2 import Template as Compiled
from jinja2 import __version__ as jinja2_version
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape

from xirang.foundation.addresses import address_of
from xirang.ui import marks, one_line, wording
from xirang.ui.components.fields import describe_field, first_error
from xirang.ui.markdown import markdown_html
from xirang.ui.one_line import OneLine
from xirang.ui.shell import Shell

# How htmx behaves on every page; no evaluation of scripts, no history of its own, our address only.
HTMX = Markup(
    '{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,"historyCacheSize":0,'
    '"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false,"timeout":20000}'
)
# One hidden field for each form that posts; the same value in all forms of a page.
CSRF_INPUT = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="%s">')


class Imported(Compiled):
    """A template whose macros are made once a page, however many of the page's templates import them."""

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        """The macros of this template; `_imported` comes from `Page.ground` and lasts as long as one rendering."""
        made: dict[str, TemplateModule] = (vars or {}).get("_imported", {})
        name = str(self.name)
        if name not in made:
            made[name] = super().make_module(vars, shared, locals)
        return made[name]


class Pieces(Environment):
    """Jinja2's environment with templates that are imported once a page."""

    template_class = Imported


def environment(compiled: Path | None = None, **options: Any) -> Environment:
    """The environment of all pages; Django's backend calls this once a process.

    `compiled` is a folder that keeps compiled templates from one start to the next: to compile them all takes more than
    a second, to read them a twentieth of that.
    """
    options |= {"undefined": StrictUndefined, "extensions": ["jinja2.ext.i18n", OneLine]}
    options.pop("autoescape", None)
    made = Pieces(autoescape=True, **options)
    if compiled is not None:
        made.bytecode_cache = _kept(compiled)
    made.policies["ext.i18n.trimmed"] = True
    made.globals |= {
        "_": say,
        "asset": marks.asset,
        "icon": marks.icon,
        "url_of": url_of,
        "reader": wording.reader_language,
        "language_code": translation.get_language,
        "unique": unique,
        "printed": printed,
        "describe_field": describe_field,
        "first_error": first_error,
        "marks": marks,
        "htmx": HTMX,
        "lazy_assets": marks.lazy_assets,
        "gettext": translation.gettext,
        "ngettext": say_counted,
        "pgettext": translation.pgettext,
    }
    made.filters |= {
        "moment": wording.moment_text,
        "day": day,
        "minute": minute,
        "spoken": wording.spoken,
        "actor_name": wording.actor_name,
        "markdown": markdown_html,
        "filesize": filesizeformat,
        "url_quoted": urlencode,
    }
    return made


def _kept(folder: Path) -> FileSystemBytecodeCache:
    """Compiled templates by the way they are compiled; Jinja2 itself looks only whether the template has changed."""
    way = sha256(
        f"{jinja2_version} ".encode() + b" ".join(Path(one).read_bytes() for one in (__file__, one_line.__file__))
    )
    kept = folder / way.hexdigest()[:12]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # It holds code: nobody else may write into it.
    kept.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(kept))


def say(text: str, /, **values: Any) -> str:
    """A sentence of the catalogue; its placeholders are filled with escaped values: `_("共 %(n)s 件", n=total)`."""
    said = _translated(text) if settings.DEBUG else _said(translation.get_language(), text)
    return said % values if values else said


def _translated(text: str) -> Markup:
    return escape(translation.gettext(text))


@lru_cache(maxsize=8192)
def _said(_language: str | None, text: str) -> Markup:
    """A sentence in the present language, escaped once: the catalogue does not change while the server runs."""
    return _translated(text)


def say_counted(one: str, many: str, number: int, /, **values: Any) -> str:
    """A sentence of the catalogue that has a plural: `ngettext("有 %(n)s 处", "有 %(n)s 处", n, n=n)`."""
    said = translation.ngettext(one, many, number)
    return escape(said) % values if values else said


def url_of(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page: `url_of("ui:gallery_drawer", number="HL-1")`."""
    return reverse(name, args=args, kwargs=kwargs) if args or kwargs else address_of(name)


def unique() -> str:
    """An identifier no other element of this answer has; random, so that fragments loaded later cannot collide."""
    return f"x-{secrets.token_hex(5)}"


def printed() -> str:
    """The moment of printing, for the head of the paper."""
    return f"{timezone.localtime():%Y-%m-%d %H:%M}"


def day(at: Any) -> str:
    """A date, or the local date of a moment, as figures: “2026-09-23”; empty where there is none."""
    return f"{_local(at):%Y-%m-%d}" if at else ""


def minute(at: Any) -> str:
    """A moment as figures, in local time: “2026-09-23 10:20”; empty where there is none."""
    return f"{_local(at):%Y-%m-%d %H:%M}" if at else ""


def _local(at: Any) -> Any:
    return timezone.localtime(at) if hasattr(at, "tzinfo") and at.tzinfo else at


class Page(Template):
    """A template of Django's backend, in which what a view says wins over what the context processors say."""

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        """The page as text; works without request and context, as error pages must."""
        given = self.ground(request)
        if request is not None:
            for processor in self.backend.template_context_processors:
                given |= processor(request)
        rendered: str = self.template.render(given | (context or {}))
        return rendered

    @staticmethod
    def ground(request: HttpRequest | None) -> dict[str, Any]:
        """The names that every page has: `now`, `here` (its own address), `shell`, `messages`, the form token."""
        token = SimpleLazyObject(lambda: get_token(request)) if request is not None else ""
        return {
            "request": request,
            "here": request.get_full_path() if request is not None else "",
            "_imported": {},
            "now": timezone.now(),
            "shell": Shell(district=""),
            "me": None,
            "messages": (),
            # Made when a form is drawn, and once: Django's own would mask the token anew for each form of a page.
            "csrf_input": SimpleLazyObject(lambda: CSRF_INPUT % str(token)) if request is not None else "",
            "csrf_token": token,
        }


class Pages(Jinja2):
    """Django's backend for Jinja2 with our pages."""

    def get_template(self, template_name: str) -> Page:
        """The page of this name; TemplateDoesNotExist or TemplateSyntaxError as Django's backend raises them."""
        return Page(super().get_template(template_name).template, self)

    def from_string(self, template_code: str) -> Page:
        """A page out of a text, for tests."""
        return Page(self.env.from_string(template_code), self)


def warm() -> int:
    """Compile every template now, so that no reader waits for it; how many there are."""
    from django.template import engines

    names = [name for engine in engines.all() if isinstance(engine, Pages) for name in _compiled(engine)]
    return len(names)


def _compiled(engine: Pages) -> Iterator[str]:
    for name in engine.env.list_templates(extensions=["html"]):
        engine.env.get_template(name)
        yield name
