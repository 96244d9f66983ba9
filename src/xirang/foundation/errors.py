"""Errors of five kinds; each has a code, data and a sentence that says what to do, in Chinese and English."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.utils.translation import get_language

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class XirangError(Exception):
    """What a command or query refuses. Subclass one of the five kinds below, never this.

    `code` is stable and for machines; `zh` and `en` may hold {placeholders} filled from `data`.
    """

    kind: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    code: str = "error"
    zh: str = "没有办成，请稍后再试。"
    en: str = "That did not work. Please try again later."

    def __init__(self, *, zh: str = "", en: str = "", code: str = "", **data: Any) -> None:
        self.code = code or type(self).code
        self.data = data
        self.zh = _filled(zh or type(self).zh, data)
        self.en = _filled(en or (zh if zh and not en else "") or type(self).en, data)
        super().__init__(self.zh)

    def sentence(self, language: str | None = None) -> str:
        """The sentence in the reader's language; Chinese unless English is asked for."""
        return self.en if (language or get_language() or "zh").startswith("en") else self.zh


def _filled(text: str, data: dict[str, Any]) -> str:
    """The sentence with its placeholders filled; any other brace is somebody's text and stays as it was typed."""
    return _PLACEHOLDER.sub(lambda found: str(data.get(found[1], found[0])), text) if data else text


class NotFoundError(XirangError):
    """It does not exist, or it lies outside the actor's scope: the two are told apart nowhere."""

    kind, status, code = "not_found", 404, "not_found"
    zh = "没有找到您要的内容。它可能已撤下，或不在您可以查看的范围内。"
    en = "We could not find that. It may have been withdrawn, or it lies outside what you may see."


class NotAllowedError(XirangError):
    kind, status, code = "not_allowed", 403, "not_allowed"
    zh = "您目前的身份不能做这一步。需要办理的，请联系本单位负责人。"
    en = "Your present role may not do this. Please ask the head of your unit."


class InvalidError(XirangError):
    """Something entered is wrong; `fields` maps a field's name to its sentence."""

    kind, status, code = "invalid", 400, "invalid"
    zh = "填写的内容有误，请按提示改正。"
    en = "Something entered is not right. Please correct it as indicated."

    def __init__(self, *, fields: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.fields = fields or {}
        super().__init__(**kwargs)


class TooBigError(InvalidError):
    """More was sent at once than a page takes."""

    status, code = 413, "too_big"
    zh = "一次提交的内容太大。请减少附件，单个附件不超过 20 MB。"
    en = "Too much was sent at once. Please attach less; 20 MB at most per file."


class WrongMethodError(InvalidError):
    """The address exists but not for this method; `allowed` names those that it takes."""

    status, code = 405, "wrong_method"
    zh = "这个地址不支持这种请求方式，可用：{allowed}。"
    en = "This address does not take that method; it takes {allowed}."


class ConflictError(XirangError):
    kind, status, code = "conflict", 409, "conflict"
    zh = "这件事刚刚被别人办过，内容已有变化。请刷新后再办。"
    en = "Somebody has just acted on this and it has changed. Please reload and try again."


class UnavailableError(XirangError):
    kind, status, code = "unavailable", 503, "unavailable"
    zh = "服务暂时不可用，您填的内容还在，请稍后再试。"
    en = "The service is not available for the moment. What you entered is kept; please try again."


class TooManyError(UnavailableError):
    """A public form was used more often than one person would; `retry_after` is in seconds."""

    status, code = 429, "too_many"
    zh = "提交得太频繁了。请过 {minutes} 分钟再试；情况紧急的，请直接拨打 12345。"
    en = "Too many submissions. Please try again in {minutes} minutes; if it is urgent, call 12345."
