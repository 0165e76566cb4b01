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
from bench.report import Reporter
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import NewAccount
from pengcheng.kernel.context import system_context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.relay import backlog

PATH = "/api/v1/services/applications"
PEOPLE = 24
SECONDS = 10.0
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
    asyncio.run(driven(reporter.address, people[:4], 1.0))  # the city warms up
    rates, answers, costs, own = [], [], [], []
    for _ in range(1 if reporter.quick else 3):
        began, mine = time.perf_counter(), time.process_time()
        used = sum(city.processor_seconds().values())
        found = asyncio.run(driven(reporter.address, people, seconds))
        rates.append(len(found) / (time.perf_counter() - began))
        own.append((time.process_time() - mine) / len(found) * 1000)
        caught_up()
        costs.append((sum(city.processor_seconds().values()) - used) / len(found) * 1000)
        answers += found
    refuse(answers)
    reporter.sampled(f"instant approval, {PEOPLE} people at once", rates, "granted/s")
    reporter.sampled("the same, the city's processors each", costs, "ms")
    reporter.sampled("the same, the clients' processor each", own, "ms")
    waits = [answer.seconds * 1000 for answer in answers]
    reporter.sampled(f"the same, {PEOPLE} waiting", waits, "ms")
    even = asyncio.run(arriving(reporter.address, people, seconds))
    refuse(even)
    waits = [answer.seconds * 1000 for answer in even]
    reporter.sampled(f"the same, {ARRIVALS} a second arriving", waits, "ms")


def caught_up() -> None:
    """Wait until what follows each submission has been done: its cost counts."""
    while backlog()["pending"]:
        time.sleep(0.1)


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
        writer.write(self._request())
        status, body = await _response(reader)
        told = json.loads(body) if status < 300 else {}
        return Answered(status, told.get("outcome"), time.perf_counter() - began)

    def _request(self) -> bytes:
        told = {"item": VISIT, "answers": TOLD, "idempotency_key": new_id()}
        body = json.dumps(told).encode()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Cookie: {self.person.cookies}\r\nX-CSRFToken: {self.person.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

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


async def driven(address: str, people: list[Person], seconds: float) -> list[Answered]:
    """Everybody submits again as soon as they are answered."""
    until = time.perf_counter() + seconds

    async def one(person: Person) -> list[Answered]:
        connection, answers = Connection(address, person), []
        while time.perf_counter() < until:
            answers.append(await connection.submit())
        connection.close()
        return answers

    return [answer for answers in await asyncio.gather(*map(one, people)) for answer in answers]


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
