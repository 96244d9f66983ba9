"""Pages of one state of Xirang as WSGI calls in this process: processor time, statements, rows.

It is run by its path with PYTHONPATH set to the sources of that state, also of a former one, and so knows nothing but
what both have: Django's settings, the addresses of pages, the form to sign in. It answers one line for one line.
"""

import gc
import io
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.core.wsgi import get_wsgi_application

TICK = 1000 / os.sysconf("SC_CLK_TCK")
WARM_UP = 3


class Probe:
    """One signed-in browser without a network: `get` asks for a page, `timed` asks many times."""

    def __init__(self, application: Any, username: str, password: str) -> None:
        from django.test import Client

        self.application, self.known = application, True
        client = Client(HTTP_HOST="127.0.0.1")
        answer = client.post("/sign-in/", {"username": username, "password": password})
        assert answer.status_code == 302, f"{username} could not sign in: {answer.status_code}"
        self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def get(self, path: str) -> bytes:
        """One page, as whoever signed in or as a stranger; AssertionError where it is not shown."""
        said: dict[str, str] = {}
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": "", "SERVER_PORT": "80",
            "SERVER_NAME": "127.0.0.1", "HTTP_HOST": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_COOKIE": self.cookie if self.known else "", "HTTP_ACCEPT_LANGUAGE": "zh-CN",
            "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        }  # fmt: skip
        answer = self.application(environ, lambda status, headers, exc=None: said.update(status=status))
        body = b"".join(answer)
        answer.close()
        assert said["status"].startswith("200"), (path, said["status"])
        return body

    def timed(self, path: str, calls: int) -> dict[str, Any]:
        """Milliseconds of processor time of each call, and of the database's session for all of them."""
        for _ in range(WARM_UP):
            self.get(path)
        gc.collect()
        before, times = _session(), []
        for _ in range(calls):
            began = time.process_time()
            self.get(path)
            times.append((time.process_time() - began) * 1000)
        return {"ms": times, "database": _session() - before}

    def described(self, path: str) -> dict[str, Any]:
        """How many statements the page asks, how many cases it shows, and the first of them."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.get(path)  # What is read once a process does not count.
        with CaptureQueriesContext(connection) as captured:
            body = self.get(path)
        ids = re.findall(r"/(?:cases|track)/([0-9a-f-]{36})/", body.decode())
        return {"queries": len(captured), "rows": len(set(ids)), "first": ids[0] if ids else "", "bytes": len(body)}


def _session() -> float:
    """Processor time of our session in the database; the kernel counts it in steps of ten milliseconds."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    fields = Path("/proc", str(pid), "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def main() -> None:
    """Sign in, say so, and do what each line asks until there are no more."""
    django.setup()
    from xirang.project.demo.password import demo_password

    probe = Probe(get_wsgi_application(), sys.argv[1], demo_password())
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        path, calls, probe.known = asked["path"], asked.get("calls"), not asked.get("stranger")
        print(json.dumps(probe.timed(path, calls) if calls else probe.described(path)), flush=True)


if __name__ == "__main__":
    main()
