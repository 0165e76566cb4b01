"""A commit is told when the disk has it; meanwhile the next one may write."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, transaction

from pengcheng.kernel.models import AuditHead
from pengcheng.kernel.sqlite.base import turns_of
from pengcheng.kernel.sqlite.syncing import Syncs

pytestmark = pytest.mark.one_database
PATIENCE = 60


class Disk:
    """Counts how often it was waited for; may be slow, or broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.broken = 0, False
        self.reached, self.free = Event(), Event()
        self.free.set()
        self.during = lambda: None
        monkeypatch.setattr(os, "fdatasync", self.sync)

    def sync(self, file: int) -> None:
        self.asked += 1
        self.reached.set()
        self.during()
        assert self.free.wait(PATIENCE)
        if self.broken:
            raise OSError("the disk is gone")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def syncs(tmp_path: Path) -> Syncs:
    (tmp_path / "log").touch()
    return Syncs(str(tmp_path / "log"))


def began(step) -> Thread:
    thread = Thread(target=step)
    thread.start()
    return thread


def test_those_who_come_meanwhile_share_the_next_waiting(disk: Disk, syncs: Syncs) -> None:
    disk.free.clear()
    first = began(syncs.reach)
    assert disk.reached.wait(PATIENCE)
    others = [began(syncs.reach) for _ in range(8)]
    while len(syncs._changed._waiters) < 8:  # type: ignore[attr-defined]
        others[0].join(0.001)
    disk.free.set()
    for thread in (first, *others):
        thread.join(PATIENCE)
    assert disk.asked == 2


def test_a_disk_that_fails_is_told_to_each_who_waited_for_it(disk: Disk, syncs: Syncs) -> None:
    disk.broken = True
    for _ in range(2):
        with pytest.raises(OSError, match="disk"):
            syncs.reach()
    disk.broken = False
    syncs.reach()
    assert disk.asked == 3


def head(count: int) -> None:
    with transaction.atomic():
        AuditHead.objects.update_or_create(id=1, defaults={"count": count, "digest": "0"})


def level() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_commit_is_written_and_the_turn_given_up_before_the_disk_is_waited_for(
    disk: Disk,
) -> None:
    seen = []

    def look() -> None:
        name = str(connection.settings_dict["NAME"])
        turns = turns_of(f"{name}-turn")
        free = turns._within.acquire(blocking=False)
        turns._within.release()
        with sqlite3.connect(name) as other:
            seen.append((free, *other.execute("SELECT count FROM kernel_audit_head")))

    head(1)
    disk.during = look
    head(2)
    assert seen == [(True, (2,))]


@pytest.mark.django_db(transaction=True)
def test_single_statements_and_what_is_undone_leave_the_disk_to_sqlite(disk: Disk) -> None:
    head(1)
    asked = disk.asked
    AuditHead.objects.filter(id=1).update(count=5)
    with pytest.raises(ValueError, match="torn"), transaction.atomic():
        AuditHead.objects.filter(id=1).update(count=6)
        raise ValueError("torn")
    assert (disk.asked, level()) == (asked, 2)
    assert AuditHead.objects.get().count == 5


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_hears_that_the_disk_failed(disk: Disk) -> None:
    head(1)
    disk.broken = True
    with pytest.raises(OperationalError, match="disk"):
        head(2)
    disk.broken = False
    head(3)
    assert AuditHead.objects.get().count == 3
