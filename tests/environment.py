"""Loaded before Django's settings: points every setting at throwaway places, so that no test can reach real data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = Path(os.environ.get("XIRANG_ARTIFACTS") or ROOT / "var" / "artifacts")
SERVER_HOME = ROOT / "var" / "test-pg"

# A developer's or a server's own settings must not leak into the tests, least of all the address of its database.
for _name in [name for name in os.environ if name.startswith(("XIRANG_", "DATABASE_URL", "PG"))]:
    if _name != "XIRANG_ARTIFACTS":
        del os.environ[_name]

# A run starts dozens of programs. Each would compile two thousand modules anew where a machine forbids to keep them,
# which is two seconds of its start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

os.environ["XIRANG_VAR"] = str(ROOT / "var" / "test")
os.environ["XIRANG_DEMO"] = "1"
# The guard of removable packs runs the tests again with a folder that lacks one of them.
os.environ["XIRANG_PACKS"] = os.environ.get("TEST_PACKS") or str(ROOT / "packs")
os.environ["DJANGO_SETTINGS_MODULE"] = "xirang.project.settings"
# No database yet: whoever connects before the fixtures have made one gets a refusal, never somebody's data.
os.environ["DATABASE_URL"] = "postgresql://xirang@/not_made_yet?host=/nonexistent"
