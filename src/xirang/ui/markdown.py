"""Shows what a pack's author wrote in Markdown: CommonMark and tables, without HTML, pictures or strange links."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Below the headings of the page (h1) and of the card that holds the text (h2).
_FIRST_LEVEL = 3
_reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=64)
def markdown_html(text: str) -> SafeString:
    """The text as HTML. Markup inside it stands as plain words, and links that run script are not made links."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _FIRST_LEVEL - 1)}"
    html: str = _reader.renderer.render(tokens, _reader.options, {})
    return mark_safe(html)
