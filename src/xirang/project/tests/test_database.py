"""Reading DATABASE_URL in the one place where it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from xirang.foundation.terminal import StartupError
from xirang.project.keeping.database import conninfo, database_settings


def test_a_full_address_with_special_characters() -> None:
    url = "postgresql://li%40ming:p%3A%2F%40ss%20w@db.example.cn:6543/xi%20rang?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    found = database_settings({"DATABASE_URL": url})
    assert (found["USER"], found["PASSWORD"]) == ("li@ming", "p:/@ss w")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.cn", "6543", "xi rang")
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert conninfo_to_dict(conninfo(found))["sslrootcert"] == "/etc/ca.pem"
    assert conninfo_to_dict(conninfo(found))["password"] == "p:/@ss w"


def test_connections_persist_heal_and_are_bounded() -> None:
    found = database_settings({"DATABASE_URL": "postgres://u@h/n"})
    assert found["CONN_MAX_AGE"] is None
    assert found["CONN_HEALTH_CHECKS"] is True
    assert "statement_timeout=30000" in found["OPTIONS"]["options"]
    assert "lock_timeout=10000" in found["OPTIONS"]["options"]


def test_the_statement_limit_can_be_set_and_lifted() -> None:
    env = {"DATABASE_URL": "postgres://u@h/n", "XIRANG_STATEMENT_TIMEOUT": "0"}
    assert "statement_timeout=0" in database_settings(env)["OPTIONS"]["options"]


def test_without_an_address_the_embedded_server_of_that_data_folder_is_meant(tmp_path: Path) -> None:
    one = database_settings({"XIRANG_VAR": str(tmp_path / "一")})
    other = database_settings({"XIRANG_VAR": str(tmp_path / "二")})
    assert one["NAME"] == "xirang"
    assert one["HOST"].startswith("/")
    assert one["HOST"] != other["HOST"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hush@h/n",
        "sqlite:///n.db",
        "postgresql://u:hush@h",
        "postgresql://u:hush@h/",
        "postgresql://u:hush@h:port/n",
        "postgresql://u:hush@h/n?options=-c%20fsync%3Doff",
        "postgresql://u:hush@h/n?nonsense",
        "hush",
    ],
)
def test_what_is_not_an_address_is_refused_without_printing_the_password(url: str) -> None:
    with pytest.raises(StartupError) as caught:
        database_settings({"DATABASE_URL": url})
    assert "hush" not in caught.value.zh + caught.value.en.replace(": hush", "")
    assert "DATABASE_URL" in caught.value.zh


@pytest.mark.parametrize("text", ["-1", "1.5", "abc", "１０", ""])
def test_a_limit_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(StartupError, match="XIRANG_STATEMENT_TIMEOUT"):
        database_settings({"DATABASE_URL": "postgres://u@h/n", "XIRANG_STATEMENT_TIMEOUT": text})
