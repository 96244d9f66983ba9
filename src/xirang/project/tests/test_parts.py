"""The forked parts of `xirang run`: each as if it had been started by itself, and none of them missed when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from xirang.project.keeping.folders import SOURCE
from xirang.project.running.parts import woken_by_children


def in_a_fresh_process(code: str, var: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("XIRANG_")}
    env |= {"XIRANG_VAR": str(var), "PYTHONPATH": str(SOURCE), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    env["DJANGO_SETTINGS_MODULE"] = "xirang.project.settings"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_part_has_the_statement_limit_of_its_own_command_in_every_thread(tmp_path: Path) -> None:
    code = """
import threading
from xirang.project.running.parts import load_site, read_settings_for
load_site()
from django.db import connection
show = lambda: print(connection.settings_dict["OPTIONS"]["options"].split()[1], connection.settings_dict["TIME_ZONE"])
show()
read_settings_for("work")
show()
thread = threading.Thread(target=show)
thread.start()
thread.join()
"""
    short, *others = in_a_fresh_process(code, tmp_path).splitlines()
    assert short.startswith("statement_timeout=30000 ")
    assert [line.split()[0] for line in others] == ["statement_timeout=600000"] * 2
    assert {line.split()[1] for line in others} == {short.split()[1]}


def test_what_is_loaded_before_the_fork_holds_no_connection_and_no_thread(tmp_path: Path) -> None:
    code = """
import threading
from xirang.project.running.parts import load_site
load_site()
from django.db import connections
print([one.connection for one in connections.all(initialized_only=True)], threading.active_count())
"""
    connected, threads = in_a_fresh_process(code, tmp_path).strip().rsplit(" ", 1)
    assert connected in ("[]", "[None]")
    assert threads == "1"


def test_a_wait_ends_with_a_child_also_when_it_died_before() -> None:
    before = signal.getsignal(signal.SIGCHLD)
    with woken_by_children() as wait:
        subprocess.Popen(["true"]).wait()
        began = time.monotonic()
        wait(30)
        slow = subprocess.Popen(["sleep", "600"])
        threading.Timer(0.2, slow.kill).start()
        wait(30)
        assert time.monotonic() - began < 10
        assert slow.wait() == -signal.SIGKILL
        began = time.monotonic()
        wait(0.1)
        wait(0.1)
        assert time.monotonic() - began >= 0.1
    assert signal.getsignal(signal.SIGCHLD) == before
