"""Instant approval over real HTTP: many people, each with a session and a connection kept open.

One submission is one call: answers in; case, decision, licence, events and audit in one transaction
out. The clients run on the same machine as the city and take their share of its cores; what a
submission costs the processors of both is said too, for a rate means little on a busy machine.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from bench import city
from bench.bench_services import TOLD, VISIT
from bench.load import Load, drive, request
from bench.report import Reporter
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import NewAccount
from pengcheng.kernel.context import system_context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.relay import backlog

PATH = "/api/v1/services/applications"
PEOPLE = 24
SECONDS = 10.0
MOST = 400
"""Submissions a second that are made ready beforehand: more than can be answered."""
ARRIVALS = 100
"""Submissions a second that come in evenly, whether or not those before are answered."""


class Person(NamedTuple):
    """A session in the city."""

    cookies: str
    token: str


class Answered(NamedTuple):
    status: int
    outcome: str | None
    seconds: float


def bench(reporter: Reporter) -> None:
    people = [signed_in(number) for number in range(PEOPLE)]
    seconds = SECONDS / 4 if reporter.quick else SECONDS
    driven(reporter.address, people[:4], 1.0)  # the city warms up
    caught_up()
    rounds = [
        measured(reporter.address, people, seconds) for _ in range(1 if reporter.quick else 3)
    ]
    name = f"instant approval, {PEOPLE} people at once"
    reporter.sampled(name, [each.load.rate for each in rounds], "granted/s")
    waits = [wait * 1000 for each in rounds for wait in each.load.waits]
    reporter.sampled(f"the same, {PEOPLE} waiting", waits, "ms")
    reporter.sampled("the same, processors, all together", [r.all for r in rounds], "ms")
    for part in ("pages", "worker", "front"):
        reporter.sampled(f"the same, processors, {part}", [r.costs[part] for r in rounds], "ms")
    reporter.sampled("the same, processors, the clients", [r.costs["us"] for r in rounds], "ms")
    reporter.sampled("the same, what follows, behind at the end", [r.behind for r in rounds], "s")
    even = asyncio.run(arriving(reporter.address, people, seconds))
    refuse(even)
    waits = [answer.seconds * 1000 for answer in even]
    reporter.sampled(f"the same, {ARRIVALS} a second arriving", waits, "ms")


class Round(NamedTuple):
    """One run: waits, processor milliseconds each by part, and how long the worker was behind."""

    load: Load
    costs: dict[str, float]
    behind: float

    @property
    def all(self) -> float:
        return sum(self.costs.values())


def measured(address: str, people: list[Person], seconds: float) -> Round:
    used, mine = city.processor_seconds(), time.process_time()
    load = driven(address, people, seconds)
    own, ended = time.process_time() - mine, time.perf_counter()
    caught_up()
    behind, after = time.perf_counter() - ended, city.processor_seconds()
    spent = {part: after[part] - before for part, before in used.items()} | {"us": own}
    costs = {part: each / len(load.waits) * 1000 for part, each in spent.items()}
    return Round(load, costs, behind)


def caught_up() -> None:
    """Wait until what follows each submission has been done: its cost counts."""
    while backlog()["pending"]:
        time.sleep(0.1)


def driven(address: str, people: list[Person], seconds: float) -> Load:
    """Everybody submits again as soon as they are answered."""
    port = urlsplit(address).port or 80
    count = max(int(seconds * MOST), len(people))
    requests = [submission(people[n % len(people)]) for n in range(count)]
    answer = b'"granted"'
    load = drive(port, requests, seconds=seconds, connections=len(people), most=count, good=answer)
    if load.wrong:
        raise RuntimeError(f"not all of {len(load.waits)} were granted: {load.wrong}")
    return load


def submission(person: Person) -> bytes:
    """A request made beforehand: what a client computes is not the city's cost."""
    told = {"item": VISIT, "answers": TOLD, "idempotency_key": new_id()}
    return request(
        "POST",
        PATH,
        json.dumps(told).encode(),
        Host="127.0.0.1",
        Cookie=person.cookies,
        X_CSRFToken=person.token,
        Content_Type="application/json",
    )


def refuse(answers: list[Answered]) -> None:
    wrong = [answer for answer in answers if (answer.status, answer.outcome) != (201, "granted")]
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(answers)} were not granted: {wrong[0]}")


def signed_in(number: int) -> Person:
    """A person with a session; the same ones the next time, for passwords are slow to keep."""
    name = f"bench-office-{number}"
    model = get_user_model()
    if not model.objects.filter(username=name).exists():
        told = NewAccount(
            username=name,
            password=f"{new_id()}-bench",
            name_zh=f"市民{number}（虚构）",
            roles=("citizen",),
            organisation=city.OFFICE,
            kind="person",
            simulated=True,
        )
        identity.create_account(system_context("bench"), new=told)
    client = Client()
    client.force_login(model.objects.get(username=name))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    token = "b" * 32
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    return Person(cookies, token)


# --- clients ----------------------------------------------------------------------------


class Connection:
    """One connection kept open, speaking as little HTTP as the measurement needs."""

    def __init__(self, address: str, person: Person) -> None:
        parts = urlsplit(address)
        self.host, self.port, self.person = parts.hostname or "", parts.port, person
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def submit(self) -> Answered:
        began = time.perf_counter()
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        writer.write(submission(self.person))
        status, body = await _response(reader)
        told = json.loads(body) if status < 300 else {}
        return Answered(status, told.get("outcome"), time.perf_counter() - began)

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()


async def _response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    if length:
        return status, await reader.readexactly(int(length))
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip() or b"0", 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return status, body


async def arriving(address: str, people: list[Person], seconds: float) -> list[Answered]:
    """Submissions arrive evenly; whoever finds no free connection waits, and that counts."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for person in people:
        free.put_nowait(Connection(address, person))

    async def one(due: float) -> Answered:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        connection = await free.get()
        answer = await connection.submit()
        free.put_nowait(connection)
        return answer._replace(seconds=time.perf_counter() - due)

    began = time.perf_counter()
    count = int(ARRIVALS * seconds)
    found = await asyncio.gather(*(one(began + n / ARRIVALS) for n in range(count)))
    while not free.empty():
        free.get_nowait().close()
    return list(found)
