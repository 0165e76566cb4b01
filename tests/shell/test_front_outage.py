"""When Django is away, slow or broken, people read what to do and programs get a problem document.

The upstream is a socket of the test's own, which answers as badly as each case asks.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import servers

pytestmark = pytest.mark.slow

Answer = Callable[[socket.socket], None]


class Upstream:
    """Stands where Django should; says on each connection what the test put into `answer`."""

    def __init__(self, path: Path) -> None:
        self.answer: Answer = lambda connection: None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                self.answer(connection)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Upstream]]:
    path = tmp_path_factory.mktemp("front") / "s"
    upstream = Upstream(path)
    with servers.front(path) as port:
        yield port, upstream
    upstream.listener.close()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A front with nobody behind it."""
    with servers.front(tmp_path_factory.mktemp("front") / "nobody") as port:
        yield port


def get(port: int, target: str = "/", **headers: str) -> servers.Reply:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    message = f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n"
    return servers.parse(servers.talk(port, message.encode()))


def test_while_django_starts_the_page_says_so_and_reloads_itself(alone: int) -> None:
    reply = get(alone, Accept="text/html")
    assert reply.status == 503
    assert reply.header("retry-after") == "2"
    assert "正在启动" in reply.body.decode()
    assert b'http-equiv="refresh"' in reply.body


def test_the_page_speaks_the_readers_language(alone: int) -> None:
    assert b"The city is starting" in get(alone, Accept_Language="en-GB").body
    assert b"The city is starting" in get(alone, Cookie="pengcheng_language=en").body
    mixed = get(alone, Cookie="pengcheng_language=zh-hans", Accept_Language="en")
    assert "系统正在启动" in mixed.body.decode()


@pytest.mark.parametrize("how", [("/api/v1/x", "*/*"), ("/x", "application/json")])
def test_programs_get_a_problem_document(alone: int, how: tuple[str, str]) -> None:
    target, accept = how
    reply = get(alone, target, Accept=accept)
    document = json.loads(reply.body)
    assert reply.header("content-type") == "application/problem+json"
    assert (document["status"], document["code"]) == (503, "shell.front.starting")
    assert document["instance"] == target
    assert document["detail"]


def test_a_refusal_is_escaped_and_never_stored(alone: int) -> None:
    reply = get(alone, "/%3Cscript%3E", Accept="text/html")
    assert b"<script>" not in reply.body
    assert reply.header("cache-control") == "no-store"
    assert "default-src 'none'" in (reply.header("content-security-policy") or "")


def test_head_of_an_outage_has_no_body(alone: int) -> None:
    raw = servers.talk(alone, b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert servers.parse(raw).status == 503
    assert servers.parse(raw).body == b""


def test_an_upstream_that_hangs_up_is_a_bad_gateway(place: tuple[int, Upstream]) -> None:
    port, upstream = place
    upstream.answer = lambda connection: None
    assert get(port).status == 502


def test_an_upstream_that_talks_nonsense_is_a_bad_gateway(place: tuple[int, Upstream]) -> None:
    port, upstream = place
    upstream.answer = lambda connection: connection.sendall(b"SSH-2.0-nonsense\r\n\r\n")
    assert get(port).status == 502


def test_half_an_answer_is_not_passed_off_as_whole(place: tuple[int, Upstream]) -> None:
    port, upstream = place
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    upstream.answer = lambda connection: connection.sendall(half)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()


def test_an_outage_in_between_heals_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with servers.front(path) as port:
        assert get(port).status == 503
        with servers.echo(path):
            assert get(port).status == 200
        path.unlink(missing_ok=True)
        assert get(port).status == 503
        with servers.echo(path):
            assert get(port).status == 200


def test_what_is_too_large_is_refused_before_it_is_sent(alone: int) -> None:
    """Only the headers are sent: the answer comes although no byte of the body ever does."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n"
    reply = servers.parse(servers.talk(alone, head % (26 * 1024 * 1024)))
    assert reply.status == 413
    assert json.loads(reply.body)["code"] == "shell.request.too_large"


def test_a_length_beyond_all_numbers_is_refused(alone: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n"
    assert servers.talk(alone, head, timeout=60).split(b" ")[1] in {b"400", b"413"}


def test_a_client_that_leaves_in_the_middle_disturbs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with servers.echo(path), servers.front(path) as port:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port)) as leaving:
                leaving.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")
        assert get(port).status == 200


def test_a_live_path_is_never_passed_to_django(place: tuple[int, Upstream]) -> None:
    port, upstream = place
    asked: list[bytes] = []
    upstream.answer = lambda connection: asked.append(b"asked")
    get(port, "/live/no-such-channel")
    assert asked == []
