"""`xirang serve`: the web pages alone, for installations whose database and worker are run by the system."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass

from xirang.foundation.terminal import StartupError, say
from xirang.project.running.parent_death import VARIABLE, tie_to_parent

MOST_WORKERS = 8  # More would use up the connections that a default PostgreSQL gives.
HEADER_BYTES = 64 * 1024
HEADER_MILLISECONDS = 10_000
OPEN_REQUESTS = 2048  # Per worker process; every open page holds one for its live events.


@dataclass(frozen=True, slots=True)
class Address:
    """Where the pages are served."""

    host: str
    port: int

    @property
    def reachable_host(self) -> str:
        """A host name under which this machine itself reaches the address."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def is_loopback(self) -> bool:
        """True when only this machine reaches the address; a name other than localhost is taken for open."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def url(self) -> str:
        """What a person types into the browser."""
        host = self.reachable_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def address_from(env: Mapping[str, str]) -> Address:
    """HOST and PORT, default 127.0.0.1:8000; raises StartupError where PORT is not a port."""
    text = env.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise StartupError(f"PORT 应为 1 到 65535 的整数，现在是“{text}”。", f"PORT must be 1 to 65535, not “{text}”.")
    return Address(env.get("HOST") or "127.0.0.1", int(text))


def demo_warning(address: Address, env: Mapping[str, str]) -> tuple[str, str] | None:
    """What to say, in Chinese and English, where others reach a demonstration whose password is printed; else None."""
    if env.get("XIRANG_DEMO") != "1" or address.is_loopback:
        return None
    return (
        f"演示模式开着，而 {address.host} 可以从别的机器访问：知道演示口令的人都能登录，包括三个管理员账号。"
        "正式使用请设 XIRANG_DEMO=0；只在本机体验请不要设 HOST。",
        f"Demo mode is on, and {address.host} can be reached from other machines: whoever knows the demo password "
        "signs in, also as one of the three administrators. Set XIRANG_DEMO=0 for real use, or leave HOST alone.",
    )


def warn_of_open_demo(address: Address) -> None:
    """Say it where it cannot be overlooked, between two lines, in the terminal."""
    if warning := demo_warning(address, os.environ):
        line = "!" * 78
        print(line, flush=True)
        say(*warning)
        print(line, flush=True)


def worker_count(env: Mapping[str, str]) -> int:
    """XIRANG_WORKERS, else as many as the machine gives us cores, at most eight."""
    text = env.get("XIRANG_WORKERS", "")
    if text and not (text.isascii() and text.isdigit() and int(text) > 0):
        raise StartupError(
            f"XIRANG_WORKERS 应为正整数，现在是“{text}”。", f"XIRANG_WORKERS must be above 0, not “{text}”."
        )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(text) if text else min(cores, MOST_WORKERS)


def configure(parser: argparse.ArgumentParser) -> None:
    """`serve` takes no arguments: HOST, PORT and XIRANG_WORKERS come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Warm the site, then serve it until told to stop; granian's worker processes are forked from the warm one."""
    address = address_from(os.environ)
    workers = worker_count(os.environ)
    if VARIABLE not in os.environ:  # Otherwise `xirang run` has said it already.
        warn_of_open_demo(address)
    tie_to_parent()
    os.environ[VARIABLE] = str(os.getpid())  # The one that the worker processes must not outlive.
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    from xirang.project.running.warming import warm_site

    warm_site()
    Granian(
        "xirang.project.running.web_worker:app",
        address=address.host,
        port=address.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.warning,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        backpressure=OPEN_REQUESTS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
    ).serve()
    return 0
