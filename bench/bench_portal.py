"""Pages as a browser gets them: through the front, from a running city."""

from __future__ import annotations

import http.client
import threading
import time
from urllib.parse import urlsplit

from bench.report import Reporter

CONNECTIONS = 8
SECONDS = 5.0


def bench(reporter: Reporter) -> None:
    connection = connect(reporter)
    reporter.timed("portal page, one visitor", lambda: get(connection, "/"), n=200)
    reporter.timed("static file through the front", lambda: get(connection, STATIC), n=200)
    connection.close()
    rounds = 1 if reporter.quick else 5
    rates = [requests_a_second(reporter, "/") for _ in range(rounds)]
    reporter.sampled(f"portal page, {CONNECTIONS} connections", rates, "requests/s")


STATIC = "/static/vendor/govuk-frontend.css"


def connect(reporter: Reporter) -> http.client.HTTPConnection:
    parts = urlsplit(reporter.address)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)


def get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body


def requests_a_second(reporter: Reporter, path: str) -> float:
    """Each connection asks again as soon as it is answered, all on this machine's cores."""
    until = time.perf_counter() + SECONDS
    counts = [0] * CONNECTIONS

    def visitor(number: int) -> None:
        connection = connect(reporter)
        while time.perf_counter() < until:
            get(connection, path)
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=visitor, args=(n,)) for n in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)
