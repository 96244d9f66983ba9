"""Real messages, as citizens wrote them, sent through the public door at a bounded rate: to this machine only."""

from __future__ import annotations

import csv
import gzip
import hashlib
import http.client
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from xirang.foundation.terminal import StartupError

SERVICE, PATH = "SR01", "/open311/requests.json"
LONGEST = 1000  # What the form of SR01 takes.
PLACE = "来信没有写明地点，见情况说明"
MOST_WAIT = 660  # Seconds; a door that asks for more patience than its own window is broken.
# The first word that occurs decides; a message about several things is the dispatcher's to read.
WORDS = (
    ("street_lamp", ("路灯",)),
    ("manhole", ("井盖", "窨井")),
    ("parking", ("违停", "乱停", "停车难")),
    ("noise", ("噪音", "噪声", "扰民")),
    ("garbage", ("垃圾", "脏乱")),
    ("road_damage", ("坑洼", "路面", "破损")),
)
_LATIN = re.compile(r"(?<=[0-9A-Za-z.,%])[ \xa0]+(?=[0-9A-Za-z])")
_KEPT = "\ue000"


@dataclass(slots=True)
class Posted:
    """What became of the messages."""

    total: int
    sent: int = 0
    accepted: int = 0
    shortened: int = 0
    waited: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)


def join_blanks(text: str) -> str:
    """A segmented text as it was written: no blank between Chinese words, one between Latin words or numbers.

    Wide blanks stand where the original began a paragraph.
    """
    text = text.replace("_x000D_", "\n").replace("\r", "\n")
    paragraphs = re.split(r"(?:\s*\u3000\s*)+|\s*\n\s*", text)
    joined = (re.sub(r"[ \t\xa0\ufeff]+", "", _LATIN.sub(_KEPT, part)).replace(_KEPT, " ") for part in paragraphs)
    return "\n".join(filter(None, joined))


def read_messages(path: Path) -> Iterator[str]:
    """The texts of a CSV (also .gz) with a column `text`."""
    with (
        gzip.open(path, "rt", encoding="utf-8-sig", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8-sig", newline="") as file
    ):
        reader = csv.DictReader(file)
        if "text" not in (reader.fieldnames or ()):
            raise StartupError(f"{path.name} 里没有 text 这一列。", f"{path.name} has no column “text”.")
        for row in reader:
            if text := join_blanks(row["text"] or ""):
                yield text


def category_of(text: str) -> str:
    """The category of a snap report, by the first word that tells."""
    return next((category for category, words in WORDS if any(word in text for word in words)), "other")


def local_address(url: str) -> tuple[str, int]:
    """Host and port of `http://127.0.0.1:PORT`; StartupError for all else: real words must not leave the machine."""
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError:
        parts, port = urlsplit(""), 0
    plain = parts.scheme == "http" and parts.hostname == "127.0.0.1" and parts.path in ("", "/")
    if not plain or parts.username or parts.query or parts.fragment:
        raise StartupError(
            f"只能发往本机：--url 应为 http://127.0.0.1:端口，现为“{url}”。",
            f"Messages go to this machine only: --url is http://127.0.0.1:PORT, not “{url}”.",
        )
    return "127.0.0.1", port


def post_messages(texts: list[str], url: str, rate: float, progress: Callable[[Posted], None]) -> Posted:
    """Send each text as a snap report, at most `rate` a second, and wait when the door asks for it.

    The same text is the same report however often it is sent.
    """
    host, port = local_address(url)
    posted, pause = Posted(len(texts)), 1 / rate
    connection = http.client.HTTPConnection(host, port, timeout=30)
    for text in texts:
        began = time.monotonic()
        _post(connection, text, posted)
        progress(posted)
        time.sleep(max(0.0, pause - (time.monotonic() - began)))
    connection.close()
    return posted


def _post(connection: http.client.HTTPConnection, text: str, posted: Posted) -> None:
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
        posted.shortened += 1
    form = urlencode(
        {
            "service_code": SERVICE,
            "description": text,
            "address_string": PLACE,
            "attribute[category]": category_of(text),
        }
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Accept-Language": "zh-CN",
        "Idempotency-Key": "simulate-" + hashlib.sha256(text.encode()).hexdigest()[:40],
    }
    posted.sent += 1
    while True:
        try:
            connection.request("POST", PATH, form, headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise StartupError(
                f"网页服务没有应答（{error}）。请先运行 xirang run。",
                f"The site does not answer ({error}). Run xirang run first.",
            ) from error
        if response.status != 429:
            break
        wait = min(MOST_WAIT, int(response.headers.get("Retry-After") or 60))
        posted.waited += wait
        time.sleep(wait)
    if response.status in (200, 201):
        posted.accepted += 1
        posted.numbers.append(json.loads(body)[0]["service_request_id"])
    else:
        posted.refused[f"{response.status} {_reason(body)}"] += 1


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)[0]["description"])[:80]
    except (ValueError, LookupError, TypeError):
        return body[:80].decode("utf-8", "replace")
