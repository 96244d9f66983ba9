"""The one password of all demo identities: made per installation, kept beside its secrets, never in the repository."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from xirang.project.keeping.folders import make_private

FILE = "demo-password"
# Read aloud without doubt: no 0 O, 1 l i, 5 s, 2 z.
_SIGNS = "346789abcdefghjkmnpqrtuvwxy"


def demo_password() -> str:
    """The password, made now where there is none."""
    path = _path()
    if not path.exists():
        make_private(path.parent)
        word = "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(word + "\n")
    return path.read_text("ascii").strip()


def find_password() -> str:
    """The password where one was made, else an empty text."""
    path = _path()
    return path.read_text("ascii").strip() if path.exists() else ""


def forget_password() -> None:
    """Delete the file: outside demo mode nobody may sign in with this password."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.VAR) / FILE
