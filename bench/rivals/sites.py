"""The rivals' sites: prepared, served by gunicorn with two workers, and asked as a browser would."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import ground, programs
from bench.driver import Connection
from bench.rivals.environments import HELPDESK, NotInstalledError, python_with

HERE = Path(__file__).resolve().parent
VAR = Path(__file__).resolve().parents[2] / "var" / "bench"
STAFF, PASSWORD = "staff", "bench-only-password"
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Site:
    """A site of the rivals: its module, its database, and an address that answers when it is up."""

    module: str
    database: str
    alive: str

    def run(self, *arguments: str) -> None:
        """Let the site's module prepare or fill; NotInstalledError where it cannot; its words go to the terminal."""
        argv = [str(python_with("helpdesk", HELPDESK)), str(HERE / f"{self.module}.py"), *arguments]
        try:
            subprocess.run(argv, env=self._environment(), cwd=HERE, check=True, timeout=SECONDS)
        except subprocess.SubprocessError as error:
            raise NotInstalledError(f"{self.module} 没有准备好，原因见终端") from error

    @contextmanager
    def served(self) -> Iterator[tuple[int, int]]:
        """gunicorn as its handbook starts it, two sync workers: yields its port and its process id."""
        port = programs.free_port()
        argv = [python_with("helpdesk", HELPDESK), "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
        argv += ["--log-level", "warning", f"{self.module}:application"]
        log = VAR / "logs" / f"{self.module}.log"
        with programs.started(argv, self._environment(), log=log, cwd=HERE) as process:
            programs.await_answer(port, self.alive, process)
            yield port, process.pid

    def _environment(self) -> dict[str, str]:
        hidden = ("PYTHONPATH", "DJANGO_SETTINGS_MODULE")  # Those are ours.
        told = ground.environment(self.database, HOME_FOLDER=str(VAR / "site"), PYTHONDONTWRITEBYTECODE="")
        return {name: value for name, value in told.items() if name not in hidden}


HELPDESK_SITE = Site("helpdesk_site", "helpdesk", "/login/")
FLOOR_SITE = Site("floor_site", "floor", "/")


class TicketForm:
    """The public form of the helpdesk: fetched once, then sent with its token as one browser would."""

    def __init__(self, port: int) -> None:
        answer = Connection(port).ask("GET", "/tickets/submit/", {})
        self.token, self.cookies = token(answer.body), cookies(answer.head)

    def send(self, connection: Connection, serial: int) -> int:
        """One ticket; 302 leads to it."""
        form = {
            "csrfmiddlewaretoken": self.token,
            "queue": "1",
            "title": f"Noise at night {serial}",
            "body": "A building site works after ten.",
            "submitter_email": f"citizen{serial}@example.org",
            "priority": "3",
        }
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        return connection.ask("POST", "/tickets/submit/", headers, urlencode(form).encode()).status


def send_row(connection: Connection, serial: int) -> int:
    """One row for the floor."""
    body = json.dumps({"words": f"Noise at night {serial}"}).encode()
    return connection.ask("POST", "/create/", {"Content-Type": "application/json"}, body).status


def sign_in(port: int) -> str:
    """The cookies of the helpdesk's member of staff."""
    form = Connection(port).ask("GET", "/login/", {})
    before = cookies(form.head)
    body = {"csrfmiddlewaretoken": token(form.body), "username": STAFF, "password": PASSWORD}
    headers = {"Cookie": before, "Content-Type": "application/x-www-form-urlencoded"}
    answer = Connection(port).ask("POST", "/login/?next=/tickets/", headers, urlencode(body).encode())
    assert answer.status == 302, f"the helpdesk let nobody in: {answer.status}"
    return f"{before}; {cookies(answer.head)}"


def rows_address() -> str:
    """Where the helpdesk's list fetches its 25 newest open tickets."""
    query = {"filtering": {"status__in": [1, 2]}, "filtering_null": {}, "sorting": "created", "sortreverse": True,
             "search_string": ""}  # fmt: skip
    encoded = base64.b64encode(json.dumps(query).encode()).decode()
    asked = {"draw": 1, "start": 0, "length": 25, "search[value]": "", "order[0][column]": 5, "order[0][dir]": "desc"}
    return f"/datatables_ticket_list/{encoded}?{urlencode(asked)}"


def cookies(head: bytes) -> str:
    """What an answer sets, in the form in which it is sent back."""
    return "; ".join(found.decode() for found in re.findall(rb"(?im)^set-cookie:\s*([^;\r\n]+)", head))


def token(body: bytes) -> str:
    """The token of the form on a page."""
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', body)
    assert found is not None, "the page has no form"
    return found[1].decode()
