"""Puts records into words: titles for what their bodies hold, and names in place of ids.

One word means one thing wherever it is recorded, so one list does for all owners; a test holds it complete. Owners
whose bodies speak in codes of their own (a case in those of its process) plug a `Speak` instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.engines.ledger.spec import Entry
from xirang.people.spec import role_title, vault_field_title
from xirang.ui.wording import aside, listed, moment_text, speaks_english

KINDS: Mapping[str, Any] = {
    "account": gettext_lazy("账号"),
    "area": gettext_lazy("区域"),
    "case": gettext_lazy("办件"),
    "demo": gettext_lazy("演示辖区"),
    "import_run": gettext_lazy("导入"),
    "message": gettext_lazy("消息"),
    "organisation": gettext_lazy("单位"),
    "organisation_batch": gettext_lazy("一批单位"),
    "pack": gettext_lazy("应用包"),
    "person": gettext_lazy("自然人"),
    "place": gettext_lazy("地点"),
    "process": gettext_lazy("流程"),
    "sign_in_name": gettext_lazy("登录名"),
    "staff_import": gettext_lazy("人员导入"),
    "vault": gettext_lazy("保险柜"),
}
"""What kinds of objects are called."""

WORDS: Mapping[str, Any] = {
    "about": gettext_lazy("关于"),
    "accounts": gettext_lazy("账号"),
    "active": gettext_lazy("使用中"),
    "active_in": gettext_lazy("启用于"),
    "address": gettext_lazy("地址"),
    "area": gettext_lazy("区域"),
    "batch": gettext_lazy("批次"),
    "because": gettext_lazy("理由"),
    "changed": gettext_lazy("变更"),
    "channel": gettext_lazy("渠道"),
    "code": gettext_lazy("代码"),
    "credit_code": gettext_lazy("信用代码"),
    "digests": gettext_lazy("内容摘要"),
    "ended": gettext_lazy("结束"),
    "field": gettext_lazy("项目"),
    "fields": gettext_lazy("项目"),
    "file": gettext_lazy("文件"),
    "from": gettext_lazy("自"),
    "from_line": gettext_lazy("起始行"),
    "grant": gettext_lazy("授权编号"),
    "granted": gettext_lazy("同意"),
    "hash": gettext_lazy("内容哈希"),
    "how": gettext_lazy("方式"),
    "inserted": gettext_lazy("新增"),
    "issuer": gettext_lazy("签发方"),
    "kind": gettext_lazy("类别"),
    "language": gettext_lazy("语言"),
    "left_out": gettext_lazy("未开立"),
    "lines": gettext_lazy("行"),
    "locked": gettext_lazy("锁定"),
    "locked_until": gettext_lazy("锁定至"),
    "matter": gettext_lazy("事由"),
    "name": gettext_lazy("名称"),
    "new": gettext_lazy("新增"),
    "on": gettext_lazy("打开"),
    "opened": gettext_lazy("开立"),
    "options": gettext_lazy("选项"),
    "organisation": gettext_lazy("单位"),
    "pack": gettext_lazy("应用包"),
    "page": gettext_lazy("页面"),
    "password": gettext_lazy("口令"),
    "point": gettext_lazy("有坐标"),
    "preview": gettext_lazy("查看"),
    "purpose": gettext_lazy("用途"),
    "read": gettext_lazy("读入"),
    "refused": gettext_lazy("拒绝"),
    "removed": gettext_lazy("移除"),
    "repeated": gettext_lazy("重复"),
    "report_sha256": gettext_lazy("报告校验值"),
    "request": gettext_lazy("申请编号"),
    "result": gettext_lazy("结果"),
    "rewrapped": gettext_lazy("重新密封"),
    "retired_in": gettext_lazy("停用于"),
    "role": gettext_lazy("角色"),
    "roles": gettext_lazy("角色"),
    "rows": gettext_lazy("行数"),
    "seen": gettext_lazy("已读"),
    "serial": gettext_lazy("版次"),
    "sha256": gettext_lazy("文件校验值"),
    "source": gettext_lazy("来源"),
    "stand_in": gettext_lazy("代岗编号"),
    "substitute": gettext_lazy("代岗人"),
    "successors": gettext_lazy("后继区域"),
    "switch": gettext_lazy("开关"),
    "switches": gettext_lazy("开关"),
    "to": gettext_lazy("至"),
    "totp": gettext_lazy("动态码"),
    "unchanged": gettext_lazy("未变"),
    "username": gettext_lazy("用户名"),
    "version": gettext_lazy("版本"),
    "view": gettext_lazy("视图"),
    "warned": gettext_lazy("提醒"),
}
"""What the parts of bodies are called."""

CODES: Mapping[tuple[str, str], Any] = {
    ("channel", "inbox"): gettext_lazy("站内消息"),
    ("channel", "sandbox"): gettext_lazy("消息沙盒"),
    ("how", "oidc"): gettext_lazy("统一身份"),
    ("how", "password"): gettext_lazy("口令"),
    ("how", "recovery"): gettext_lazy("恢复码"),
    ("how", "totp"): gettext_lazy("动态码"),
    ("language", "en"): gettext_lazy("英文"),
    ("language", "zh-hans"): gettext_lazy("中文"),
    ("password", "changed"): gettext_lazy("已修改"),
    ("password", "reset"): gettext_lazy("已重置"),
    ("preview", "ended"): gettext_lazy("结束"),
    ("preview", "started"): gettext_lazy("开始"),
    ("result", "locked"): gettext_lazy("已锁定，未放行"),
    ("result", "no_account"): gettext_lazy("没有这个账号"),
    ("result", "password_right"): gettext_lazy("口令正确，待第二步"),
    ("result", "refused"): gettext_lazy("用户名或口令不对"),
    ("result", "refused_second"): gettext_lazy("动态码不对"),
    ("result", "signed_in"): gettext_lazy("已登录"),
    ("result", "signed_out"): gettext_lazy("已退出"),
    ("totp", "confirmed"): gettext_lazy("已启用"),
    ("totp", "disabled"): gettext_lazy("已停用"),
    ("totp", "started"): gettext_lazy("已申领"),
}
"""What certain values are called where they stand under certain words."""

_CODED = {"pack", "process"}
_POINTERS = {
    "accounts": "account",
    "active_in": "area",
    "area": "area",
    "organisation": "organisation",
    "retired_in": "area",
    "substitute": "account",
    "successors": "area",
}
_HASHES = {"hash", "sha256", "report_sha256"}
_ROLES = {"role", "roles"}
_DRAWERS = {"field", "fields", "removed"}


def kind_title(kind: str) -> str:
    """What objects of this kind are called, in the reader's language; the bare kind of one that nobody knows."""
    return str(KINDS.get(kind, kind))


def subject_text(kind: str, subject_id: str, names: Mapping[str, str]) -> str:
    """An object by its kind and, where it has one, its name; packs and processes go by their codes."""
    name = subject_id if kind in _CODED else names.get(subject_id, "")
    return f"{kind_title(kind)} {name}".rstrip()


def hash_text(digits: str) -> str:
    """As much of a hash as tells two apart at a glance."""
    return f"{digits[:12]}…"


def pointed_at(kind: str, records: Iterable[Entry]) -> set[str]:
    """The ids (of areas also codes) of all objects of this kind that records are about or name in their bodies."""
    words = [word for word, pointed in _POINTERS.items() if pointed == kind]
    found = {record.subject_id for record in records if record.subject_kind == kind}
    return found | {text for record in records for word in words for text in _texts(record.body.get(word))}


def facts_in(body: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The particulars of one body as (title, text), with `names` in place of ids; what says nothing is left out."""
    said = ((str(WORDS.get(word, word)), _text(word, value, names)) for word, value in body.items())
    return tuple((title, text) for title, text in said if text)


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _text(word: str, value: Any, names: Mapping[str, str]) -> str:
    """One part of a body as text; empty for what says nothing."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, dict):
        if word == "digests":
            return _("%(count)s 项") % {"count": len(value)}
        if word == "switches":
            return listed(aside(name, _("开") if on else _("关")) for name, on in value.items())
        return listed(f"{name}={_text(name, one, names)}" for name, one in value.items())
    if word == "about":
        return kind_title(value[0])
    if isinstance(value, list):
        return listed(_text(word, one, names) for one in value)
    return _one(word, str(value), names)


def _one(word: str, text: str, names: Mapping[str, str]) -> str:
    if word in _HASHES:
        return hash_text(text)
    if word in _ROLES:
        return role_title(text, "en" if speaks_english() else "zh")
    if word in _DRAWERS:
        return vault_field_title(text, "en" if speaks_english() else "zh")
    if word == "matter":
        return kind_title(text.partition(":")[0])
    if (word, text) in CODES:
        return str(CODES[word, text])
    return names.get(text) or _moment(text) or text


def _moment(text: str) -> str:
    """An ISO moment as people read it; days stay as they are."""
    if len(text) < 19 or text[10] != "T":
        return ""
    try:
        return moment_text(datetime.fromisoformat(text))
    except ValueError:
        return ""
