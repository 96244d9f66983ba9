"""The measurements themselves: what counts as met, processor time of a tree, clients, statements, ends of programs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import ground, processor, programs, run
from bench.driver import Connection, address_of, drive
from bench.figures import Figure, Skipped, percentile
from bench.former import AbsentError
from bench.rivals import environments
from bench.rivals.environments import NotInstalledError

BUSY = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 0.3: pass\n"


def test_a_target_is_the_most_or_the_least():
    assert Figure("b", "w", 12.0, "毫秒", 12).met == "达标"
    assert Figure("b", "w", 12.1, "毫秒", 12).met == "未达标"
    assert Figure("b", "w", 399.0, "步", 400, least=True).met == "未达标"
    assert Figure("b", "w", 400.0, "步", 400, least=True).cells()[3:] == ("≥ 400 步", "达标")
    assert Figure("b", "w", 1.0, "毫秒").cells()[3:] == ("", "")


def test_a_percentile_is_one_of_the_values():
    times = [float(value) for value in range(1, 101)]
    assert (percentile(times, 0.5), percentile(times, 0.95), percentile([7.0], 0.95)) == (51.0, 96.0, 7.0)


def test_processor_time_of_a_tree_counts_children_that_have_ended():
    code = (
        f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {BUSY!r}])\n"
        "print(1, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        spent = processor.spent(parent.pid)
        parent.kill()
    assert spent >= 290
    assert processor.spent(parent.pid) == 0


class Answering(BaseHTTPRequestHandler):
    """Answers with the length that was sent; every third connection is closed after one answer."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(self.headers["X-Forwarded-For"])
        self.send_response(201 if body else 400)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "a=b; Path=/")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = len(self.seen) % 3 == 0

    def log_message(self, *args: object) -> None:
        """Nothing: the test says what matters."""


def test_clients_open_a_closed_connection_again_and_never_come_from_one_address_twice():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Answering.seen.clear()

    def send(connection: Connection, serial: int) -> int:
        answer = connection.ask("POST", "/", {"X-Forwarded-For": address_of(serial)}, b"noise")
        assert answer.body == b"noise"
        return answer.status

    try:
        load = drive(send, port=server.server_port, clients=3, seconds=0.3, expects=201)
    finally:
        server.shutdown()
        server.server_close()
    assert load.times == sorted(load.times)
    assert len(load.times) > 10
    assert not load.wrong
    assert len(set(Answering.seen)) == len(Answering.seen) == len(load.times)


def test_statements_are_counted_without_the_frame_of_their_transactions(tmp_path: Path):
    log = tmp_path / "postgres.log"
    log.write_text("2026-11-21 10:00:00 UTC [7] LOG:  statement: SELECT 2\n", "utf-8")
    asked = ground.Statements(log)
    asked.begin()
    said = ("statement: BEGIN", "execute <unnamed>: INSERT INTO a VALUES ($1)", "execute _pg3_0: SELECT b\n\tFROM c",
            "statement: SAVEPOINT x", "statement: SELECT 1", "duration: 812.1 ms", "statement: COMMIT")  # fmt: skip
    with log.open("a", encoding="utf-8") as file:
        file.writelines(f"2026-11-21 10:00:01 UTC [7] LOG:  {line}\n" for line in said)
    assert asked.count() == 2
    assert asked.texts == ["INSERT INTO a VALUES ($1)", "SELECT b"]


def test_a_program_ends_with_its_block_also_when_it_will_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    code = (
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(1, flush=True)\ntime.sleep(60)"
    )
    monkeypatch.setattr(programs, "STOP_SECONDS", 1)
    pipes = {"stdout": subprocess.PIPE}
    with programs.started([sys.executable, "-c", code], os.environ, log=tmp_path / "log", **pipes) as process:
        assert process.stdout is not None
        process.stdout.readline()
    assert process.returncode == -9


def test_ctrl_c_ends_what_was_started(tmp_path: Path):
    code = (
        "import os, sys, time\nfrom pathlib import Path\nfrom bench import programs\n"
        "with programs.raised_by_signals(), programs.started([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " os.environ, log=Path(sys.argv[1])) as one:\n    print(one.pid, flush=True)\n    time.sleep(60)\n"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "log")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=programs.ROOT) as outer:
        assert outer.stdout is not None
        pid = int(outer.stdout.readline())
        outer.terminate()
        outer.wait(20)
    deadline = time.monotonic() + 5
    while Path("/proc", str(pid)).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path("/proc", str(pid)).exists()


@pytest.mark.slow
def test_what_cannot_be_installed_is_named_without_the_words_of_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(NotInstalledError) as refused:
        environments.python_with("nothing", ("there-is-no-such-program==1",))
    assert str(refused.value) == "nothing 没有装上（pip 退出码 1，原因见终端）"


def test_a_clone_without_history_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from bench import former

    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(former, "ROOT", tmp_path)
    monkeypatch.setattr(former, "VAR", tmp_path / "var")
    with pytest.raises(AbsentError) as refused:
        former.former()
    assert "浅克隆" in str(refused.value)


def test_a_page_keeps_the_sections_of_what_was_not_measured_again():
    before = run.page([("处理器", "2 核")], {"packs": [Figure("应用包", "a", 1.0, "秒", 2)],
                      "lists": [Skipped("列表", "b")]}, "", date(2026, 11, 21))  # fmt: skip
    after = run.page([("处理器", "4 核")], {"lists": [Figure("列表", "c", 3.0, "毫秒")]}, before, date(2026, 11, 22))
    assert re.findall(r"^## .*", after, re.M) == ["## packs · 2026-11-21", "## lists · 2026-11-22"]
    assert "| 应用包 | a | 1 秒 | ≤ 2 秒 | 达标 |" in after
    assert "| 列表 | 未测" not in after
    assert after.count("2 核") == after.count("4 核") == 1


def test_the_written_page_is_what_a_run_would_leave():
    """Measuring nothing changes nothing: preface and sections stand as the bench writes them."""
    text = run.PAGE.read_text("utf-8")
    assert run.page([], {}, text, date(2026, 11, 22)) == text
