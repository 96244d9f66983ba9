"""The doctor finds what is wrong, says how to mend it, and makes nothing worse."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from xirang.project.keeping import secrets
from xirang.project.keeping.postgres import EmbeddedPostgres
from xirang.project.tests.test_cli import xirang


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_a_fresh_checkout_is_looked_at_and_not_touched(tmp_path: Path) -> None:
    done = xirang(tmp_path / "var", "doctor", PORT=free_port())
    assert done.stderr == ""
    assert "首次 make run 时自动建立" in done.stdout
    assert not (tmp_path / "var").exists()
    for line in done.stdout.splitlines():
        assert re.match(r"\[(ok|注意|不行)\] \S", line)
    assert ("[不行]" in done.stdout) == (done.returncode == 1)


def test_a_demonstration_on_an_open_address_is_pointed_out(tmp_path: Path) -> None:
    done = xirang(tmp_path / "var", "doctor", PORT=free_port(), HOST="0.0.0.0", XIRANG_DEMO="1")
    assert "[注意] 演示模式开着，而 0.0.0.0 可以从别的机器访问" in done.stdout
    done = xirang(tmp_path / "var", "doctor", PORT=free_port(), HOST="0.0.0.0", XIRANG_DEMO="0")
    assert "演示模式开着" not in done.stdout


def test_secrets_that_others_can_read_are_wrong_and_the_cure_works(tmp_path: Path) -> None:
    secrets.load(tmp_path, {})
    path = tmp_path / secrets.FILE
    path.chmod(0o644)
    done = xirang(tmp_path, "doctor", PORT=free_port())
    assert done.returncode == 1
    assert f"chmod 600 '{path}'" in done.stdout
    path.chmod(0o600)
    assert "只有本用户可读" in xirang(tmp_path, "doctor", PORT=free_port()).stdout


def test_a_damaged_secret_a_taken_port_and_a_wrong_setting_do_not_end_the_report(tmp_path: Path) -> None:
    (tmp_path / secrets.FILE).write_text("{}")
    (tmp_path / secrets.FILE).chmod(0o600)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = xirang(tmp_path, "doctor", PORT=str(other.getsockname()[1]))
    assert done.returncode == 1
    assert "密钥不完整" in done.stdout
    assert re.search(r"\[注意\] 127\.0\.0\.1:\d+ 不能使用", done.stdout)
    done = xirang(tmp_path, "doctor", PORT="abc")
    assert "PORT 应为" in done.stdout
    assert "北京时间" in done.stdout


def test_a_database_without_tables_and_one_that_loses_data_are_named(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", throwaway=True):
        done = xirang(tmp_path, "doctor", PORT=free_port())
    assert done.returncode == 1
    assert "[不行] 数据库设置 fsync = off" in done.stdout
    assert "还没有表" in done.stdout
    assert EmbeddedPostgres(tmp_path / "pg").members() == []


def test_an_unreachable_database_is_said_without_its_password(tmp_path: Path) -> None:
    done = xirang(tmp_path, "doctor", PORT=free_port(), DATABASE_URL="postgresql://u:hush@127.0.0.1:1/n")
    assert done.returncode == 1
    assert "[不行] 数据库连不上" in done.stdout
    assert "hush" not in done.stdout + done.stderr
