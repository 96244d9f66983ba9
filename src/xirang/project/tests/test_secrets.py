"""Secrets are made once, stay private, and are never made anew over damaged ones."""

from __future__ import annotations

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xirang.foundation.terminal import StartupError
from xirang.project.keeping import secrets

GIVEN = base64.b64encode(bytes(range(32))).decode()


def test_the_first_start_makes_four_different_secrets_for_the_owner_alone(tmp_path: Path) -> None:
    made = secrets.load(tmp_path / "var", {})
    path = tmp_path / "var" / secrets.FILE
    assert len({getattr(made, name) for name in secrets.NAMES}) == 4
    assert all(len(made.bytes_of(name)) == 32 for name in secrets.NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert secrets.load(tmp_path / "var", {}) == made
    assert [entry.name for entry in path.parent.iterdir()] == [secrets.FILE]


def test_starts_at_the_same_time_agree_on_one_set(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(lambda _: secrets.load(tmp_path, {}), range(8)))
    assert all(each == loaded[0] for each in loaded)


def test_the_environment_overrides_single_secrets(tmp_path: Path) -> None:
    made = secrets.load(tmp_path, {})
    given = secrets.load(tmp_path, {"XIRANG_SECRET_KEY": GIVEN})
    assert given.secret_key == GIVEN
    assert given.vault_master_key == made.vault_master_key


def test_with_all_secrets_in_the_environment_nothing_is_written(tmp_path: Path) -> None:
    env = {secrets.variable(name): GIVEN for name in secrets.NAMES}
    assert set(env) == {
        "XIRANG_SECRET_KEY",
        "XIRANG_SECRET_VAULT_MASTER_KEY",
        "XIRANG_SECRET_VAULT_INDEX_KEY",
        "XIRANG_SECRET_RECEIPTS_KEY",
    }
    secrets.load(tmp_path, env)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{}", "[]", "not json", '{"secret_key": "c2hvcnQ="}'])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / secrets.FILE
    path.write_text(content)
    with pytest.raises(StartupError, match="备份"):
        secrets.load(tmp_path, {})
    assert path.read_text() == content


def test_a_missing_secret_is_not_filled_in(tmp_path: Path) -> None:
    secrets.load(tmp_path, {})
    path = tmp_path / secrets.FILE
    stored = json.loads(path.read_text())
    del stored["vault_master_key"]
    path.write_text(json.dumps(stored))
    with pytest.raises(StartupError, match="vault_master_key"):
        secrets.load(tmp_path, {})


def test_secrets_do_not_show_themselves_in_logs(tmp_path: Path) -> None:
    made = secrets.load(tmp_path, {})
    assert made.secret_key not in repr(made)
    assert made.secret_key not in f"{made}"
