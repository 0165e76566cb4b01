"""The event relay: from the outbox to a handler, once in effect, in a database of its own."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from django.core.management import call_command
from django.db import connections, transaction

from bench.report import Reporter
from pengcheng.kernel.context import system_context
from pengcheng.kernel.event import Event
from pengcheng.kernel.events import Envelope, deliver_pending, emit, hears

EVENTS = 500
SUBJECTS = 50


class Measured(Event, frozen=True, kw_only=True):
    """Something happened for the sake of being measured."""

    type: ClassVar[str] = "bench.thing.measured"
    number: int


handled = 0


@hears(Measured)
def handle(envelope: Envelope, event: Measured) -> None:
    global handled
    handled += 1


def bench(reporter: Reporter) -> None:
    """On SQLite with synchronous=FULL, as in a city; the demo's worker must not take the events."""
    with TemporaryDirectory(prefix="pengcheng-bench-") as folder:
        settings = connections["default"].settings_dict
        former = settings["NAME"]
        try:
            if connections["default"].vendor == "sqlite":
                connections["default"].close()
                settings["NAME"] = str(Path(folder) / "bench.sqlite3")
                call_command("migrate", verbosity=0)
            measure(reporter)
        finally:
            connections["default"].close()
            settings["NAME"] = former


def measure(reporter: Reporter) -> None:
    emitted, delivered = [], []
    for _ in range(2 if reporter.quick else 5):
        started = time.perf_counter()
        emit_all()
        middle = time.perf_counter()
        while deliver_pending():
            pass
        emitted.append(EVENTS / (middle - started))
        delivered.append(EVENTS / (time.perf_counter() - middle))
    reporter.sampled("events emitted, a transaction each", emitted, "events/s")
    reporter.sampled("event relay, one handler", delivered, "events/s")
    latency(reporter)


def emit_all() -> None:
    context = system_context("bench")
    for number in range(EVENTS):
        with transaction.atomic():
            emit(context, Measured(subject=f"thing/{number % SUBJECTS}", number=number))


def latency(reporter: Reporter) -> None:
    """From the commit to the handler's commit, of one event by itself."""

    def one() -> None:
        with transaction.atomic():
            emit(system_context("bench"), Measured(subject="thing/0", number=0))
        deliver_pending()

    reporter.timed("one event from commit to effect", one, n=100)
