"""What is said to the city's signalling server, and what it says: GB/T 28181 over SIP.

Nothing of video: whoever wants to begin a session is refused.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from pengcheng.domains.cameras.contracts import Desk
from pengcheng.domains.cameras.ops import presence
from pengcheng.domains.cameras.ops.directory import Directory, Known
from pengcheng.domains.cameras.ops.lines import Line, Lines, reply
from pengcheng.domains.cameras.ops.taking import Taking
from pengcheng.domains.cameras.rules import checks
from pengcheng.kernel import clock
from pengcheng.kernel.address import network
from pengcheng.kernel.context import system_context
from pengcheng.kernel.ids import new_id
from pengcheng.kit.sip import digest, manscdp, numbers, values
from pengcheng.kit.sip.messages import Malformed, Message

Run = Callable[..., Awaitable[Any]]
SILENCE = timedelta(seconds=checks.HEARTBEAT * checks.MISSES)
ANEW = timedelta(days=1)  # a catalogue is asked for again
AGAIN = timedelta(minutes=10)  # one that did not come whole
REFUSALS, PER_HOUR = 1_000, 60
ALLOW = ("Allow", "REGISTER, MESSAGE, NOTIFY")
DATE = "%Y-%m-%dT%H:%M:%S.000"  # the city's time, by which devices set their clocks
log = logging.getLogger(__name__)


class House:
    """One city's signalling server. ``run`` does what needs records, off the loop."""

    def __init__(self, directory: Directory, desk: Desk, run: Run) -> None:
        self.directory, self.desk, self.run = directory, desk, run
        self.lines = Lines(self)
        self.context = system_context("cameras")
        self.nonces = digest.Nonces(secrets.token_bytes(32))
        self.taking = Taking(self.context, run)
        self._turns: dict[str, asyncio.Lock] = {}
        self._refused: dict[tuple[str, str, str], None] = {}
        self._hour = (0, 0)
        self._number = 0

    # -- what is said to us --------------------------------------------------------------

    async def asked(self, message: Message, line: Line) -> Message | None:
        if message.method == "ACK":
            return None
        if message.method not in {"REGISTER", "MESSAGE", "NOTIFY"}:
            return reply(message, 405, "Method Not Allowed", ALLOW)
        sender = values.address(message.get("From")).uri.user
        known = self.directory.get(sender)
        if known is None:
            return await self._stranger(message, line, sender, "unknown")
        async with self._turns.setdefault(known.number, asyncio.Lock()):
            if message.method == "REGISTER":
                return await self._register(message, line, known)
            return await self._said(message, line, known)

    async def _stranger(self, message: Message, line: Line, told: str, why: str) -> Message:
        """Refused; written down once for each, and not for more than there can be."""
        number = told if numbers.read(told) else ""
        key, hour = (number, network(line.peer[0]), why), int(clock.now().timestamp()) // 3600
        count = self._hour[1] if self._hour[0] == hour else 0
        if key not in self._refused and count < PER_HOUR:
            self._refused[key] = None
            if len(self._refused) > REFUSALS:
                del self._refused[next(iter(self._refused))]
            self._hour = (hour, count + 1)
            await self.run(presence.refused, self.context, number, key[1], why)
        return reply(message, 403, "Forbidden")

    # -- registration --------------------------------------------------------------------

    async def _register(self, message: Message, line: Line, known: Known) -> Message:
        if values.address(message.get("To")).uri.user != known.number:
            return reply(message, 403, "Forbidden")
        told = message.get("Authorization")
        if not told:
            return self._challenged(message, known)
        said = values.credentials(told)
        verdict = self._judged(message, known, said)
        if verdict == "stale":
            return self._challenged(message, known, stale=True)
        if verdict == "wrong":
            return await self._stranger(message, line, known.number, "wrong password")
        seconds = checks.granted(_asked_for(message))
        if seconds is None:
            shortest = ("Min-Expires", str(checks.SHORTEST))
            return reply(message, 423, "Interval Too Brief", shortest)
        if not seconds:
            await self._leave(known, "unregistered")
            return reply(message, 200, "OK", ("Expires", "0"), self._date())
        return await self._welcome(message, line, known, seconds)

    def _judged(self, message: Message, known: Known, said: dict[str, str]) -> digest.Verdict:
        if (said.get("username"), said.get("realm")) != (known.number, known.realm):
            return "wrong"
        if said.get("uri") != message.uri:
            return "wrong"
        now = clock.now().timestamp()
        return self.nonces.judge(known.algorithm, known.ha1, "REGISTER", said, now)

    def _challenged(self, message: Message, known: Known, *, stale: bool = False) -> Message:
        nonce = self.nonces.make(clock.now().timestamp())
        told = digest.challenge(known.algorithm, known.realm, nonce, stale=stale)
        return reply(message, 401, "Unauthorized", ("WWW-Authenticate", told))

    async def _welcome(self, message: Message, line: Line, known: Known, seconds: int) -> Message:
        said = presence.Registration(transport=line.transport, address=_at(line), seconds=seconds)
        fresh = not known.online or known.peer != _peer(line)
        known.line = line
        known.expires_at = await self.run(presence.registered, self.context, known.number, said)
        known.registered = known.online = True
        known.peer, known.heard_at = _peer(line), clock.now()
        line.welcome()
        if fresh or self._due(known):
            self._query(known, line)
        contact = ("Contact", f"{message.get('Contact').partition('>')[0]}>;expires={seconds}")
        more = [contact] if "<" in contact[1] else []
        return reply(message, 200, "OK", *more, ("Expires", str(seconds)), self._date())

    def _date(self) -> tuple[str, str]:
        return "Date", clock.local(clock.now()).strftime(DATE)

    async def _leave(self, known: Known, why: str) -> None:
        was, known.online = known.online, False
        known.registered = known.registered and why == "silent"
        if was:
            await self.run(presence.left, self.context, known.number, why)

    # -- what a registered device says ---------------------------------------------------

    async def _said(self, message: Message, line: Line, known: Known) -> Message | None:
        now = clock.now()
        if not known.registered or known.peer != _peer(line):
            return reply(message, 403, "Forbidden")  # it registers anew then
        if known.expires_at is None or known.expires_at <= now:
            await self._leave(known, "expired")
            return reply(message, 403, "Forbidden")
        if not known.bucket.take(now):
            self.lines.dropped += 1
            return None
        if "manscdp+xml" not in message.get("Content-Type").lower():
            return reply(message, 415, "Unsupported Media Type", ("Accept", manscdp.TYPE))
        try:
            said = manscdp.read(message.body)
        except manscdp.Unreadable as reason:
            raise Malformed(str(reason)) from reason
        await self._heard(known)
        if await self.taking.take(known, said) and said.command == "Alarm":
            self._tell(known, line, "Response", "Alarm", said.serial, said.number, Result="OK")
        return reply(message, 200, "OK")

    async def _heard(self, known: Known) -> None:
        """Whatever it says, it is there."""
        known.heard_at, known.dirty = clock.now(), True
        if not known.online:
            known.online = True
            await self.run(presence.back, self.context, known.number, known.heard_at)

    # -- what we say ---------------------------------------------------------------------

    def _query(self, known: Known, line: Line) -> None:
        """What it has, what it is, and how it is."""
        for command in ("Catalog", "DeviceInfo", "DeviceStatus"):
            serial = self._next()
            if command == "Catalog":
                known.serial, known.told, known.asked_at = serial, set(), clock.now()
            self._tell(known, line, "Query", command, serial, known.number)

    def _due(self, known: Known) -> bool:
        """A catalogue is asked for once a day, and sooner again when it did not come whole."""
        now = clock.now()
        if known.catalogue_at is not None and known.catalogue_at > now - ANEW:
            return False
        return known.asked_at is None or known.asked_at < now - AGAIN

    def _next(self) -> int:
        self._number = self._number % 999_999 + 1
        return self._number

    def _tell(
        self,
        known: Known,
        line: Line,
        root: manscdp.Root,
        command: str,
        serial: int,
        number: str,
        **more: str,
    ) -> None:
        host, port = line.peer
        shown = f"[{host}]" if ":" in host else host
        told = Message(
            method="MESSAGE",
            uri=f"sip:{known.number}@{shown}:{port}",
            headers=(
                ("From", f"<sip:{self.desk.number}@{self.desk.domain}>;tag={new_id()[-12:]}"),
                ("To", f"<sip:{known.number}@{known.realm}>"),
                ("Call-ID", new_id()),
                ("CSeq", f"{self._next()} MESSAGE"),
                ("Max-Forwards", "70"),
                ("Content-Type", manscdp.TYPE),
            ),
            body=manscdp.write(root, command, serial, number, **more),
        )
        self.lines.ask(told, line, command)

    def answered(self, message: Message, line: Line, kind: str) -> None:
        if message.code >= 300:
            log.info("cameras: %s was answered with %s", kind, message.code)

    # -- the clock -----------------------------------------------------------------------

    async def tick(self) -> None:
        """Who fell silent or let it end; what is to be asked again or written down."""
        self.lines.tick()
        now = clock.now()
        for known in list(self.directory.by_number.values()):
            if known.registered and known.expires_at is not None and known.expires_at <= now:
                await self._leave(known, "expired")
            elif known.online and known.heard_at is not None and known.heard_at + SILENCE < now:
                await self._leave(known, "silent")
            elif known.online and known.line is not None and self._due(known):
                self._query(known, known.line)
        await self.write()
        await self.run(self.directory.load)

    async def write(self) -> None:
        seen = [(each.number, each.heard_at) for each in self.directory.dirty()]
        for each in self.directory.dirty():
            each.dirty = False
        if seen:
            await self.run(presence.kept, seen)


def _asked_for(message: Message) -> int:
    """For how long; the Contact's own word goes first."""
    contact = message.get("Contact")
    told = "" if contact in {"", "*"} else values.address(contact).parameters.get("expires", "")
    if told.isascii() and told.isdecimal() and len(told) <= 10:
        return int(told)
    asked = message.number("Expires")
    return checks.EXPIRES if asked is None else asked


def _at(line: Line) -> str:
    return f"{line.peer[0]}:{line.peer[1]}"


def _peer(line: Line) -> str:
    return f"{line.transport} {_at(line)}"
