"""A new master key: every name opens by it alone, and wherever the power goes both keys are at hand."""

from __future__ import annotations

import argparse
from pathlib import Path

import psycopg
import pytest

from tests.world import NOW, WHY, note_something
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.errors import NotAllowedError
from xirang.foundation.terminal import StartupError
from xirang.people import commands
from xirang.people.logic.vault import MasterKeys, UnknownKeyError
from xirang.people.models import PersonKey
from xirang.people.queries.vault import data_key
from xirang.project.keeping import backup, doctor, secrets, vault


@pytest.fixture
def var(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with secrets of its own, by which this test's vault is sealed."""
    settings.SECRETS, settings.VAULT_OLDER_KEYS = secrets.load(tmp_path, {}), ()
    monkeypatch.setenv("XIRANG_VAR", str(tmp_path))
    return tmp_path


def restarted(settings, var: Path) -> None:
    settings.SECRETS, settings.VAULT_OLDER_KEYS = secrets.load(var, {}), secrets.next_master_keys(var)


def enter() -> object:
    return commands.create_person(actor=SYSTEM, fields={"name": "沈岚", "phone": "13987650042"}, now=NOW)


def test_after_a_rotation_the_new_key_alone_opens_everything(db, var: Path, settings) -> None:
    former, person_id = settings.SECRETS, enter()
    key = data_key(person_id)
    assert vault.rotate(var, NOW) == PersonKey.objects.count() == 1
    with pytest.raises(UnknownKeyError):
        data_key(person_id)
    restarted(settings, var)
    assert settings.VAULT_OLDER_KEYS == ()
    assert data_key(person_id) == key, "what it seals was not touched"
    assert settings.SECRETS.vault_master_key != former.vault_master_key
    assert settings.SECRETS.vault_index_key == former.vault_index_key, "what was found by number is found still"
    assert sorted(path.name for path in var.iterdir()) == [secrets.FILE]
    assert oct((var / secrets.FILE).stat().st_mode)[-3:] == "600"
    (said,) = Record.objects.all_unscoped(WHY).filter(action="people.rewrap_keys")
    assert said.body == {"rewrapped": 1}


def test_a_power_cut_leaves_both_keys_at_hand_and_the_next_run_ends_it(
    db, var: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = enter()
    with monkeypatch.context() as cut:
        cut.setattr(secrets, "finish_rotation", lambda var: (_ for _ in ()).throw(OSError("no power")))
        with pytest.raises(OSError, match="no power"):
            vault.rotate(var, NOW)
    restarted(settings, var)
    late = enter()
    keys = [data_key(early), data_key(late)]
    assert "没有做完" in " ".join(finding.zh for finding in doctor.check_secrets())
    with pytest.raises(StartupError, match="没有做完"):
        backup.write(var / "x.tar", with_secrets=False)
    assert vault.rotate(var, NOW) == 1, "only the late one still hung on the former key"
    restarted(settings, var)
    assert settings.VAULT_OLDER_KEYS == ()
    assert [data_key(early), data_key(late)] == keys


def test_only_the_machine_rewraps_and_never_half(db, var: Path, settings) -> None:
    key = data_key(person_id := enter())
    stranger = MasterKeys(bytes(range(32)), older=(bytes(32),))
    with pytest.raises(NotAllowedError):
        commands.rewrap_keys(actor=PUBLIC, master=stranger, now=NOW)
    with pytest.raises(UnknownKeyError):
        commands.rewrap_keys(actor=SYSTEM, master=stranger, now=NOW)
    assert data_key(person_id) == key


def test_it_waits_for_the_service_to_stop_and_leaves_keys_of_the_environment_alone(
    db, var: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    args = argparse.Namespace(vault_command="rotate")
    own = connection.get_connection_params()
    other = {key: own[key] for key in ("dbname", "user", "host", "port") if own.get(key)}
    with psycopg.connect(**other), pytest.raises(StartupError, match="1 个连接"):
        vault.run(args)
    assert not (var / secrets.NEXT).exists()
    monkeypatch.setenv("XIRANG_SECRET_VAULT_MASTER_KEY", settings.SECRETS.vault_master_key)
    with pytest.raises(StartupError, match="环境变量"):
        vault.run(args)


def test_an_empty_vault_rotates_too(db, var: Path, settings, capsys: pytest.CaptureFixture[str]) -> None:
    note_something(actor=SYSTEM, now=NOW, body={})
    assert vault.run(argparse.Namespace(vault_command="rotate")) == 0
    assert "主密钥已更换，0 个人" in capsys.readouterr().out
