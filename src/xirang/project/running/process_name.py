"""Names a process for `ps` and `top`: forked parts would all be called like the program that they came from."""

from __future__ import annotations

import ctypes
import sys

PR_SET_NAME = 15
MOST_BYTES = 15


def name_process(name: str) -> None:
    """Give the calling process a short ASCII name, at most 15 bytes; Linux only, elsewhere nothing happens."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode("ascii")[:MOST_BYTES])
