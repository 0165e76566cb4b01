"""A load generator that takes little for itself: sockets kept open, one request in flight on each.

Written on `select.epoll` alone, it costs about ten microseconds a request, so that a server on the
same machine keeps most of it. It speaks as little HTTP/1.1 as a measurement needs.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

LENGTH = b"content-length: "
CHUNKED = b"transfer-encoding: chunked"
LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass
class Load:
    """What came of it: seconds waited for each answer, and the seconds it all took."""

    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    wrong: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def at(self, share: float) -> float:
        """A percentile of the waits, in milliseconds."""
        ordered = sorted(self.waits)
        return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] * 1000


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {headers.pop('Host', 'bench')}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drive(
    port: int,
    requests: list[bytes],
    *,
    seconds: float,
    connections: int = 64,
    most: int = 0,
    good: bytes = b"",
) -> Load:
    """Ask round and round for so long (or so many times), each connection at once again.

    An answer without ``good`` in it counts as wrong.
    """
    sockets = {each.fileno(): each for each in (_connected(port) for _ in range(connections))}
    poll = select.epoll()
    following, load = cycle(requests), Load()
    for number in sockets:
        poll.register(number, select.EPOLLIN)
    try:
        _turn(sockets, poll, following, load, seconds, most, good)
    finally:
        poll.close()
        for each in sockets.values():
            each.close()
    return load


def _turn(
    sockets: dict[int, socket.socket],
    poll: select.epoll,
    following: Iterator[bytes],
    load: Load,
    seconds: float,
    most: int,
    good: bytes,
) -> None:
    now = time.perf_counter
    sent = dict.fromkeys(sockets, 0.0)
    parts = dict.fromkeys(sockets, b"")
    asked, began = 0, now()
    until = began + seconds
    for number, each in sockets.items():
        asked += 1
        sent[number] = now()
        each.sendall(next(following))
    waiting = len(sockets)
    while waiting:
        for number, _ in poll.poll(10):
            data = parts[number] + sockets[number].recv(1 << 18)
            if not complete(data):
                parts[number] = data
                continue
            moment = now()
            load.waits.append(moment - sent[number])
            parts[number] = b""
            if data[9:10] != b"2" or good not in data:
                status = int(data[9:12])
                load.wrong[status] = load.wrong.get(status, 0) + 1
            if moment < until and (not most or asked < most):
                asked += 1
                sent[number] = moment
                sockets[number].sendall(next(following))
            else:
                waiting -= 1
    load.seconds = now() - began


def _connected(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port))
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def complete(data: bytes) -> bool:
    """Whether a whole answer is there: its head, and as much body as the head says."""
    if not data:
        raise ConnectionError("the server closed a connection under load")
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = data.find(LENGTH, 0, end)
    if at < 0:
        return data.find(CHUNKED, 0, end) < 0 or data.endswith(LAST_CHUNK)
    length = int(data[at + len(LENGTH) : data.index(b"\r\n", at)])
    return len(data) >= end + 4 + length


def cpu_seconds(process: int) -> float:
    """CPU time of a process and all below it so far (Linux)."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for each in Path("/proc").iterdir():
        if not each.name.isdigit():
            continue
        try:
            told = (each / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        parents.setdefault(int(told[1]), []).append(int(each.name))
        spent[int(each.name)] = (int(told[11]) + int(told[12])) / 100
    total, line = 0.0, [process]
    while line:
        one = line.pop()
        total += spent.get(one, 0.0)
        line += parents.get(one, [])
    return total


def memory(process: int) -> float:
    """What a process and all below it hold of their own, in MiB (Linux)."""
    total, line = 0, [process]
    while line:
        one = line.pop()
        for each in Path(f"/proc/{one}/status").read_text().splitlines():
            if each.startswith("RssAnon:"):
                total += int(each.split()[1])
        for task in Path(f"/proc/{one}/task").iterdir():
            line += [int(each) for each in (task / "children").read_text().split()]
    return total / 1024
