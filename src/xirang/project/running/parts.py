"""The parts of `xirang run` as processes forked from one that has everything imported, so that it is imported once."""

from __future__ import annotations

import gc
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkProcess

from xirang.project.running.parent_death import VARIABLE, tie_to_parent
from xirang.project.running.process_name import name_process

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
Wait = Callable[[float], None]


@dataclass(slots=True)
class Part:
    """One child process of the group; `name` is how `ps` shows it, `command` the subcommand that it carries out."""

    zh: str
    en: str
    command: str
    name: str
    process: ForkProcess

    @property
    def exit_code(self) -> int | None:
        """None while it runs; below zero the signal that ended it."""
        return self.process.exitcode

    def terminate(self) -> None:
        """Ask it to end in order."""
        self.process.terminate()

    def ends_within(self, seconds: float) -> bool:
        """Wait for its end, at most so long."""
        self.process.join(seconds)
        return self.process.exitcode is not None

    def kill_with_all_its_own(self) -> None:
        """Whatever the part left of its own children ends with it; returns when it is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.ident or 0, signal.SIGKILL)
        self.process.kill()  # Where it had not yet come to lead a group.
        self.process.join()


def load_site() -> None:
    """Import Django and all engines; nothing is connected or started, so that a fork has nothing to share wrongly."""
    gc.disable()  # An import makes what stays; to look for garbage in it, again and again, takes a tenth of the time.
    try:
        import django

        django.setup()
        from django.db import connections

        connections.close_all()
    finally:
        gc.enable()
    gc.freeze()  # The collector would write into every page of memory that the parts could go on sharing.


def start_part(parts: list[Part], zh: str, en: str, command: str, name: str) -> None:
    """Fork a part that runs `xirang COMMAND` in a session of its own, tied to our life; call `load_site` before.

    It is among `parts` before a signal can reach us, so whoever is told to stop then will end it too.
    """
    process = get_context("fork").Process(target=_become, args=(command, name, os.getpid()), name=name)
    # Until the child has put them away, a signal would run its parent's handlers in it, and ours must not miss a part.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        process.start()
        parts.append(Part(zh, en, command, name, process))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _become(command: str, name: str, parent: int) -> int:
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()  # Keeps the terminal's Ctrl-C from the child: the parts are ended in order.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    name_process(name)
    os.environ[VARIABLE] = str(parent)
    tie_to_parent()
    from xirang.project import cli

    read_settings_for(command)
    raise SystemExit(cli.main([command]))


def read_settings_for(command: str) -> None:
    """Let the database be used as a subcommand wants it; what was read is meant for pages, whose statements are short.

    Before the first connection of the process; every thread's connection follows.
    """
    from xirang.project import cli
    from xirang.project.keeping.database import database_settings

    cli.set_environment(command)
    from django.conf import settings

    settings.DATABASES["default"].update(database_settings(os.environ))


@contextmanager
def woken_by_children() -> Iterator[Wait]:
    """Gives `wait(seconds)`, which returns at once when a child of ours has ended since the last call."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    handler = signal.signal(signal.SIGCHLD, _note)
    fd = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def wait(seconds: float) -> None:
        # The pipe remembers a death between two calls, which a plain sleep would sleep through.
        if select.select([reader], [], [], seconds)[0]:
            os.read(reader, 4096)

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(fd)
        signal.signal(signal.SIGCHLD, handler)
        os.close(reader)
        os.close(writer)


def _note(number: int, frame: object) -> None:
    """Only a signal that somebody handles is written to the pipe."""
