"""Writers of SQLite wait for their turn, and who never gives it back keeps nobody for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction

from pengcheng.kernel.sqlite import turns as taking
from pengcheng.kernel.sqlite.turns import Turns

pytestmark = pytest.mark.one_database
HOLD = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(1, flush=True)"


@pytest.fixture
def turns(tmp_path: Path) -> Turns:
    return Turns(str(tmp_path / "city-turn"))


def taken(turns: Turns) -> bool:
    """What another thread is told."""
    told: list[bool] = []
    thread = Thread(target=lambda: told.append(turns.take()))
    thread.start()
    thread.join()
    return told[0]


def test_a_turn_that_was_given_back_can_be_taken(turns: Turns) -> None:
    assert taken(turns)
    turns.give()
    assert taken(turns)


def test_who_waits_too_long_goes_ahead_without(turns: Turns, monkeypatch) -> None:
    monkeypatch.setattr(taking, "LONGEST", 0.01)
    assert turns.take()
    assert not taken(turns)


def test_another_process_is_waited_for_and_its_end_frees_the_turn(
    turns: Turns, tmp_path: Path, monkeypatch
) -> None:
    order = [sys.executable, "-S", "-c", HOLD + "; sys.stdin.read()", str(tmp_path / "city-turn")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(order, **pipes) as other:
        other.stdout.readline()
        monkeypatch.setattr(taking, "LONGEST", 0.01)
        assert turns.take()  # goes ahead after a while
        assert not turns._turn._alone()
        turns.give()
        other.kill()
    assert turns._turn._alone()


def test_who_has_just_written_stands_behind_another_process_that_waits(
    turns: Turns, tmp_path: Path
) -> None:
    wait = "import sys; from pengcheng.kernel.sqlite.turns import Turns; t = Turns(sys.argv[1]); "
    wait += "print(1, flush=True); t.take(); print(2, flush=True); sys.stdin.read(1); t.give()"
    assert turns.take()
    order = [sys.executable, "-c", wait, str(tmp_path / "city-turn")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(order, **pipes) as other:
        other.stdout.readline()
        while turns._next._alone():  # until it is the next
            turns._next.give()
        turns.give()
        again = Thread(target=turns.take)
        again.start()
        assert other.stdout.readline() == b"2\n"  # it has the turn, though we asked at once
        assert not turns._turn._alone()
        other.communicate(b".")
        again.join()
    assert turns._turn._alone()


def test_where_no_file_can_be_made_nobody_waits(tmp_path: Path) -> None:
    nowhere = Turns(str(tmp_path / "missing" / "city-turn"))
    assert nowhere.take()
    nowhere.give()
    assert nowhere.take()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_a_transaction_holds_the_turn_to_its_end(fails: bool) -> None:
    assert connection._turn is None
    try:
        with transaction.atomic():
            assert connection._turn is not None
            if fails:
                raise ValueError
    except ValueError:
        pass
    assert connection._turn is None
