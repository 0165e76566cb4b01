"""Whatever is killed, whenever: nothing is lost, nothing done twice, order per subject holds.

The workers are real processes and die by SIGKILL, which nothing in them can notice.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.crash.conftest import City
from tests.support.waiting import until
from tests.support.zygote import Forked

pytestmark = [pytest.mark.crash, pytest.mark.slow]

KINDS = ("first", "second", "job")


def say(process: Forked, word: str) -> None:
    """Wait until the process says that it has come so far."""
    assert process.stdout.readline().strip() == word


def emit(city: City, scenario: str, *, subjects: int, numbers: int) -> None:
    """Commit events and jobs, and be killed before anything is delivered."""
    with city.process("emit", scenario, str(subjects), str(numbers)) as emitter:
        say(emitter, "committed")


def effects(city: City, scenario: str, kind: str) -> dict[str, list[int]]:
    """What was done, by subject, in the order in which it was done."""
    rows = city.ask(
        "SELECT subject, number FROM crash_effect WHERE kind = %s AND subject LIKE %s ORDER BY id",
        kind,
        f"{scenario}/%",
    )
    done: dict[str, list[int]] = {}
    for subject, number in rows:
        done.setdefault(subject, []).append(number)
    return done


def done(city: City, scenario: str) -> int:
    return sum(len(list_) for kind in KINDS for list_ in effects(city, scenario, kind).values())


def finish(city: City, scenario: str, expected: int) -> None:
    """A worker that nobody kills brings everything to its end."""
    with city.process("work"):
        until(lambda: done(city, scenario) >= expected, "all is done")
        until(lambda: open_work(city) == 0, "nothing is left")


def open_work(city: City) -> int:
    deliveries = city.ask("SELECT count(*) FROM kernel_delivery WHERE state <> 'done'")
    jobs = city.ask("SELECT count(*) FROM kernel_job WHERE state <> 'done'")
    return int(deliveries[0][0]) + int(jobs[0][0])


def assert_exactly_once_in_order(city: City, scenario: str, subjects: int, numbers: int) -> None:
    expected = {f"{scenario}/{subject}": list(range(numbers)) for subject in range(subjects)}
    assert effects(city, scenario, "first") == expected
    assert effects(city, scenario, "second") == expected
    # Jobs promise no order among themselves, but each is done, and once.
    jobs = effects(city, scenario, "job")
    assert {subject: sorted(numbers) for subject, numbers in jobs.items()} == expected


def test_killed_between_commit_and_delivery(city: City) -> None:
    emit(city, "between", subjects=3, numbers=5)
    assert done(city, "between") == 0
    finish(city, "between", 45)
    assert_exactly_once_in_order(city, "between", 3, 5)


def test_killed_before_the_commit_nothing_has_happened(city: City) -> None:
    with city.process("emit-half", "half") as emitter:
        say(emitter, "written")
    with city.process("work") as worker:
        say(worker, "working")
        emit(city, "after-half", subjects=1, numbers=1)
        until(lambda: done(city, "after-half") == 3, "what came later is done")
    assert city.ask("SELECT * FROM crash_change WHERE subject = 'half/0'") == []
    assert city.ask("SELECT * FROM kernel_outbox WHERE subject = 'half/0'") == []
    assert done(city, "half") == 0


def killed_at(city: City, sign: Path, place: str) -> None:
    """A worker that is killed after an effect and before its commit."""
    with city.process("work", CRASH_AT=place, CRASH_SIGN=str(sign)) as worker:
        until(sign.exists, f"the worker stands at {place}")
        worker.kill()
        worker.wait()


def test_killed_in_the_middle_of_a_handler(city: City, tmp_path: Path) -> None:
    emit(city, "handler", subjects=2, numbers=8)
    killed_at(city, tmp_path / "sign", "handler handler/1 4")
    before = effects(city, "handler", "first").get("handler/1", [])
    assert before == list(range(len(before)))  # whole batches
    assert len(before) <= 4
    finish(city, "handler", 48)
    assert_exactly_once_in_order(city, "handler", 2, 8)


def test_killed_in_the_middle_of_a_job(city: City, tmp_path: Path) -> None:
    """Its lease runs out and another worker takes the job up again."""
    emit(city, "job", subjects=1, numbers=3)
    killed_at(city, tmp_path / "sign", "job job/0 1")
    assert 1 not in effects(city, "job", "job").get("job/0", [])
    finish(city, "job", 9)
    assert_exactly_once_in_order(city, "job", 1, 3)


def test_killed_again_and_again_in_the_middle_of_a_batch(city: City) -> None:
    scenario, subjects, numbers = "batch", 5, 16
    emit(city, scenario, subjects=subjects, numbers=numbers)
    chance = random.Random(1)
    deaths = 0
    while done(city, scenario) < 3 * subjects * numbers and deaths < 5:
        with city.process("work") as worker:
            say(worker, "working")
            before = done(city, scenario)
            until(lambda: done(city, scenario) > before, "it works")  # noqa: B023
            time.sleep(chance.uniform(0.0, 0.12))
            worker.kill()
            worker.wait()
        deaths += 1
    assert deaths >= 2, "the batch was done before anybody could be killed"
    finish(city, scenario, 3 * subjects * numbers)
    assert_exactly_once_in_order(city, scenario, subjects, numbers)


def test_one_of_two_workers_is_killed(city: City) -> None:
    emit(city, "pair", subjects=4, numbers=15)
    with city.process("work") as one, city.process("work") as other:
        say(one, "working")
        say(other, "working")
        until(lambda: done(city, "pair") > 20, "they work")
        one.kill()
        one.wait()
        until(lambda: done(city, "pair") == 180, "the other does the rest")
    finish(city, "pair", 180)
    assert_exactly_once_in_order(city, "pair", 4, 15)


def test_killed_between_the_operators_yes_and_our_booking(city: City) -> None:
    """The money has left the purse; it is booked by whoever comes next, once."""
    for action, word in (("pay", "paid"), ("book_half", "booking")):
        with city.process("payments", action, action) as payer:
            say(payer, word)
    states = "SELECT state FROM payments_order"
    assert city.ask(states) == [("open",)] * 2
    with city.process("payments", "keep_up") as process:
        say(process, "kept up")
    assert city.ask(states) == [("paid",)] * 2
    posted = "SELECT about, amount_fen FROM payments_posting"
    assert sorted(city.ask(posted)) == sorted(city.ask("SELECT id, 12000 FROM payments_order"))
    told = "SELECT count(*) FROM kernel_outbox WHERE type = 'payments.order.paid'"
    assert city.ask(told)[0][0] == 2
