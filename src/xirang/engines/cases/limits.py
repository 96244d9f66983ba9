"""What all public doors share: how often one may report or guess a code, and how a repeated call is known again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from xirang.engines.cases.logic.opening import ASKING_FOR_OTHERS
from xirang.foundation import rates
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.errors import NotFoundError
from xirang.foundation.ids import CaseNumberError, parse_case_number
from xirang.foundation.sources import source_of

ASKS, ASKS_SECONDS = 20, 3600  # Cases that one person may open on the portal.
# Those who take down what others ask: at the desk, in the grid.
ASKS_FOR_OTHERS = 300
REPORTS, REPORTS_SECONDS = 120, 600
# Systems with a key speak for many people from one address.
KEYED_REPORTS = 6000
GUESSES_SECONDS = 600
GUESSES, GUESSES_OF_ONE = 30, 10  # Wrong codes from one address: for all numbers, for one number.
# Wrong codes for one number from everywhere. Far above the limit of one address, so that it takes many addresses to
# keep the holder of a receipt out, and far below what would make six signs guessable.
GUESSES_FROM_EVERYWHERE = 300


def take_ask(request: HttpRequest, actor: Actor, now: datetime) -> None:
    """Count one case opened on the portal: by address for the public, by account otherwise; TooManyError."""
    who = source_of(request) if is_public(actor) else str(actor.ref)
    limit = ASKS_FOR_OTHERS if actor.holds(*ASKING_FOR_OTHERS) else ASKS
    rates.take(f"ask:{who}", limit=limit, seconds=ASKS_SECONDS, now=now)


def take_report(request: HttpRequest, now: datetime, *, keyed: bool = False) -> None:
    """Count one report from this address; TooManyError beyond the limit."""
    limit = KEYED_REPORTS if keyed else REPORTS
    rates.take(f"report:{source_of(request)}", limit=limit, seconds=REPORTS_SECONDS, now=now)


@contextmanager
def guessing(request: HttpRequest, number: str, now: datetime) -> Iterator[None]:
    """Around the comparison of a code: counts it if it was wrong (NotFoundError), whichever door it came through.

    TooManyError, before anything is compared, for an address that has been wrong too often, and for a number that was
    tried in vain from too many. Right codes are never counted: whoever holds a receipt may look as often as they like.
    """
    source, known = source_of(request), _spelled(number)
    limits = (
        (f"track:{source}", GUESSES),
        (f"track:{source}:{known}", GUESSES_OF_ONE),
        (f"track:{known}", GUESSES_FROM_EVERYWHERE),
    )
    for bucket, limit in limits:
        rates.take(bucket, limit=limit, seconds=GUESSES_SECONDS, now=now)
    try:
        yield
    except NotFoundError:
        raise
    except Exception:
        _give_back(limits, now)
        raise
    else:
        _give_back(limits, now)


def _give_back(limits: Sequence[tuple[str, int]], now: datetime) -> None:
    for bucket, _limit in limits:
        rates.give_back(bucket, seconds=GUESSES_SECONDS, now=now)


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
