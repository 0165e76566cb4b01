"""`pengcheng keys rotate` while two processes serve: nobody is refused, nothing signed is lost."""

from __future__ import annotations

import base64
import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from tests.support.zygote import Forked, zygote

pytestmark = [pytest.mark.crash, pytest.mark.one_database]
ROTATED = ("licences", "sessions", "licences")


class Running:
    """A city of two processes, and somebody who is signed in."""

    def __init__(self, place: Path, cookie: str, ports: list[int]) -> None:
        self.place, self.cookie, self.ports = place, cookie, ports

    def get(self, port: int, path: str) -> tuple[int, str]:
        """As a browser: it takes the new cookie that a new secret brings."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"pengcheng_session={self.cookie}"}
        )
        opener = urllib.request.build_opener(_Straight)
        with opener.open(request, timeout=60) as answer:
            for line in answer.headers.get_all("Set-Cookie") or ():
                if line.startswith("pengcheng_session="):
                    self.cookie = line.partition("=")[2].partition(";")[0]
            return int(answer.status), answer.read().decode()

    def every(self, path: str) -> list[str]:
        """The same of each process, which must answer."""
        found = [self.get(port, path) for port in self.ports]
        assert {status for status, _ in found} == {200}
        return [text for _, text in found]

    def rotate(self, purpose: str) -> None:
        process = Forked(self.place, "tests.support.crash_main:command",
                         ("keys", "rotate", purpose), {})  # fmt: skip
        _, err = process.communicate()
        assert process.wait(60) == 0, err


class _Straight(urllib.request.HTTPRedirectHandler):
    """Who is sent to sign in has been signed out: no way round that."""

    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    own = {"PENGCHENG_HOME": str(tmp_path), "PENGCHENG_DATABASE_URL": ""}
    with ExitStack() as stack:
        place = stack.enter_context(zygote(tmp_path / "forks", own))
        said, err = (first := Forked(place, "tests.shell.key_city:prepare", (), {})).communicate()
        assert first.wait(60) == 0, err
        ports = []
        for _ in range(2):
            server = Forked(place, "tests.shell.key_city:serve", (), {})
            stack.callback(server.kill)
            ports.append(int(server.stdout.readline()))
        yield Running(place, said.split()[-1], ports)


def test_keys_change_under_those_who_serve(running: Running) -> None:
    before = running.every("/licences/status/0/")
    running.every("/account/")
    done, refused = threading.Event(), []

    def visit() -> None:
        while not done.is_set():
            for path in ("/account/", "/licences/status/0/"):
                try:
                    running.every(path)
                except Exception as error:
                    refused.append((path, str(error)))

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        for purpose in ROTATED:
            running.rotate(purpose)
    finally:
        done.set()
        visitor.join(60)
    assert refused == []
    after = running.every("/licences/status/0/")
    assert not {_kid(one) for one in before} & {_kid(one) for one in after}
    running.every("/account/")
    for published in running.every("/.well-known/jwt-vc-issuer"):
        keys = KeySet.import_key_set(json.loads(published)["jwks"])
        for text in (*before, *after):
            jwt.decode(text, keys, algorithms=["ES256"], registry=_REGISTRY)


_REGISTRY = JWSRegistry(algorithms=["ES256"])
_REGISTRY.max_payload_length = 10_000_000


def _kid(text: str) -> str:
    head = text.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])
