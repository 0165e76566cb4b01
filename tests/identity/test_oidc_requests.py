"""Signed requests (RFC 9101): what the client wrote counts, and nothing that is not believed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws as foreign
from joserfc.jwk import ECKey, OctKey

from pengcheng.domains.identity.contracts.oidc import OidcError
from pengcheng.domains.identity.ops.oidc import requests
from tests.identity import relying
from tests.identity.relying import ISSUER, PROGRAM, Keyed, asked, came_back, entered, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
KNOWN = foreign.JWSRegistry(algorithms=["ES256", "HS256", "none"])


class Writer(Keyed):
    """A client that signs its requests, with joserfc."""

    def written(self, key: Any = None, alg: str = "ES256", kid: str = "k1", **more: Any) -> str:
        now = int(time.time())
        told = {"iss": self.made.client.id, "aud": ISSUER, "iat": now, "exp": now + 120}
        told |= asked(self.made) | more
        told = {name: value for name, value in told.items() if value is not None}
        head = {"alg": alg, "kid": kid, "typ": "oauth-authz-req+jwt"}
        signing = key or ECKey.import_key(self.private)
        return foreign.serialize_compact(head, json.dumps(told).encode(), signing, registry=KNOWN)

    def bring(self, browser: Any, text: str, **beside: Any) -> Any:
        own = {"client_id": self.made.client.id, "request": text, **beside}
        return browser.get("/oidc/authorize", own)


def test_the_signed_parameters_count_and_those_beside_do_not() -> None:
    writer, browser = Writer(), relying.signed_in()
    beside = {"state": "forged", "redirect_uri": "https://elsewhere.example/"}
    answer = writer.bring(browser, writer.written(state="signed"), **beside)
    told = came_back(relying.allow(browser, answer))
    assert (told["state"], bool(told["code"])) == ("signed", True)


def test_a_pushed_request_may_be_signed_too() -> None:
    writer, browser = Writer(), relying.signed_in()
    form = {"request": writer.written(), "grant_type": None, "code": None}
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    proof = {"client_assertion": writer.assertion(), "client_assertion_type": kind}
    pushed = relying.post("/oidc/par", **form, **proof)
    assert pushed.status_code == 201, pushed.content
    name = {"client_id": writer.made.client.id, "request_uri": pushed.json()["request_uri"]}
    answer = browser.get("/oidc/authorize", name)
    assert came_back(relying.allow(browser, answer))["code"]
    form["request"] = writer.written(exp=1)
    proof["client_assertion"] = writer.assertion(jti="jti-the-second-one")
    stale = relying.post("/oidc/par", **form, **proof)
    assert (stale.status_code, stale.json()["error"]) == (400, "invalid_request_object")


def test_an_object_that_is_not_believed_ends_on_a_page_of_ours() -> None:
    writer, now = Writer(), int(time.time())
    public = writer.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    whole = writer.written()
    for text in (
        writer.written(ECKey.import_key(ec.generate_private_key(ec.SECP256R1()))),
        writer.written(OctKey.import_key(public), "HS256"),
        writer.written(OctKey.import_key("x" * 32), "none"),
        writer.written(kid="k2"),
        writer.written(exp=now - 60),
        writer.written(exp=None),
        writer.written(exp=now + 7200),
        writer.written(iat=now - 7200),
        writer.written(nbf=now + 300),
        writer.written(exp=str(now + 60)),
        writer.written(aud="https://other.example"),
        writer.written(iss="another"),
        writer.written(client_id="x" * 36),
        writer.written(sub=writer.made.client.id),
        writer.written(request="a.b.c"),
        writer.written(state={"a": [1]}, nonce=[1]),
        writer.written(redirect_uri="https://elsewhere.example/"),
        whole[:-4] + "AAAA",
        "no.such.thing",
    ):
        assert writer.bring(PROGRAM, text).status_code == 400, text


def test_a_client_without_keys_signs_nothing() -> None:
    writer, plain = Writer(), entered()
    text = writer.written(client_id=plain.client.id, iss=plain.client.id)
    assert visit(PROGRAM, plain, request=text).status_code == 400


def test_discovery_says_so() -> None:
    told = PROGRAM.get("/.well-known/openid-configuration").json()
    assert told["request_parameter_supported"]
    assert "none" not in told["request_object_signing_alg_values_supported"]
    assert not told["request_uri_parameter_supported"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(["exp", "aud", "iat", "nbf", "state", "max_age"]),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text()),
    )
)
def test_whatever_is_signed_is_read_or_refused(writer: Writer, facts: dict[str, Any]) -> None:
    try:
        found = requests.opened({"request": [writer.written(**facts)]}, writer.made.client,
                                time.time())  # fmt: skip
    except OidcError:
        return
    assert all(isinstance(one, str) for values in found.values() for one in values)


@pytest.fixture
def writer() -> Writer:
    return Writer()
