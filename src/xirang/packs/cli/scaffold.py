"""Makes a new pack that is green from its first minute: a folder with one small, complete process."""

from __future__ import annotations

import re
from pathlib import Path

from xirang.foundation.declarations.shapes import CODE
from xirang.foundation.packs import pack_words
from xirang.foundation.terminal import StartupError

FILES = {
    "pack.yaml": """\
pack: {code}
title: {{zh: {title}, en: {english}}}
answers: S4                         # 对应业务清单中的哪一项
keepers: [district_command_centre]  # 由谁维护
uses: [cases, bulletin]             # 用到的引擎
roles: [resident, dispatcher, handler, leader]
grade: A                            # 只有数据
version: "0.1"
""",
    "wiring.yaml": """\
# 发生什么，就通知谁。
- when: cases.case_assigned()
  then: bulletin.notify(to='holder', text='texts/assigned.md')
""",
    "texts/assigned.md": """\
# 新交办事项：{{number}}

“{{title}}”已交由您单位承办，请于 {{due}} 前答复。
""",
    "scenarios.yaml": """\
# 每次检查都会把这些情景走一遍。没有情景的应用包不能安装。
- title: 从提交到办结
  given: {{resident: 王女士, handler: 经办, at: 2026-09-18T16:00}}
  steps:
    - {{who: resident, does: open, with: {{what: 请办理这件事}}}}
    - {{who: dispatcher, does: assign, with: {{unit: unit/enterprise_service}}, at: 2026-09-18T17:00}}
    - {{then: {{stage: handling, handle.due: 2026-09-24T17:00}}}}
    - {{who: resident, may_not: answer}}
    - {{who: handler, does: answer, with: {{outcome: solved, reply: 已经办好。}}, at: 2026-09-22T10:00}}
    - {{then: {{stage: closed, outcome: solved}}}}
""",
    "README.md": """\
# {title}（{code}）

一句话：这个应用包为谁做什么。

## 为谁做什么

- **居民**：提交一次，看得到由谁办、何时办完。
- **承办单位**：五个工作日内答复。

## 限制

- 还没有写明。
""",
}


def make_pack(folder: Path, code: str, title: str, english: str) -> Path:
    """Write a new pack below `folder` and return its path; StartupError when the code is wrong or taken."""
    if not re.fullmatch(CODE, code):
        raise StartupError(
            f"代码“{code}”不合规则。请用小写英文字母开头，只含小写字母、数字和下划线，不超过 40 个字符。",
            f'The code "{code}" breaks the rule. Begin with a lower-case letter; use only a–z, 0–9 and _; at most 40.',
        )
    path = folder / code
    if path.exists():
        raise StartupError(f"{path} 已经存在。请换一个代码。", f"{path} exists already. Choose another code.")
    # A title with marks of its own must not break the file it is written into.
    words = {"code": code, "title": _quoted(title), "english": _quoted(english)}
    starters = {name: text for name, one in pack_words().files.items() if (text := one.starter())}
    for name, text in (FILES | starters).items():
        plain = {**words, "title": title, "english": english} if name.endswith(".md") else words
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(**plain), encoding="utf-8", newline="\n")
    return path


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[\w\u3400-\u9fff][\w\u3400-\u9fff（）()·-]*( [\w-]+)*", text) and not text.isdigit()
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
