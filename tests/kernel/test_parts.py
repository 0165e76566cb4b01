"""Short transactions share a commit: each stands or falls alone, and hears of it from the disk."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import Delivery, Seen
from pengcheng.kernel.sharing import shared
from pengcheng.kernel.sqlite import parts
from pengcheng.kernel.sqlite.base import line_of

pytestmark = [pytest.mark.one_database, pytest.mark.django_db(transaction=True)]
PATIENCE = 60
Step = Callable[[], Any]


class Disk:
    """Counts how often it was waited for; may be broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.broken = 0, False
        monkeypatch.setattr(os, "fdatasync", self.sync)

    def sync(self, file: int) -> None:
        self.asked += 1
        if self.broken:
            raise OSError("the disk is gone")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(parts, "LONGEST", float(PATIENCE))
    return Disk(monkeypatch)


def keep(name: str) -> Step:
    def step() -> None:
        with transaction.atomic():
            Seen.objects.create(subject=name, entry="-")

    return step


def in_one(*steps: Step) -> dict[int, BaseException | None]:
    """Each in a thread of its own, as parts of one transaction: all wait while one has begun."""
    ended: dict[int, BaseException | None] = {}
    begun, go = Event(), Event()

    def open_() -> None:
        with transaction.atomic():
            assert not Seen.objects.filter(subject="nobody").exists()  # takes the lock
            begun.set()
            assert go.wait(PATIENCE)

    def do(number: int, step: Step) -> None:
        try:
            shared(step)
            ended[number] = None
        except Exception as error:
            ended[number] = error
        finally:
            connection.close()

    line = line_of(str(connection.settings_dict["NAME"]))
    threads = [Thread(target=do, args=(-1, open_))]
    threads[0].start()
    assert begun.wait(PATIENCE)
    for number, step in enumerate(steps):
        threads.append(Thread(target=do, args=(number, step)))
        threads[-1].start()
        while len(line._waiting) <= number:
            threads[-1].join(0.001)
    go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(ended) == len(threads)
    return ended


def names() -> list[str]:
    return sorted(Seen.objects.values_list("subject", flat=True))


def test_those_who_wait_for_their_turn_share_commit_and_disk(disk: Disk) -> None:
    ended = in_one(*(keep(str(number)) for number in range(5)))
    assert set(ended.values()) == {None}
    assert names() == ["0", "1", "2", "3", "4"]
    assert disk.asked == 1


def test_a_full_batch_is_committed_before_the_next_begins(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST", 3)
    in_one(*(keep(str(number)) for number in range(5)))
    assert names() == ["0", "1", "2", "3", "4"]
    assert disk.asked == 2


def test_one_that_fails_takes_nothing_but_its_own_with_it(disk: Disk) -> None:
    def torn() -> None:
        with transaction.atomic():
            Seen.objects.create(subject="torn", entry="-")
            raise ValueError("torn")

    ended = in_one(keep("before"), torn, keep("after"))
    assert isinstance(ended[1], ValueError)
    assert (ended[0], ended[2]) == (None, None)
    assert names() == ["after", "before"]


def test_what_spoils_the_commit_is_found_by_doing_each_by_itself(disk: Disk) -> None:
    def owe() -> None:  # a reference is looked at when the transaction ends
        with transaction.atomic():
            Delivery.objects.create(event_id=10**9, handler="none", subject="-", due=clock.now())

    ended = in_one(keep("before"), owe, keep("after"))
    assert isinstance(ended[1], IntegrityError)
    assert (ended[0], ended[2]) == (None, None)
    assert names() == ["after", "before"]
    assert not Delivery.objects.exists()


def test_a_forgotten_cursor_keeps_nobody_waiting_when_the_commit_fails(disk: Disk) -> None:
    Seen.objects.create(subject="first", entry="-")
    Seen.objects.create(subject="second", entry="-")
    kept: list[Any] = []

    def owe() -> None:
        with transaction.atomic():
            Delivery.objects.create(event_id=10**9, handler="none", subject="-", due=clock.now())
            kept.append(connection.connection.execute("SELECT subject FROM kernel_seen"))
            kept[-1].fetchone()

    assert isinstance(in_one(keep("before"), owe)[1], IntegrityError)
    assert names() == ["before", "first", "second"]


def test_a_disk_that_fails_is_told_to_each_and_nothing_is_done_twice(disk: Disk) -> None:
    disk.broken = True
    ended = in_one(keep("one"), keep("two"))
    assert {type(error) for error in ended.values()} == {OperationalError}
    assert names() == ["one", "two"]  # written, and not promised


def test_a_part_sees_those_before_it_and_the_audit_chain_stays_one(disk: Disk, official) -> None:
    seen: list[int] = []

    def tell() -> None:
        with transaction.atomic():
            seen.append(audit.head().count)
            audit.record(official, action="lamps.lamp.light")

    in_one(tell, tell, tell)
    assert [count - seen[0] for count in seen] == [0, 1, 2]
    report = audit.verify()
    assert report.whole
    assert report.count == 3


def test_who_does_not_share_waits_for_the_turn_and_commits_alone(disk: Disk) -> None:
    shared(keep("shared"))
    with transaction.atomic():
        Seen.objects.create(subject="alone", entry="-")
    assert disk.asked == 2
    assert names() == ["alone", "shared"]


KILLED = """
import sqlite3, sys, threading
from pengcheng.kernel.sqlite.parts import Line
from pengcheng.kernel.sqlite.syncing import Syncs
from pengcheng.kernel.sqlite.turns import Turns
path = sys.argv[1]
line = Line(path, Turns(path + "-turn"), Syncs(path + "-wal"))
def connect():
    return sqlite3.connect(path, check_same_thread=False)
def part(name):
    batch = line.begin(connect)
    batch.native.execute("INSERT INTO note VALUES (?)", [name])
    return batch
def told(name, batch):
    line.end(batch, kept=True)
    print("told", name, flush=True)
told("first", part("first"))
batch = part("second")
threading.Thread(target=lambda: told("third", part("third")), daemon=True).start()
while not line._waiting:
    threading.Event().wait(0.001)
line._leave, line._close = None, None   # whoever is last stays in the middle
threading.Thread(target=lambda: told("second", batch), daemon=True).start()
while batch.kept < 1:
    threading.Event().wait(0.001)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.mark.crash
def test_killed_in_an_open_batch_nobody_was_told_and_nothing_is_there(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    with sqlite3.connect(path) as own:
        own.execute("PRAGMA journal_mode=WAL")
        own.execute("CREATE TABLE note (name TEXT)")
    order = [sys.executable, "-c", KILLED, str(path)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(order, text=True, **pipes) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(2)]
        process.kill()
        said += process.stdout.read().split("\n")
    assert [line for line in said if line] == ["told first", "open"]
    with sqlite3.connect(path) as own:
        assert own.execute("SELECT name FROM note").fetchall() == [("first",)]
