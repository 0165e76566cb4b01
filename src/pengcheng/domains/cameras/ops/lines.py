"""UDP and TCP under the signalling: what came twice is answered as before, what was asked is asked
again until somebody answers, and nobody may ask for more than their share.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.sip import values
from pengcheng.kit.sip.messages import LARGEST, Malformed, Message, Stream, parse, write

KEPT = timedelta(seconds=32)  # 64 × T1 of RFC 3261
TRIES, FIRST_PAUSE = 6, 0.5
MOST_KNOWN, MOST_PENDING, MOST_LINES = 8_192, 1_000, 4_096
RATE, BURST = 200.0, 1_000.0  # messages of one host: many devices may stand behind it
PATIENCE = 30.0  # seconds in which a TCP line must bring a registration
log = logging.getLogger(__name__)


class Line(Protocol):
    """Where a message came from, and how to answer."""

    @property
    def transport(self) -> str: ...
    @property
    def peer(self) -> tuple[str, int]: ...
    def send(self, data: bytes) -> None: ...
    def welcome(self) -> None:
        """Somebody registered by it."""


class House(Protocol):
    """What stands behind the lines."""

    async def asked(self, message: Message, line: Line) -> Message | None:
        """The answer; None says nothing, as if it had been lost on the way."""

    def answered(self, message: Message, line: Line, kind: str) -> None: ...


@dataclass(slots=True)
class Waiting:
    """Something that we asked and nobody has answered."""

    data: bytes
    line: Line
    kind: str
    next_at: datetime
    tries: int = 1


@dataclass(slots=True)
class Bucket:
    """So many a second, and so many at once."""

    at: datetime
    rate: float = RATE
    burst: float = BURST
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, now: datetime) -> bool:
        gone = max(0.0, (now - self.at).total_seconds())
        self.level, self.at = min(self.burst, self.level + gone * self.rate), now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True)
class Lines:
    """Transactions over all lines."""

    house: House
    known: OrderedDict[tuple[Any, ...], tuple[datetime, bytes]] = field(default_factory=OrderedDict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    open: int = 0
    dropped: int = 0
    host: str = "127.0.0.1"
    port: int = 0

    # -- what comes in -------------------------------------------------------------------

    def admits(self, host: str) -> bool:
        """Whether a message from there is looked at; asked before it is read."""
        admitted = self._bucket(host).take(clock.now())
        self.dropped += not admitted
        return admitted

    def heard(self, message: Message, line: Line) -> None:
        """A message whose bytes were whole."""
        now = clock.now()
        if message.code:
            self._answered(message, line)
            return
        key = _transaction(message, line)
        before = self.known.get(key)
        if before is not None:
            if before[1]:
                line.send(before[1])
            return
        if len(self.tasks) >= MOST_PENDING:
            self.dropped += 1  # they will say it again
            return
        self._remember(key, b"", now)
        self._start(self._work(key, message, line))

    def _bucket(self, host: str) -> Bucket:
        bucket = self.buckets.get(host)
        if bucket is None:
            bucket = self.buckets[host] = Bucket(clock.now())
            if len(self.buckets) > MOST_KNOWN:
                self.buckets.popitem(last=False)
        self.buckets.move_to_end(host)
        return bucket

    def _remember(self, key: tuple[Any, ...], data: bytes, now: datetime) -> None:
        self.known[key] = (now + KEPT, data)
        while len(self.known) > MOST_KNOWN:
            self.known.popitem(last=False)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _work(self, key: tuple[Any, ...], message: Message, line: Line) -> None:
        try:
            answer = await self.house.asked(message, line)
        except Malformed as reason:
            log.info("cameras: refused: %s", reason)
            answer = reply(message, 400, "Bad Request")
        except Exception:
            log.exception("cameras: a message failed")
            self.known.pop(key, None)  # said again, it is tried again
            return
        if answer is None:
            self.known.pop(key, None)
            return
        data = write(_routed(answer, line))
        self._remember(key, data, clock.now())
        line.send(data)

    def _answered(self, message: Message, line: Line) -> None:
        branch = values.via(message.get("Via")).parameters.get("branch", "")
        waiting = self.waiting.get(branch)
        if waiting is None or waiting.line.peer != line.peer or message.code < 200:
            return
        del self.waiting[branch]
        self.house.answered(message, line, waiting.kind)

    # -- what goes out -------------------------------------------------------------------

    def ask(self, message: Message, line: Line, kind: str) -> None:
        """Send a request; over UDP again and again until it is answered."""
        if len(self.waiting) >= MOST_PENDING:
            self.dropped += 1
            return
        branch = f"z9hG4bK{new_id()}"
        host, port = self._facing(line)
        via = ("Via", f"SIP/2.0/{line.transport} {host}:{port};rport;branch={branch}")
        data = write(msgspec.structs.replace(message, headers=(via, *message.headers)))
        at = clock.now() + timedelta(seconds=FIRST_PAUSE)
        self.waiting[branch] = Waiting(data, line, kind, at)
        line.send(data)

    def _facing(self, line: Line) -> tuple[str, int]:
        """Our address as the other side sees it; connecting a UDP socket sends nothing."""
        if self.host not in {"0.0.0.0", "::"}:  # noqa: S104
            return self.host, self.port
        family = socket.AF_INET6 if ":" in line.peer[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(line.peer[:2])
            host = probe.getsockname()[0]
        return (f"[{host}]" if ":" in host else host), self.port

    def tick(self) -> None:
        """What is due: ask again, forget what is over."""
        now = clock.now()
        for branch, each in list(self.waiting.items()):
            if each.next_at > now:
                continue
            if each.tries >= TRIES or each.line.transport != "UDP":
                del self.waiting[branch]
                continue
            each.line.send(each.data)
            each.next_at = now + timedelta(seconds=min(4.0, FIRST_PAUSE * 2**each.tries))
            each.tries += 1
        while self.known and next(iter(self.known.values()))[0] < now:
            self.known.popitem(last=False)


def _transaction(message: Message, line: Line) -> tuple[Any, ...]:
    branch = values.via(message.get("Via")).parameters.get("branch", "")
    return (line.transport, line.peer, branch, message.get("Call-ID"), *message.cseq)


def reply(asked: Message, code: int, phrase: str, *more: tuple[str, str]) -> Message:
    """A response with all that must come back."""
    to = asked.get("To")
    if ";tag=" not in to.rpartition(">")[2].replace(" ", ""):
        to += f";tag={new_id()[-12:]}"
    headers = [*(("Via", each) for each in asked.all("Via")), ("From", asked.get("From"))]
    headers += [("To", to), ("Call-ID", asked.get("Call-ID")), ("CSeq", asked.get("CSeq"))]
    return Message(code=code, phrase=phrase, headers=(*headers, *more))


def _routed(answer: Message, line: Line) -> Message:
    """RFC 3581: the first Via learns where the message came from."""
    (name, told), *rest = answer.headers
    if "," in told:
        return answer
    host, port = line.peer
    parts = [
        f"rport={port}" if part.strip().lower() == "rport" else part for part in told.split(";")
    ]
    routed = (name, ";".join([*parts, f"received={host}"]))
    return msgspec.structs.replace(answer, headers=(routed, *rest))


class Datagrams(asyncio.DatagramProtocol):
    """The UDP door."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.wire: Any = None

    def connection_made(self, transport: Any) -> None:
        self.wire = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if len(data) < 20 or not self.lines.admits(addr[0]):
            return  # blank lines keep a way through a router open
        try:
            self.lines.heard(parse(data), Sender(self.wire, (addr[0], addr[1])))
        except Malformed:
            self.lines.dropped += 1  # who sends nonsense gets no answer: it may be forged


@dataclass(slots=True, frozen=True)
class Sender:
    """The other end of datagrams."""

    wire: Any
    peer: tuple[str, int]
    transport: str = "UDP"

    def send(self, data: bytes) -> None:
        if len(data) <= LARGEST:
            self.wire.sendto(data, self.peer)

    def welcome(self) -> None:
        """Datagrams are no line that would be kept."""


class Connection(asyncio.Protocol):
    """A TCP line."""

    transport = "TCP"

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.stream = Stream()
        self.peer = ("", 0)
        self._welcome = False
        self._wire: Any = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        self._wire, self.peer = transport, transport.get_extra_info("peername")[:2]
        self.lines.open += 1
        if self.lines.open > MOST_LINES:
            transport.close()
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._leave_strangers)

    def _leave_strangers(self) -> None:
        if not self._welcome:
            self._wire.close()

    def welcome(self) -> None:
        self._welcome = True

    def data_received(self, data: bytes) -> None:
        try:
            for message in self.stream.feed(data):
                if self.lines.admits(self.peer[0]):
                    self.lines.heard(message, self)
        except Malformed as reason:
            log.info("cameras: a line is closed: %s", reason)
            self._wire.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lines.open -= 1
        if self._timer is not None:
            self._timer.cancel()

    def send(self, data: bytes) -> None:
        if not self._wire.is_closing():
            self._wire.write(data)


async def listen(lines: Lines, address: str, port: int) -> Callable[[], Awaitable[None]]:
    """Open both doors on one port; returns what closes them."""
    loop = asyncio.get_running_loop()
    datagrams, _ = await loop.create_datagram_endpoint(
        lambda: Datagrams(lines), local_addr=(address, port)
    )
    lines.host, lines.port = address, datagrams.get_extra_info("sockname")[1]
    server = await loop.create_server(lambda: Connection(lines), address, lines.port, backlog=256)

    async def close() -> None:
        datagrams.close()
        server.close()
        for task in list(lines.tasks):
            task.cancel()

    return close
