"""Citizen codes: signed in a batch and judged, on one core, by the clock of the process itself."""

from __future__ import annotations

import time

from bench.report import Reporter
from pengcheng.domains.citizencode.ops import showing, verifying
from pengcheng.domains.citizencode.ops.secrets import keys
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id

BATCH = 2_000


def bench(reporter: Reporter) -> None:
    signer, people = keys().signer(), [new_id() for _ in range(BATCH)]
    codes = showing.batch(signer, people, clock.now())
    rates = []
    for _ in range(3 if reporter.quick else 10):
        began = time.process_time()
        codes = showing.batch(signer, people, clock.now())
        rates.append(BATCH / (time.process_time() - began))
    reporter.sampled("citizen codes signed a second (goal 20,000)", rates, "/s")
    judged = iter(codes * 20)
    reporter.timed(
        "a citizen code judged without a network (goal under 50 ms)",
        lambda: verifying.judged(next(judged), None, int(clock.now().timestamp())),
        n=200,
        repeat=20,
    )
