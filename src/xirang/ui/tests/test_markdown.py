"""Markdown of packs is shown as their author meant it, and can do no harm."""

from __future__ import annotations

import pytest

from xirang.ui.markdown import markdown_html


def test_headings_lists_code_and_tables_are_shown_below_the_card_s_own_heading():
    html = markdown_html("# 随手报\n\n## 限制\n\n- **居民**：`x`\n\n|甲|乙|\n|-|-|\n|1|2|\n\n###### 六\n")
    parts = ("<h3>随手报</h3>", "<h4>限制</h4>", "<strong>居民</strong>", "<code>x</code>", "<td>1</td>", "<h6>六</h6>")
    for part in parts:
        assert part in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[按](javascript:alert(1))",
        "[按](data:text/html;base64,PHN2Zz4=)",
        "![图](https://example.org/spy.png)",
        "<javascript:alert(1)>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text: str):
    html = markdown_html(text)
    for sign in ("<script", "<img", 'href="javascript', 'href="data'):
        assert sign not in html
