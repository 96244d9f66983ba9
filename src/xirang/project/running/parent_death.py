"""Ties a process to its parent: when the parent is gone, even by kill -9, the child is gone with it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
VARIABLE = "XIRANG_PARENT"  # The pid that a child of the supervisor must not outlive.


def tie_to_parent() -> None:
    """Ask the kernel for SIGKILL at the parent's death; Linux only, elsewhere nothing happens.

    Not SIGTERM: the database ends at the same moment, and a worker in orderly retreat would wait for it. What was not
    committed is undone as after a power cut, which everything here must bear anyway. The wish survives exec. Where
    XIRANG_PARENT names another process than our parent, that one died before we could ask.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    expected = os.environ.get(VARIABLE)
    if expected and expected != str(os.getppid()):
        sys.exit(1)
