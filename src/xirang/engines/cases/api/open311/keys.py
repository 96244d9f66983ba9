"""Keys of other systems: without any configured, anybody may report; with some, a report needs one of them."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.conf import settings

from xirang.foundation.actor import PUBLIC, Actor
from xirang.foundation.errors import NotAllowedError
from xirang.people.queries import actor_of, find_account


class BadKeyError(NotAllowedError):
    code = "bad_api_key"
    zh = "api_key 缺失或无效，不能提交。请向本平台申请密钥。"
    en = "The api_key is missing or not valid; nothing was submitted. Please ask this installation for a key."


def actor_for(api_key: str, now: datetime) -> Actor:
    """Who acts for a key: the account that the key names after a colon, otherwise the public; BadKeyError."""
    if not settings.OPEN311_KEYS:
        return PUBLIC
    found = [entry for entry in settings.OPEN311_KEYS if _same(entry.partition(":")[0], api_key)]
    if not found:
        raise BadKeyError()
    username = found[0].partition(":")[2]
    if not username:
        return PUBLIC
    account = find_account(username)
    if account is None or not account.may_sign_in:
        raise BadKeyError()
    return actor_of(account, now=now)


def _same(key: str, given: str) -> bool:
    """Compared in constant time, so that answers do not tell how much of a guess was right."""
    return bool(key) and hmac.compare_digest(key.encode(), given.encode("utf-8", "replace"))
