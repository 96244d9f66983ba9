"""The fixed words of a process type: relations, field kinds, outcomes and the things the ground already holds."""

from __future__ import annotations

from types import MappingProxyType

from xirang.foundation.language import is_english

RELATIONS = MappingProxyType(
    {
        "requester": ("求助人", "the requester"),
        "holder": ("承办单位", "the unit that holds it"),
        "co_holder": ("协办单位", "a unit that helps"),
        "holder.leader": ("承办单位负责人", "the head of the unit that holds it"),
        "responsible_leader": ("包案领导", "the responsible leader"),
        "system": ("系统", "the system"),
    }
)
"""Who somebody may be to one case. Everything else that may act is a role, held within the area of the case."""

ANYONE = "anyone"
OPEN = "open"
"""The act that begins every case; it is declared by `open_to`, not among the actions."""

KINDS = MappingProxyType(
    {
        "text": ("文字", "text"),
        "choice": ("单选", "one choice"),
        "choices": ("多选", "several choices"),
        "int": ("整数", "a whole number"),
        "fen": ("金额", "an amount of money"),
        "date": ("日期", "a date"),
        "bool": ("是否", "yes or no"),
        "phone": ("电话", "a telephone number"),
        "place": ("地点", "a place"),
        "files": ("附件", "files"),
        "organisation": ("企业或单位", "an organisation"),
        "person": ("人员", "a person"),
        "unit": ("承办单位", "a unit"),
        "rating": ("评价", "a rating"),
    }
)

OUTCOMES = MappingProxyType(
    {
        "solved": ("已解决", "Solved"),
        "explained": ("已解释", "Explained"),
        "on_account": ("挂账", "On account"),
        "reopened": ("重开", "Reopened"),
        "not_accepted": ("不予受理", "Not accepted"),
        "withdrawn": ("已撤回", "Withdrawn"),
    }
)
"""How a case stands, counted apart. A closed case keeps the outcome it was answered with: closed is not solved."""

CHANNELS = MappingProxyType(
    {
        "portal": ("网上提交", "this site"),
        "phone": ("电话登记", "telephone"),
        "api": ("系统接口", "the programming interface"),
        "open311": ("Open311 接口", "Open311"),
        "wiring": ("联动产生", "another matter"),
    }
)
"""How a case came in."""

SLIPS = MappingProxyType(
    {
        "early_warning": ("预警单", "Early-warning slip"),
        "supervision": ("督办单", "Supervision slip"),
        "progress": ("进度单", "Progress slip"),
    }
)

SOURCES = MappingProxyType(
    {
        "about.name": ("text", "organisation"),
        "about.credit_code": ("text",),
        "about.address": ("text", "place"),
        "about.phone": ("phone",),
        "requester.name": ("text", "person"),
        "requester.phone": ("phone",),
        "requester.organisation": ("text", "organisation"),
        "requester.address": ("text", "place"),
    }
)
"""Where the ground can fill a field from (`from:`), and the kinds of field that may take it."""

ABOUT = MappingProxyType(
    {
        "organisation": ("企业和单位", "organisations"),
        "person": ("人员", "persons"),
        "place": ("地点", "places"),
        "device": ("设备", "devices"),
        "none": ("无", "nothing"),
    }
)
"""What a case may be about, and the register that knows such things; `names.REGISTERED` says which registers answer."""
FILE_KINDS = ("image", "pdf", "document", "sheet", "audio", "video")

HELD_KINDS = frozenset({"phone", "place", "organisation", "person"})
HELD_WORDS = (
    "企业名称",
    "单位名称",
    "公司名称",
    "姓名",
    "信用代码",
    "地址",
    "住址",
    "电话",
    "手机",
    "联系方式",
    "法定代表人",
)
HELD_CODES = ("name", "credit_code", "address", "phone", "mobile", "telephone")
"""By these a question is recognised as one whose answer the ground may hold already."""


def titled(table: MappingProxyType[str, tuple[str, str]], word: str, language: str = "zh") -> str:
    """The title of a fixed word, or the word itself when the table does not know it."""
    pair = table.get(word)
    return word if pair is None else pair[1 if is_english(language) else 0]
