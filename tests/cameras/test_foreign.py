"""Our server judged by others: sipmessage reads all it says, requests answers its challenge."""

from __future__ import annotations

from typing import Any

import pytest
from requests.auth import HTTPDigestAuth
from sipmessage import Message as Theirs
from sipmessage import Request, Response

from pengcheng.kit.sip import values
from pengcheng.kit.sip.messages import write
from tests.cameras.scenes import RECORDER, Server, add

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_what_requests_answers_registers_and_sipmessage_reads_it_all(
    server: Server, algorithm: Any
) -> None:
    password = add(algorithm=algorithm).password
    server.directory.load()
    device = server.device(password)
    asked = device.ask(device.made("REGISTER", Expires="86400"))
    challenge = Theirs.parse(write(asked)).www_authenticate
    assert challenge is not None
    assert (challenge.scheme, challenge.parameters["algorithm"]) == ("Digest", algorithm)
    client = HTTPDigestAuth(RECORDER, password)
    client.init_per_thread_state()
    client._thread_local.chal = dict(challenge.parameters)
    # requests knows HTTP addresses only, and says of them what follows the host
    told = values.credentials(str(client.build_digest_header("REGISTER", "http://x/a")))
    assert told["uri"] == "/a"
    data = device.made("REGISTER", Authorization=_quoted(told))
    address = b"sip:44030000002000000001@4403000000 SIP/2.0"
    answer = device.ask(data.replace(address, b"/a SIP/2.0", 1))
    welcome = Theirs.parse(write(answer))
    assert isinstance(welcome, Response)
    assert (welcome.code, welcome.expires, welcome.cseq.method) == (200, 86_400, "REGISTER")
    assert welcome.via[0].parameters["received"] == "127.0.0.1"
    device.until(lambda: len([m for m in device.heard if m.method]) >= 3)
    for each in (m for m in device.heard if m.method):
        request = Theirs.parse(write(each))
        assert isinstance(request, Request)
        assert (request.method, request.uri.user, request.max_forwards) == (
            *("MESSAGE", RECORDER),
            70,
        )
        assert request.content_type is not None
        assert request.via[0].parameters["branch"].startswith("z9hG4bK")


def _quoted(told: dict[str, str]) -> str:
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in told.items())
