"""The command line: quick, without Django until it is needed, and plain words instead of tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xirang.foundation.terminal import StartupError
from xirang.project import cli
from xirang.project.keeping.folders import SOURCE
from xirang.project.running.web import Address, address_from, demo_warning, warn_of_open_demo, worker_count


def xirang(var: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, in Chinese unless told otherwise."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LANG", "LC_ALL")}
    env |= {"XIRANG_VAR": str(var), "PYTHONPATH": str(SOURCE)} | settings
    argv = [sys.executable, "-m", "xirang.project.cli", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60)


def test_help_is_quick_and_names_every_command(tmp_path: Path) -> None:
    before = os.times()
    done = xirang(tmp_path, "--help")
    after = os.times()
    # Processor time: a busy machine does not make the command slow.
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert spent < 0.5
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name, command in cli.SUBCOMMANDS.items() if not command.hidden)
    assert "prepare" not in done.stdout


def test_help_loads_neither_django_nor_a_database_driver() -> None:
    code = "import sys; from xirang.project.cli import main; main(['--help']); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True
    )
    assert "'xirang.project.cli'" in done.stdout
    assert not any(
        f"'{name}'" in done.stdout for name in ("django", "psycopg", "asyncio", "xirang.project.keeping.database")
    )


def test_english_terminals_are_answered_in_english(tmp_path: Path) -> None:
    assert "usage" in xirang(tmp_path, "--help", LANG="en_GB.UTF-8").stdout
    assert "用法" in xirang(tmp_path, "--help", LANG="zh_CN.UTF-8").stdout
    assert "用法" in xirang(tmp_path, "--help", LANG="C.UTF-8").stdout


def test_a_terminal_without_chinese_does_not_stop_the_program(tmp_path: Path) -> None:
    done = xirang(tmp_path, "no-such", PYTHONIOENCODING="ascii")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(cli.SUBCOMMANDS) - {"manage"}))
def test_every_command_explains_itself_without_starting_a_database(tmp_path: Path, name: str) -> None:
    done = xirang(tmp_path, name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"xirang {name}" in done.stdout
    assert not (tmp_path / "pg").exists()


def test_an_unknown_command_and_a_missing_module_are_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = xirang(tmp_path, "dance")
    assert done.returncode == 2
    assert "没有“dance”这个命令" in done.stdout
    monkeypatch.setitem(cli.SUBCOMMANDS, "dance", cli.Subcommand("xirang.nowhere.cli", "跳舞", "dance"))
    assert cli.main(["dance"]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["run"], {"PORT": "http"}, "PORT"),
        (["run"], {"PORT": "70000"}, "PORT"),
        (["serve"], {"XIRANG_WORKERS": "0"}, "XIRANG_WORKERS"),
        (["migrate"], {"DATABASE_URL": "mysql://u:hush@h/n"}, "DATABASE_URL"),
        (["migrate"], {"DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/n"}, "数据库连不上"),
        (["pack", "list"], {"DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/n"}, "数据库连不上"),
    ],
)
def test_a_wrong_setting_is_said_in_one_sentence_without_secrets(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], words: str
) -> None:
    done = xirang(tmp_path / "var", *arguments, **settings)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stderr


@pytest.mark.parametrize("host", ["", "127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_a_demonstration_for_this_machine_alone_is_no_cause_for_a_warning(host: str) -> None:
    address = address_from({"HOST": host})
    assert demo_warning(address, {"XIRANG_DEMO": "1"}) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "xirang.example.gov.cn"])
def test_a_demonstration_that_others_reach_is_warned_of(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XIRANG_DEMO", "1")
    warn_of_open_demo(Address(host, 8000))
    said = capsys.readouterr().out
    assert "!!!!" in said
    assert "XIRANG_DEMO=0" in said
    monkeypatch.setenv("XIRANG_DEMO", "0")
    warn_of_open_demo(Address(host, 8000))
    assert capsys.readouterr().out == ""


def test_settings_of_their_own_know_no_demo_mode_and_no_host_of_tests(tmp_path: Path) -> None:
    code = "from xirang.project import settings as s; print(s.DEMO, s.ALLOWED_HOSTS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    env = {name: value for name, value in os.environ.items() if not name.startswith("XIRANG_")}
    env |= {"XIRANG_VAR": str(tmp_path), "PYTHONPATH": str(SOURCE), "XIRANG_TLS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout == "False ['127.0.0.1', 'localhost', '[::1]'] True\n", done.stderr


def test_addresses() -> None:
    assert address_from({}) == Address("127.0.0.1", 8000)
    assert address_from({"HOST": "::", "PORT": "81"}).url == "http://[::1]:81"
    assert address_from({"HOST": "0.0.0.0"}).url == "http://127.0.0.1:8000"
    assert 1 <= worker_count({}) <= 8
    assert worker_count({"XIRANG_WORKERS": "12"}) == 12
    with pytest.raises(StartupError, match="PORT"):
        address_from({"PORT": "０"})
