"""Ties a process to its parent: when the parent is gone, even by kill -9, the child is told to end."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
VARIABLE = "XIRANG_PARENT"  # The pid that a child of the supervisor must not outlive.


def tie_to_parent() -> None:
    """Ask the kernel for SIGTERM at the parent's death; Linux only, elsewhere nothing happens.

    The wish survives exec. Where XIRANG_PARENT names another process than our parent, it died before we could ask.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    expected = os.environ.get(VARIABLE)
    if expected and expected != str(os.getppid()):
        sys.exit(1)
