"""How a program that takes steps is paced, ours and the rival's alike; standard library only, as both import it."""

import json
import sys
import time
from collections.abc import Callable

WARMING = 3


def work(finish_one: Callable[[], object]) -> None:
    """Warm up, say `ready`, then finish one after the other for the seconds that a line of the input grants.

    Prints how many were finished, in how many seconds, and with how many milliseconds of processor time.
    """
    for _ in range(WARMING):
        finish_one()
    print(json.dumps({"ready": True}), flush=True)
    seconds = float(sys.stdin.readline())
    finished, spent, began = 0, time.process_time(), time.monotonic()
    while time.monotonic() - began < seconds:
        finish_one()
        finished += 1
    took, spent = time.monotonic() - began, (time.process_time() - spent) * 1000
    print(json.dumps({"finished": finished, "seconds": took, "spent": spent}), flush=True)
