"""What the tests of cameras share: a signalling server in this process, and devices that speak."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connections

from pengcheng.domains.cameras import api
from pengcheng.domains.cameras.api.listening import Directory, House, listen
from pengcheng.domains.cameras.contracts import Item, NewSource, Shown
from pengcheng.kernel.context import system_context
from pengcheng.kit.sip import digest, manscdp, values
from pengcheng.kit.sip.messages import Message, Stream, parse, write

SYSTEM = system_context("tests")
RECORDER = "44030500001180000001"
CAMERAS = ("44030500001320000001", "44030500001320000002", "44030500001310000003")


def add(number: str = RECORDER, **facts: Any) -> Shown:
    new = NewSource(number=number, name=facts.pop("name", "南山 1 号录像机"), **facts)
    return api.add(context=SYSTEM, source=new)


def items(*numbers: str, **facts: Any) -> tuple[Item, ...]:
    told = {"longitude": 113.93, "latitude": 22.53, **facts}
    return tuple(
        Item(number=number, name=f"路口 {place}", **told)
        for place, number in enumerate(numbers or CAMERAS, 1)
    )


class Server:
    """The house with both its doors, on a free port; its records are those of the test."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.thread = ThreadPoolExecutor(1)
        self.shared = connections["default"]
        self.shared.inc_thread_sharing()
        self.thread.submit(connections.__setitem__, "default", self.shared).result()
        self.directory = Directory()
        self.house = House(self.directory, api.desk(), self.work)
        self.shut: Any = None
        self.ends: list[Device] = []

    async def work(self, do: Callable[..., Any], *given: Any) -> Any:
        return await self.loop.run_in_executor(self.thread, partial(do, *given))

    def open(self) -> None:
        self.directory.load()
        self.shut = self.run(listen(self.house.lines, "127.0.0.1", 0))

    def close(self) -> None:
        for each in self.ends:
            each.close()
        self.run(self.shut())
        self.run(asyncio.sleep(0))
        self.thread.shutdown()
        self.shared.dec_thread_sharing()

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def tick(self) -> None:
        self.run(self.house.tick())

    def device(self, password: str, number: str = RECORDER, **facts: Any) -> Device:
        device = Device(self, number, password, **facts)
        self.run(device.connect())
        self.ends.append(device)
        return device


class Device(asyncio.DatagramProtocol, asyncio.Protocol):
    """A device as one is built from the published examples: its own sums, its own counting."""

    def __init__(
        self,
        server: Server,
        number: str,
        password: str,
        *,
        tcp: bool = False,
        algorithm: Any = "MD5",
    ) -> None:
        self.server, self.number, self.password = server, number, password
        self.tcp, self.algorithm = tcp, algorithm
        self.heard: list[Message] = []
        self.stream = Stream()
        self.wire: Any = None
        self.count = 0
        self.closed = False

    async def connect(self) -> None:
        loop, port = asyncio.get_running_loop(), self.server.house.lines.port
        if self.tcp:
            await loop.create_connection(lambda: self, "127.0.0.1", port)
        else:
            await loop.create_datagram_endpoint(lambda: self, remote_addr=("127.0.0.1", port))

    def connection_made(self, transport: Any) -> None:
        self.wire = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True

    def close(self) -> None:
        self.wire.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append(parse(data))

    def data_received(self, data: bytes) -> None:
        self.heard.extend(self.stream.feed(data))

    # -- speaking ------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        if self.tcp:
            self.wire.write(data)
        else:
            self.wire.sendto(data)

    def made(self, method: str, body: bytes = b"", **headers: str) -> bytes:
        self.count += 1
        host, port = self.wire.get_extra_info("sockname")[:2]
        us, name = f"<sip:{self.number}@4403000000>", "TCP" if self.tcp else "UDP"
        told = {
            "Via": f"SIP/2.0/{name} {host}:{port};rport;branch=z9hG4bK{self.number}{self.count}",
            "From": f"{us};tag={self.count}",
            "To": us if method == "REGISTER" else "<sip:44030000002000000001@4403000000>",
            "Call-ID": f"{self.number}@{host}",
            "CSeq": f"{self.count} {method}",
            "Contact": f"<sip:{self.number}@{host}:{port}>",
            "Max-Forwards": "70",
            **({"Content-Type": manscdp.TYPE} if body else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        uri = "sip:44030000002000000001@4403000000"
        return write(Message(method=method, uri=uri, headers=tuple(told.items()), body=body))

    def ask(self, data: bytes) -> Message:
        """Send, and wait for what is said to it."""
        start, number = len(self.heard), parse(data).cseq
        self.send(data)
        self.until(lambda: any(m.code and m.cseq == number for m in self.heard[start:]))
        return next(m for m in self.heard[start:] if m.code and m.cseq == number)

    def until(self, condition: Callable[[], Any], what: str = "nobody answered") -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, what
            self.server.run(asyncio.sleep(0.001))

    def credentials(self, challenge: Message, **wrong: str) -> str:
        asked = values.credentials(challenge.get("WWW-Authenticate"))
        told = {
            "username": self.number,
            "realm": asked["realm"],
            "nonce": asked["nonce"],
            "uri": "sip:44030000002000000001@4403000000",
            "algorithm": self.algorithm,
            **({"qop": "auth", "nc": "00000001", "cnonce": "0a4f113b"}),
            **wrong,
        }
        known = digest.ha1(self.algorithm, self.number, asked["realm"], self.password)
        told["response"] = digest.answer(self.algorithm, known, "REGISTER", told)
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in told.items())

    def register(self, expires: str = "86400", **headers: str) -> Message:
        challenge = self.ask(self.made("REGISTER", Expires=expires))
        if challenge.code != 401:
            return challenge
        told = {"Authorization": self.credentials(challenge), **headers}
        return self.ask(self.made("REGISTER", Expires=expires, **told))

    def say(
        self, root: Any, command: str, serial: int = 1, more: str = "", number: str = ""
    ) -> Message:
        """A MANSCDP message; ``more`` goes into it as it is."""
        body = manscdp.write(root, command, serial, number or self.number)
        body = body.replace(f"</{root}>".encode(), f"{more}</{root}>".encode("gb18030"))
        return self.ask(self.made("MESSAGE", body))

    def asked_for(self, command: str) -> manscdp.Said:
        """What the city asked of it; it is answered as a device does."""

        def fits() -> list[Message]:
            return [m for m in self.heard if m.method and manscdp.read(m.body).command == command]

        self.until(fits, f"the city did not ask for {command}")
        found = fits()[-1]
        headers = tuple(
            (n, v) for n, v in found.headers if n in {"Via", "From", "To", "Call-ID", "CSeq"}
        )
        self.send(write(Message(code=200, phrase="OK", headers=headers)))
        return manscdp.read(found.body)

    def tell_catalogue(self, *numbers: str, each: int = 2, lost: int = 0) -> Message:
        """Line by line as recorders do, ``each`` in a message."""
        serial, last = self.asked_for("Catalog").serial, None
        for start in range(0, len(numbers), each):
            lines = [line(number) for number in numbers[start : start + each]]
            listed = (
                f"<SumNum>{len(numbers) + lost}</SumNum><DeviceList>{''.join(lines)}</DeviceList>"
            )
            last = self.say("Response", "Catalog", serial, listed)
        assert last is not None
        return last


def line(number: str, name: str = "路口", status: str = "ON", place: str = "113.93") -> str:
    return (
        f"<Item><DeviceID>{number}</DeviceID><Name>{name}</Name><Status>{status}</Status>"
        f"<Longitude>{place}</Longitude><Latitude>22.53</Latitude></Item>"
    )
