"""The front passes requests on unchanged, and believes no client about who it is.

Two real servers: the front on a port, and behind it an application that tells what reached it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import servers
from tests.support.echo import BIG

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    path = tmp_path_factory.mktemp("front") / "s"
    with servers.echo(path), servers.front(path, PENGCHENG_TRUSTED_PROXIES="") as port:
        yield port


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    opened = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    yield opened
    opened.close()


def ask(
    connection: http.client.HTTPConnection, target: str = "/", **headers: str
) -> dict[str, Any]:
    named = {name.replace("__", "-"): value for name, value in headers.items()}
    connection.request("GET", target, headers=named)
    told: dict[str, Any] = json.load(connection.getresponse())
    return told


def test_method_path_and_query_arrive_as_written(connection: http.client.HTTPConnection) -> None:
    told = ask(connection, "/a//b/%E6%B7%B1%2F?q=%E5%9C%B3&q=1&x")
    assert (told["method"], told["query"]) == ("GET", "q=%E5%9C%B3&q=1&x")
    assert told["path"].encode("latin-1").decode() == "/a//b/深/"


def test_dots_in_a_path_are_not_joined_by_the_front(
    connection: http.client.HTTPConnection,
) -> None:
    assert ask(connection, "/a/../b")["path"] == "/a/../b"


def test_forwarded_headers_of_the_client_are_replaced(
    connection: http.client.HTTPConnection,
) -> None:
    told = ask(connection, X__Forwarded__For="1.2.3.4", X__Forwarded__Proto="https")["headers"]
    assert told["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert told["HTTP_X_FORWARDED_PROTO"] == "http"


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X_FORWARDED_PROTO", "X-Forwarded_For"])
def test_underscores_are_no_way_around(connection: http.client.HTTPConnection, name: str) -> None:
    connection.request("GET", "/", headers={name: "1.2.3.4"})
    told = json.load(connection.getresponse())["headers"]
    assert "1.2.3.4" not in told.values()


@pytest.mark.parametrize("name", ["Forwarded", "X-Real-IP", "Proxy", "X-Forwarded-Host"])
def test_headers_that_a_server_might_believe_are_dropped(
    connection: http.client.HTTPConnection, name: str
) -> None:
    told = ask(connection, **{name.replace("-", "__"): "evil"})["headers"]
    assert "evil" not in told.values()


def test_hop_by_hop_headers_stay_on_their_hop(connection: http.client.HTTPConnection) -> None:
    told = ask(connection, Connection="X-Secret", X__Secret="1", TE="trailers", X__Kept="2")
    assert "HTTP_X_SECRET" not in told["headers"]
    assert "HTTP_TE" not in told["headers"]
    assert told["headers"]["HTTP_X_KEPT"] == "2"


def test_host_and_length_cannot_be_struck_out_by_connection(
    connection: http.client.HTTPConnection, port: int
) -> None:
    headers = {"Connection": "Host, Content-Length"}
    connection.request("POST", "/", body=b"abc", headers=headers)
    told = json.load(connection.getresponse())
    assert (told["declared"], told["length"]) == ("3", 3)
    assert told["headers"]["HTTP_HOST"] == f"127.0.0.1:{port}"


def test_nothing_is_added_that_the_client_did_not_say(
    connection: http.client.HTTPConnection,
) -> None:
    connection.putrequest("GET", "/", skip_accept_encoding=True)
    connection.endheaders()
    told = json.load(connection.getresponse())["headers"]
    assert set(told) == {"HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"}


def test_a_body_streams_through_whole(connection: http.client.HTTPConnection) -> None:
    body = bytes(range(256)) * 40_000
    connection.request("POST", "/upload", body=body)
    told = json.load(connection.getresponse())
    assert told["length"] == len(body)
    assert told["sha256"] == hashlib.sha256(body).hexdigest()


def test_an_empty_post_is_a_post(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/", body=b"")
    told = json.load(connection.getresponse())
    assert (told["method"], told["length"]) == ("POST", 0)


def test_a_large_answer_streams_through_whole(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/big")
    assert len(connection.getresponse().read()) == BIG


def test_every_cookie_reaches_the_client_and_none_is_remembered(
    connection: http.client.HTTPConnection,
) -> None:
    connection.request("GET", "/cookies")
    response = connection.getresponse()
    response.read()
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert "HTTP_COOKIE" not in ask(connection)["headers"]


def test_a_redirect_is_the_clients_to_follow(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/redirect")
    response = connection.getresponse()
    response.read()
    assert (response.status, response.headers["Location"]) == (302, "/elsewhere")


def test_packed_content_is_passed_on_packed(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/packed", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.read() == b"\x1f\x8b\x08\x00"


def test_head_has_the_length_but_no_body(port: int) -> None:
    raw = servers.talk(port, b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    reply = servers.parse(raw)
    assert reply.status == 200
    assert int(reply.header("content-length") or 0) > 0
    assert reply.body == b""


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    first = connection.sock
    for number in range(20):
        assert ask(connection, f"/{number}")["path"] == f"/{number}"
    assert connection.sock is first


def test_a_trusted_proxy_is_believed_about_the_last_hop_only(tmp_path: Path) -> None:
    path = tmp_path / "s"
    trusted = {"PENGCHENG_TRUSTED_PROXIES": "127.0.0.1"}
    with servers.echo(path), servers.front(path, **trusted) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "https"}
        connection.request("GET", "/", headers=headers)
        told = json.load(connection.getresponse())["headers"]
        connection.close()
    assert told["HTTP_X_FORWARDED_FOR"] == "203.0.113.9"
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"
