"""A list of 25 rows with its permission filter at 100,000 cases: queries, and the time a browser waits for the page."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlencode

from bench import peers
from bench.figures import Figure, Skipped

CASES = 100_000
MOST_QUERIES, MOST_MILLISECONDS = 8, 100
ROUNDS = 60
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


def measure() -> list[Figure | Skipped]:
    """Fill the database, count each page's queries, then ask for it over HTTP through granian."""
    from bench.filling import fill_cases
    from xirang.project.demo.password import demo_password

    began = time.monotonic()
    events = fill_cases(CASES)
    figures: list[Figure | Skipped] = [
        Figure("列表", f"造 {CASES:,} 件、{events:,} 条经过", time.monotonic() - began, "秒")
    ]
    for what, username, path in PAGES:
        figures.append(Figure("列表", f"{what}：查询次数", count_queries(username, path), "次", MOST_QUERIES))
    figures += peers.measure_paging()
    with served() as port:
        for what, username, path in PAGES:
            times, rows = ask(port, username, demo_password(), path)
            shown = f"{what}（{rows} 行）" if rows else what
            figures.append(Figure("列表", f"{shown} p50", times[len(times) // 2], "毫秒"))
            figures.append(Figure("列表", f"{shown} p95", times[int(len(times) * 0.95)], "毫秒", MOST_MILLISECONDS))
    return figures


def count_queries(username: str, path: str) -> int:
    """How many statements one page needs, everything included: session, account, grants, rows, counts."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from xirang.project.demo.password import demo_password

    client = Client()
    if username:
        client.post("/sign-in/", {"username": username, "password": demo_password()})
    client.get(path)  # What is read once per process does not count.
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return len(captured)


@contextmanager
def served():
    """granian with two workers, as `xirang serve` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "xirang.project.cli", "serve"], env=environment)
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _await(port: int, process: subprocess.Popen) -> None:
    for _ in range(300):
        assert process.poll() is None, "granian ended at once"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("granian did not answer within 30 seconds")


def ask(port: int, username: str, password: str, path: str) -> tuple[list[float], int]:
    """Milliseconds of each of the rounds, sorted, after a few that warm up; and how many rows the page shows."""
    cookies = _sign_in(port, username, password) if username else ""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times, body = [], b""
    for _ in range(ROUNDS + 6):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookies, "Accept-Language": "zh-CN"})
        response = connection.getresponse()
        body = response.read()
        times.append((time.perf_counter() - began) * 1000)
        assert response.status == 200, (path, response.status)
    return sorted(times[6:]), len(set(re.findall(rb"/(?:cases|track)/([0-9a-f-]{36})/", body)))


def _sign_in(port: int, username: str, password: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/sign-in/")
    response = connection.getresponse()
    cookies = _cookies(response)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', response.read())
    assert token is not None, "no form to sign in"
    form = urlencode({"csrfmiddlewaretoken": token[1].decode(), "username": username, "password": password})
    connection.request(
        "POST",
        "/sign-in/",
        form,
        {
            "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    response = connection.getresponse()
    response.read()
    assert response.status == 302, f"{username} could not sign in: {response.status}"
    cookies |= _cookies(response)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _cookies(response: http.client.HTTPResponse) -> dict[str, str]:
    pairs = [value.split(";")[0].split("=", 1) for name, value in response.getheaders() if name.lower() == "set-cookie"]
    return {name: value for name, value in pairs}
