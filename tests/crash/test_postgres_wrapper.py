"""The test run's own PostgreSQL leaves nothing behind, however the run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support import postgres
from tests.support.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.postgres]

HOLDER = """
import sys
from tests.support import postgres
with postgres.running() as server:
    print(server.pid, server.socket_folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.running() as running:
        yield running


@pytest.fixture
def held() -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """Another test run that holds a server."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    pid, folder = holder.stdout.readline().split()
    yield holder, int(pid), Path(folder)
    holder.kill()
    holder.communicate()


def test_server_belongs_to_an_ordinary_user_and_shuts_others_out(server: postgres.Server) -> None:
    assert psutil.Process(server.pid).uids().effective != 0
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700


def test_server_listens_on_no_network_address(server: postgres.Server) -> None:
    listening = [c for c in psutil.Process(server.pid).net_connections("inet")]
    assert listening == []


def test_each_database_is_empty_and_speaks_chinese(server: postgres.Server) -> None:
    with psycopg.connect(server.create_database("空")) as connection:
        row = connection.execute("SELECT count(*), upper('é深圳') FROM pg_tables").fetchone()
        schemas = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
        assert row is not None
        assert row[1] == "É深圳"
        assert schemas.fetchall() == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_server_is_gone_when_its_run_is_killed(
    held: tuple[subprocess.Popen[str], int, Path], how: signal.Signals
) -> None:
    holder, pid, folder = held
    os.kill(holder.pid, how)
    holder.wait(120)
    until(lambda: not psutil.pid_exists(pid), "the server has stopped")
    until(lambda: not folder.exists(), "its folder is removed")


def test_server_is_gone_when_its_run_ends_well(
    held: tuple[subprocess.Popen[str], int, Path],
) -> None:
    holder, pid, folder = held
    holder.communicate("")
    assert holder.returncode == 0
    assert not psutil.pid_exists(pid)
    assert not folder.exists()
