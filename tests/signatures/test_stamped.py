"""The time stamp authority: what it grants, and what it refuses in the words of RFC 3161."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

import pytest
from asn1crypto import cms, core, tsp
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.signatures import api
from pengcheng.kernel import audit
from pengcheng.kit.seals import timestamps
from tests.signatures.scenes import ANYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SM3 = "1.2.156.10197.1.401"


def asked(content: bytes, algorithm: str = "sha256", **more: Any) -> bytes:
    name = "sm3" if algorithm == SM3 else algorithm
    imprint = {
        "hash_algorithm": {"algorithm": algorithm},
        "hashed_message": more.pop("digest", None) or hashlib.new(name, content).digest(),
    }
    told = {"version": 1, "message_imprint": imprint, "cert_req": True, **more}
    return tsp.TimeStampReq(told).dump()


class Response(core.Sequence):
    """As RFC 3161 has it: the token may be absent."""

    _fields: ClassVar[Any] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def answered(request: bytes) -> Response:
    return Response.load(api.time_stamp(context=ANYBODY, request=request), strict=True)


def info(answer: Response) -> dict[str, Any]:
    content = answer["time_stamp_token"]["content"]["encap_content_info"]["content"]
    return tsp.TSTInfo.load(content.contents).native


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512", SM3])
def test_each_good_hash_is_stamped(home, algorithm):
    answer = answered(asked(b"x", algorithm, nonce=2**63))
    told = info(answer)
    assert answer["status"]["status"].native == "granted"
    assert told["message_imprint"]["hash_algorithm"]["algorithm"] == algorithm
    assert (told["nonce"], told["policy"]) == (2**63, timestamps.POLICY)
    assert told["accuracy"]["seconds"] == 1


def test_serials_never_come_twice(home):
    serials = {info(answered(asked(b"x")))["serial_number"] for _ in range(20)}
    assert len(serials) == 20


def test_the_certificate_comes_only_when_asked_for(home):
    with_it = answered(asked(b"x"))["time_stamp_token"]["content"]
    without = answered(asked(b"x", cert_req=False))["time_stamp_token"]["content"]
    assert len(with_it["certificates"]) == 1
    assert not without["certificates"]


@pytest.mark.parametrize(
    ("request_", "failure"),
    [
        (asked(b"x", "sha1"), "bad_alg"),
        (asked(b"x", "md5"), "bad_alg"),
        (asked(b"x", digest=b"short"), "bad_data_format"),
        (asked(b"x", version=2), "bad_request"),
        (asked(b"x", req_policy="1.2.3.4"), "unaccepted_policy"),
        (
            asked(
                b"x", extensions=[{"extn_id": "1.2.3", "critical": False, "extn_value": b"\5\0"}]
            ),
            "unaccepted_extensions",
        ),
        (b"", "bad_data_format"),
        (asked(b"x")[:-3] + b"\x07\x01\x00", "bad_data_format"),  # a type that nobody uses
        (b"\x30\x84\xff\xff\xff\xff", "bad_data_format"),
        (asked(b"x") + b"more", "bad_data_format"),
        (bytes(10_000), "bad_data_format"),
    ],
)
def test_a_bad_request_is_refused_with_its_reason(home, request_, failure):
    answer = answered(request_)
    assert answer["status"]["status"].native == "rejection"
    assert answer["status"]["fail_info"].native == {failure}
    assert answer["time_stamp_token"].native is None


def test_every_token_is_an_audit_line_and_a_refusal_too(home):
    answered(asked(b"x"))
    answered(b"nonsense")
    refused, granted = audit.entries(action="signatures.time.stamp")[:2]
    assert (refused.facts, granted.facts["granted"]) == ({"granted": False}, True)
    assert granted.facts["imprint"] == hashlib.sha256(b"x").hexdigest()


def test_over_http_with_its_media_types(home):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/tsa", asked(b"x"), content_type="application/timestamp-query")
    assert answer.headers["Content-Type"] == "application/timestamp-reply"
    told = Response.load(answer.content)
    assert told["status"]["status"].native == "granted"
    assert client.post("/tsa", b"x", content_type="text/plain").status_code == 400
    assert "RFC 3161" in client.get("/tsa").content.decode()


def test_root_and_what_it_took_back_are_published(home):
    assert b"BEGIN CERTIFICATE" in Client().get("/signatures/authority.pem").content
    answer = Client().get("/signatures/authority.crl")
    assert answer.headers["Content-Type"] == "application/pkix-crl"


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_nonsense_brings_it_down(sealed_once, noise, at):
    good = asked(b"x")
    answer, token = timestamps.answer(good[:at] + noise + good[at + len(noise) :])
    assert Response.load(answer)["status"]["status"].native in {"granted", "rejection"}
    assert token is None or len(token.imprint) == 64
