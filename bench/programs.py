"""Programs that a bench starts: each is ended by its id, also after Ctrl-C, and dies with us when we are killed."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS, STOP_SECONDS = 60, 15
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_kernel = ctypes.CDLL(None)


@contextmanager
def started(
    argv: Sequence[str | Path], env: Mapping[str, str], *, log: Path, cwd: Path = ROOT, **options: object
) -> Iterator[subprocess.Popen[str]]:
    """One program for as long as the block lasts; what it says goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as said:
        # A session of its own keeps the terminal's Ctrl-C from it: we end it, in order.
        given = {"stdin": subprocess.DEVNULL, "stdout": said, "stderr": said, **options}
        process = subprocess.Popen(
            [str(part) for part in argv], env=dict(env), cwd=cwd, start_new_session=True, text=True,
            preexec_fn=_die_with_parent, **given,
        )  # fmt: skip
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask it to end, and force it after a while; whatever it leaves of its own session ends with it."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _die_with_parent() -> None:
    _kernel.prctl(DIE_WITH_PARENT, signal.SIGTERM)


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def await_answer(port: int, path: str, process: subprocess.Popen[str]) -> None:
    """Return when the program answers on its port; TimeoutError when it does not, RuntimeError when it ended."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended at once")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{process.args!r} did not answer within {READY_SECONDS} seconds")


def xirang(*arguments: str) -> list[str]:
    """The command line of `xirang …` in this environment."""
    return [sys.executable, "-m", "xirang.project.cli", *arguments]


@contextmanager
def raised_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end us as Ctrl-C does: through every `finally`."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
