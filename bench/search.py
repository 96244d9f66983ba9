"""One search over everything: what somebody waits for who types a word, a number or a firm's name."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from bench import ground
from bench.figures import Figure, Skipped, load
from bench.lists import KEPT, MILLION, ask, served, sign_in, waited
from bench.scale import chosen
from bench.working import counted, job

BENCH = "搜索"
PATH = "/search/"
MOST_MILLISECONDS = 50
WORDS_SECONDS = 3600  # A million cases may take so long to be taken in, fewer their share of it.
FIRM = "恒拓精工"
WHO = (("指挥中心", "hejing"), ("网格员", "chenli"), ("企业", "shenmingzhe"))


def measure() -> Iterator[Figure | Skipped]:
    """Fill, then ask for each kind of words as each kind of person; skipped while there is no page to search on."""
    if not _exists():
        yield Skipped(BENCH, f"还没有 {PATH} 这一页")
        return
    from bench.filling import Filling

    size = MILLION if chosen().million else chosen().cases
    with ground.copied("searching"):
        began = time.monotonic()
        with ground.speaking_to("searching"):
            Filling().up_to(size, desk=KEPT)
            filled = time.monotonic()
            left = _keep_words(size)
            asked = _words()
        yield Figure(BENCH, f"造到 {size:,} 件", filled - began, "秒")
        yield Figure(BENCH, "后台整理这些办件的检索词", time.monotonic() - filled, "秒")
        yield Figure(BENCH, "还没有检索词的办件", left, "件", 0)
        yield load(BENCH, f"{size:,} 件")
        with served("searching") as (port, pid):
            for who, username in WHO:
                cookies = sign_in(port, username)
                for what, words in asked:
                    times, spent, _body = ask(port, cookies, f"{PATH}?{urlencode({'q': words})}", pid)
                    yield waited(BENCH, f"{who}，{what}（{size:,} 件）", times, spent, MOST_MILLISECONDS)


def _exists() -> bool:
    from django.urls import Resolver404, resolve

    try:
        resolve(PATH)
    except Resolver404:
        return False
    return True


def _keep_words(size: int) -> int:
    """Let the worker's job take in the copies, as it does with new cases; returns how many it has not taken in."""
    deadline, left = time.monotonic() + max(60, WORDS_SECONDS * size / MILLION), size
    while time.monotonic() < deadline:
        job("cases.keep_words", timestamp=0)
        before = left
        left = counted("select (select count(*) from cases_case) - (select count(*) from cases_casewords)")
        if left in (0, before):
            break
    return left


def _words() -> list[tuple[str, str]]:
    """What is asked: words of the titles by how many cases have them, two of them together, a number that exists."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select number, title from cases_case order by opened_at, id limit 2000")
        rows = cursor.fetchall()
    counts: dict[str, int] = {}
    for _number, title in rows:
        for run in re.findall(r"[\u4e00-\u9fff]{2,}", title):
            for pair in {run[place : place + 2] for place in range(len(run) - 1)}:
                counts[pair] = counts.get(pair, 0) + 1
    ordered = sorted(counts, key=lambda pair: (counts[pair], pair))
    common, rare = ordered[-1], ordered[0]
    both = next((pair for pair in reversed(ordered[:-1]) if not set(pair) & set(common)), ordered[-2])
    return [
        ("少见的词", rare),
        ("常见的词", common),
        ("两个词", f"{common} {both}"),
        ("企业名", FIRM),
        ("编号", rows[-1][0]),
    ]
