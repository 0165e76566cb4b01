"""The processes of `crash_city`: each does one thing, so that it can be killed at it."""

from __future__ import annotations

import sys
import time
from datetime import timedelta


def say(word: str) -> None:
    """How far we are, for the test that waits for it."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def tables() -> None:
    from django.core.management import call_command

    from tests.support import crash_city

    call_command("migrate", verbosity=0)
    crash_city.make_tables()


def emit_all(scenario: str, subjects: str, numbers: str) -> None:
    """Interleaved over subjects, in order within each."""
    from tests.support import crash_city

    for number in range(int(numbers)):
        for subject in range(int(subjects)):
            crash_city.happen(f"{scenario}/{subject}", number)
    say("committed")
    time.sleep(60)


def emit_half(scenario: str) -> None:
    """Everything is written, nothing committed."""
    from django.db import transaction

    from tests.support import crash_city

    with transaction.atomic():
        crash_city.happen(f"{scenario}/0", 0)
        say("written")
        time.sleep(60)


def work() -> None:
    from pengcheng.kernel.jobs import worker as kernel_worker
    from pengcheng.shell.processes.worker import run_worker
    from tests.support import crash_city  # noqa: F401  # its handlers

    # A killed worker's job comes back when its lease ends; nobody wants to wait ten minutes.
    kernel_worker.LEASE = timedelta(seconds=1)
    say("working")
    run_worker()


def load_item() -> None:
    from tests.support import crash_services

    crash_services.load()


def apply_all(scenario: str, count: str) -> None:
    from tests.support import crash_services

    crash_services.apply_all(scenario, int(count), say)


def payments(action: str, *told: str) -> None:
    from tests.support import crash_payments

    getattr(crash_payments, action)(*told)


def process(action: str, *told: str) -> None:
    from tests.support import crash_process

    getattr(crash_process, action)(*told)


ACTIONS = {
    "tables": tables,
    "emit": emit_all,
    "emit-half": emit_half,
    "work": work,
    "load-item": load_item,
    "apply": apply_all,
    "payments": payments,
    "process": process,
}


def act(action: str, *told: str) -> None:
    """Be one of these processes."""
    ACTIONS[action](*told)


def command(*arguments: str) -> int:
    """Be the command `pengcheng`."""
    from pengcheng.shell.cli.root import main

    return main(list(arguments))
