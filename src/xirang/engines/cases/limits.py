"""What all public doors share: how often one may report or guess a code, and how a repeated call is known again."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from xirang.foundation import rates
from xirang.foundation.ids import CaseNumberError, parse_case_number
from xirang.foundation.sources import source_of

REPORTS, REPORTS_SECONDS = 120, 600
# Systems with a key speak for many people from one address.
KEYED_REPORTS = 6000
GUESSES, GUESSES_OF_ONE, GUESSES_SECONDS = 30, 10, 600


def take_report(request: HttpRequest, now: datetime, *, keyed: bool = False) -> None:
    """Count one report from this address; TooManyError beyond the limit."""
    limit = KEYED_REPORTS if keyed else REPORTS
    rates.take(f"report:{source_of(request)}", limit=limit, seconds=REPORTS_SECONDS, now=now)


def take_guess(request: HttpRequest, number: str, now: datetime) -> None:
    """Count one look at a case by its code, in the same windows as the tracking page: no door guesses faster."""
    rates.take(f"track:{source_of(request)}", limit=GUESSES, seconds=GUESSES_SECONDS, now=now)
    known = _spelled(number)
    rates.take(f"track:{known}", limit=GUESSES_OF_ONE, seconds=GUESSES_SECONDS, now=now)


def _spelled(number: str) -> str:
    """One spelling of a number: without hyphens or in small letters it is the same case to guess at."""
    try:
        return str(parse_case_number(number))
    except CaseNumberError:
        return number.strip().upper()[:40].replace("\0", "")


def repeat_key(door: str, *parts: Any, pieces: Any = ()) -> str:
    """The idempotency key of a call: its door and a digest of everything in it.

    Bound to the content, so that nobody is handed another's receipt for having chosen the same key; keyed with a
    secret, because a phone number could be guessed from a plain digest.
    """
    digest = hmac.new(settings.SECRETS.bytes_of("receipts_key"), f"{door} repeat v1\0".encode(), hashlib.sha256)
    digest.update(json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "replace"))
    for piece in pieces:
        digest.update(hashlib.sha256(piece).digest())
    return f"{door}:{digest.hexdigest()}"
