"""What imports say of themselves: their objects and words in the record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind, RecordWords

WORDS = RecordWords(
    parts={
        "changed": _("变更"),
        "from_line": _("起始行"),
        "inserted": _("新增"),
        "lines": _("行"),
        "new": _("新增"),
        "options": _("选项"),
        "read": _("读入"),
        "refused": _("拒绝"),
        "repeated": _("重复"),
        "report_sha256": _("报告校验值"),
        "rows": _("行数"),
        "sha256": _("文件校验值"),
        "unchanged": _("未变"),
        "warned": _("提醒"),
    },
)

ENGINE = Engine("imports", _("导入"), (RecordKind(kind="import_run", title=_("导入")), WORDS))
