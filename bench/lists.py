"""What a page costs: beside a former state of Xirang, at 100,000 and a million cases, with a kept and a neglected desk.

Processor time is measured without a network: a page as one WSGI call in one process, both states in turns, the
database apart. What a browser waits for is measured over HTTP through granian, beside django-helpdesk.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import ground, peers, processor, programs
from bench.driver import Connection
from bench.figures import Figure, Skipped, load, percentile
from bench.former import COMMIT, AbsentError, Asked, State, former, probing
from bench.rivals import sites
from bench.rivals.environments import NotInstalledError
from bench.rivals.sites import HELPDESK_SITE
from bench.scale import chosen

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"
BENCH = "列表"
MILLION = 1_000_000
KEPT, NEGLECTED_SHARE = 20, 0.02  # Cases on the desk: of a desk that is kept, and for each case of the district.
MOST_GROWTH, MOST_MILLISECONDS, MOST_QUERIES = 1.5, 100, 6
# (what, address, most ms of processor time, most statements); {case} is the first case of the list.
OFFICE_PAGES = (
    ("办件列表", "/cases/", 12, 6),
    ("办件页", "/cases/{case}/", 14, 7),
    ("抽屉", "/cases/{case}/drawer/", 11, 6),
)
# The same of pages that are asked for without signing in.
PUBLIC_PAGES = (
    ("公开表单（不登录）", "/ask/snap_report/", 7, None),
    ("首页（不登录）", "/", None, None),
    ("办事目录（不登录）", "/ask/", None, None),
)
WARM_UP, LIST_ROWS = 6, 25
WHO = "hejing"
# (what, user name, address)
PAGES = (
    ("指挥中心：全部办件", "hejing", "/cases/"),
    ("指挥中心：待交办", "hejing", "/dispatch/"),
    ("经办：待我办", "zhouyutong", "/work/"),
    ("网格员：全部办件", "chenli", "/cases/"),
    ("企业：我的求助", "shenmingzhe", "/asked/"),
    ("公众：首页", "", "/"),
    ("公众：公开数据", "", "/figures/"),
)
Figures = Iterator[Figure | Skipped]


def measure() -> Figures:
    """Processor time beside the former state, then pages over HTTP at each size, then a helpdesk's list."""
    yield from _processor_time()
    with ground.copied("lists"):
        yield from _sizes()
    yield from _helpdesk()


# Processor time, without a network.


def _processor_time() -> Figures:
    yield load(BENCH, "一个进程里的网页")
    with ExitStack() as stack:
        stack.enter_context(ground.copied("pages"))
        present = State(programs.xirang()[0], ROOT / "src", "pages", VAR / "site")
        sides = {"息壤": stack.enter_context(probing(present, WHO))}
        try:
            stack.enter_context(ground.empty("former"))
            sides[COMMIT] = stack.enter_context(probing(former(), WHO))
        except AbsentError as error:
            yield Skipped(BENCH, f"与 {COMMIT} 同场：{error}")
        cases = {name: side.ask(path="/cases/")["first"] for name, side in sides.items()}
        for page in (*OFFICE_PAGES, *PUBLIC_PAGES):
            asked = {
                name: {"path": page[1].format(case=cases[name]), "stranger": page in PUBLIC_PAGES} for name in sides
            }
            yield from _page(sides, page[0], asked, page[2], page[3])


def _page(
    sides: dict[str, Asked], what: str, asked: dict[str, dict[str, Any]], most: int | None, queries: int | None
) -> Figures:
    described = {name: side.ask(**asked[name]) for name, side in sides.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    database = dict.fromkeys(sides, 0.0)
    for _ in range(chosen().rounds):  # In turns, so that a noisy neighbour hits all alike.
        for name, side in sides.items():
            answer = side.ask(**asked[name], calls=chosen().calls)
            times[name] += answer["ms"]
            database[name] += answer["database"]
    for name, taken in times.items():
        ours = name == "息壤"
        rows = f"，{described[name]['rows']} 行" if what == "办件列表" else ""
        said = (
            f"{what}（{name}{rows}，n={len(taken)}，最少 {min(taken):.1f}，库另计 {database[name] / len(taken):.1f}）"
        )
        yield Figure(BENCH, f"{said}：处理器", statistics.median(taken), "毫秒", most if ours else None)
        yield Figure(BENCH, f"{what}（{name}）：查询", described[name]["queries"], "次", queries if ours else None)


# What a browser waits for.


def _sizes() -> Figures:
    """Both desks at each size. The neglected one is a copy of the kept one, so that neither holds dead rows."""
    from bench.filling import Filling

    sizes = [chosen().cases, *([MILLION] if chosen().million else [])]
    p95: dict[tuple[str, str], list[float]] = {}
    with ground.speaking_to("lists"):
        filling = Filling()
    for size in sizes:
        began = time.monotonic()
        with ground.speaking_to("lists"):
            events = filling.up_to(size, desk=KEPT)
        yield Figure(BENCH, f"造到 {size:,} 件、{events:,} 条经过", time.monotonic() - began, "秒")
        if size == sizes[0]:
            with ground.speaking_to("lists"):
                yield from [_queries(*page) for page in PAGES]
                yield from peers.measure_paging()
        yield from _desk("lists", size, "收件台近空", p95)
        with ground.copied("neglected", of="lists"):
            with ground.speaking_to("neglected"):
                filling.put_on_desk(int(size * NEGLECTED_SHARE))
            yield from _desk("neglected", size, "收件台积压", p95)
    if len(sizes) == 1:
        yield Skipped(BENCH, "一百万件没有量：加 --million（只造数就要六分钟）")
        return
    for (what, desk), both in p95.items():
        said = f"{what}（{desk}）：{MILLION:,} 件的 p95 是 {sizes[0]:,} 件的"
        yield Figure(BENCH, said, both[1] / both[0], "倍", MOST_GROWTH)


def _desk(database: str, size: int, desk: str, p95: dict[tuple[str, str], list[float]]) -> Figures:
    """Every page over HTTP; `p95` collects what is to be compared between the sizes."""
    from bench.filling import on_desk

    with ground.speaking_to(database):
        where = f"{size:,} 件，{desk} {on_desk():,} 件"
    yield load(BENCH, where)
    with served(database) as (port, pid):
        for what, username, path in PAGES:
            cookies = sign_in(port, username) if username else ""
            times, spent, body = ask(port, cookies, path, pid)
            rows = len(set(re.findall(rb"/(?:cases|track)/([0-9a-f-]{36})/", body)))
            shown = f"{where}，{rows} 行" if rows else where
            yield waited(BENCH, f"{what}（{shown}）", times, spent, MOST_MILLISECONDS)
            p95.setdefault((what, desk), []).append(percentile(times, 0.95))


def waited(bench: str, said: str, times: list[float], spent: tuple[float, float], most: float | None = None) -> Figure:
    """What a browser waited for (`times`, sorted), beside the processor time spent; `most` bounds the p95."""
    parts = f"p50 {percentile(times, 0.5):.1f}，处理器 网页 {spent[0]:.1f} + 库 {spent[1]:.1f}，n={len(times)}"
    return Figure(bench, f"{said}：p95（{parts}）", percentile(times, 0.95), "毫秒", most)


def _queries(what: str, username: str, path: str) -> Figure:
    most = MOST_QUERIES if username else None
    return Figure(BENCH, f"{what}（{chosen().cases:,} 件）：查询", count_queries(username, path), "次", most)


def count_queries(username: str, path: str) -> int:
    """How many statements one page needs, everything included: session, account, grants, rows, counts."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from xirang.project.demo.password import demo_password

    client = Client(HTTP_HOST="127.0.0.1")
    if username:
        client.post("/sign-in/", {"username": username, "password": demo_password()})
    client.get(path)  # What is read once per process does not count.
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return len(captured)


def _helpdesk() -> Figures:
    """The list of 25 tickets among as many tickets: the shell as HTML, and the rows that it fetches as JSON."""
    try:
        with ground.empty(HELPDESK_SITE.database):
            HELPDESK_SITE.run("prepare")
            HELPDESK_SITE.run("fill", str(chosen().cases))
            yield load(BENCH, "django-helpdesk")
            with HELPDESK_SITE.served() as (port, pid):
                cookies = sites.sign_in(port)
                for what, path in (("页面外壳", "/tickets/"), ("25 行（JSON）", sites.rows_address())):
                    times, spent, body = ask(port, cookies, path, pid)
                    assert what == "页面外壳" or len(json.loads(body)["data"]) == LIST_ROWS, "another list"
                    said = f"django-helpdesk 2.6.1 列表{what}（{chosen().cases:,} 件）"
                    yield waited("对照", said, times, spent)
    except NotInstalledError as error:
        yield Skipped("对照", f"django-helpdesk 的列表：{error}")


@contextmanager
def served(database: str, **more: str) -> Iterator[tuple[int, int]]:
    """granian with two workers, as `xirang serve` starts it: its port and its process id."""
    port = programs.free_port()
    env = ground.environment(database, HOST="127.0.0.1", PORT=str(port), XIRANG_WORKERS="2", **more)
    with programs.started(programs.xirang("serve"), env, log=VAR / "logs" / "serve.log") as process:
        programs.await_answer(port, "/healthz", process)
        yield port, process.pid


def ask(port: int, cookies: str, path: str, pid: int) -> tuple[list[float], tuple[float, float], bytes]:
    """Ask one by one for a page that is warm by then.

    Milliseconds of each answer, sorted; milliseconds of processor time for each, of the site and of the database; the
    page. A search may lead straight to what it found.
    """
    connection, times, body = Connection(port), [], b""
    headers, server = {"Cookie": cookies, "Accept-Language": "zh-CN"}, ground.postmaster()
    for _ in range(WARM_UP):
        connection.ask("GET", path, headers)
    before = processor.spent(pid), processor.spent(server)
    for _ in range(chosen().requests):
        began = time.perf_counter()
        answer = connection.ask("GET", path, headers)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200 or (answer.status == 302 and "?q=" in path), (path, answer.status)
        body = answer.body
    connection.close()
    web, base = processor.spent(pid) - before[0], processor.spent(server) - before[1]
    return sorted(times), (web / len(times), base / len(times)), body


def sign_in(port: int, username: str) -> str:
    """The cookies of somebody of the demo's cast, signed in through the form."""
    from xirang.project.demo.password import demo_password

    form = Connection(port).ask("GET", "/sign-in/", {})
    cookies = sites.cookies(form.head)
    body = {"csrfmiddlewaretoken": sites.token(form.body), "username": username, "password": demo_password()}
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    answer = Connection(port).ask("POST", "/sign-in/", headers, urlencode(body).encode())
    assert answer.status == 302, f"{username} could not sign in: {answer.status}"
    return f"{cookies}; {sites.cookies(answer.head)}"
