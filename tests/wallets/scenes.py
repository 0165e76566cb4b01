"""A wallet app as the tests play it, and short ways to what it needs: no library between."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from django.http import HttpResponse
from django.test import Client

from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.contracts import Holder, Licence
from pengcheng.domains.wallets import api
from pengcheng.kernel import audit, clock
from pengcheng.kit import mdoc
from pengcheng.kit.credentials import jwe, jws, sdjwt
from pengcheng.kit.keys import Key, Signer, curves
from tests.licences.scenes import ISSUER, SENIOR, SERVICES
from tests.support.people import context_of

CITY = "http://localhost:8000"
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
FORM = "application/x-www-form-urlencoded"
PROGRAM = Client()


def own(account, **facts):
    """The person, looking at what is theirs."""
    return context_of(account, "licence.own")


def card(account, kind: str = "seniors-card", values: dict[str, str] | None = None) -> Licence:
    return licences.issue(
        context=SERVICES,
        type=kind,
        holder=Holder(kind="person", id=account.id, name=account.name_zh),
        issuer=ISSUER,
        values=values or SENIOR,
        idempotency_key=f"{kind}-{account.id}",
    )


def offered(account, licence: Licence) -> tuple[dict[str, Any], str]:
    """What a wallet reads out of the code, and the digits on the page."""
    made = api.offer(context=own(account), licence_id=licence.id)
    query = parse_qs(urlsplit(made.link).query)
    return json.loads(query["credential_offer"][0]), made.digits


def post(path: str, form: dict[str, str], **headers: str) -> HttpResponse:
    return PROGRAM.post(path, urlencode(form), content_type=FORM, headers=headers)


def token_for(offer: dict[str, Any], digits: str, **headers: str) -> HttpResponse:
    code = offer["grants"][GRANT]["pre-authorized_code"]
    form = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": digits}
    return post("/oidc/token", form, **headers)


def nonce() -> str:
    return str(PROGRAM.post("/wallet/issuer/nonce/").json()["c_nonce"])


class App:
    """A wallet app with one key."""

    def __init__(self, algorithm: curves.Algorithm = "ES256") -> None:
        self.private = curves.make(algorithm)
        self.jwk = curves.to_jwk(self.private.public_key())
        self.signer = Signer(Key("w", algorithm, self.private.public_key()), self.private)
        self.token = ""

    def signed(self, header: dict[str, Any], payload: dict[str, Any]) -> str:
        head, body = (curves.encoded(msgspec.json.encode(part)) for part in (header, payload))
        signature = curves.encoded(self.signer.sign(f"{head}.{body}".encode()))
        return f"{head}.{body}.{signature}"

    def proof(self, c_nonce: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
        told = {"aud": CITY, "iat": int(clock.now().timestamp()), "nonce": c_nonce, **claims}
        head = {"alg": self.signer.key.algorithm, "typ": "openid4vci-proof+jwt", "jwk": self.jwk}
        return self.signed({**head, **(header or {})}, told)

    def dpop(self, path: str, token: str = "", **claims: Any) -> str:
        told: dict[str, Any] = {
            "htm": "POST",
            "htu": CITY + path,
            "iat": int(clock.now().timestamp()),
        }
        told["jti"] = secrets.token_urlsafe(12)
        if token:
            told["ath"] = curves.encoded(hashlib.sha256(token.encode()).digest())
        head = {"alg": self.signer.key.algorithm, "typ": "dpop+jwt", "jwk": self.jwk}
        return self.signed(head, {**told, **claims})

    def let_in(self, account, licence: Licence) -> App:
        offer, digits = offered(account, licence)
        self.token = token_for(offer, digits).json()["access_token"]
        return self

    def ask(self, path: str, body: Any, **headers: str) -> HttpResponse:
        told = {"Authorization": f"Bearer {self.token}", **headers}
        data = body if isinstance(body, bytes) else json.dumps(body)
        return PROGRAM.post(path, data, content_type="application/json", headers=told)

    def fetch(self, configuration: str, *proofs: str, **more: Any) -> HttpResponse:
        body = {"credential_configuration_id": configuration, "proofs": {"jwt": list(proofs)}}
        return self.ask("/wallet/issuer/credential/", {**body, **more})

    def take(self, account, licence: Licence, suffix: str = "sd-jwt") -> str:
        self.let_in(account, licence)
        answer = self.fetch(f"{licence.type}.{suffix}", self.proof(nonce()))
        assert answer.status_code == 200, answer.content
        return str(answer.json()["credentials"][0]["credential"])

    # --- showing ----------------------------------------------------------------------------

    def read(self, question_id: str) -> dict[str, Any]:
        """The verifier's question; foreign wallets judge its signature."""
        answer = PROGRAM.get(f"/wallet/requests/{question_id}/")
        assert answer.status_code == 200, answer.content
        return jws.unchecked(answer.content.decode())

    def show(self, credential: str, names: set[str], question: dict[str, Any], **other: Any) -> str:
        asked = {**question, **other}
        at = int(clock.now().timestamp())
        if "~" in credential:
            shown = sdjwt.show(credential, names)
            facts = {"audience": asked["client_id"], "nonce": asked["nonce"], "at": at}
            return sdjwt.prove(shown, self.signer, **facts)
        keys = question["client_metadata"].get("jwks", {"keys": []})["keys"]
        thumbprint = curves.decoded(curves.thumbprint(keys[0])) if keys else None
        told = (asked["client_id"], asked["nonce"], asked["response_uri"], thumbprint)
        answer = mdoc.respond(
            curves.decoded(credential), names, self.signer, mdoc.transcript(*told)
        )
        return curves.encoded(answer)


def posted(question: dict[str, Any], name: str, shown: str, **other: Any) -> HttpResponse:
    """The answer, in the way in which it was asked for."""
    path = urlsplit(question["response_uri"]).path
    told = {"vp_token": {name: [shown]}, "state": question["state"], **other}
    if question["response_mode"] == "direct_post":
        return post(path, {"vp_token": json.dumps(told["vp_token"]), "state": told["state"]})
    key = curves.from_jwk(question["client_metadata"]["jwks"]["keys"][0])
    return post(path, {"response": jwe.encrypt(json.dumps(told).encode(), key)})


def refusals(action: str) -> list[str]:
    """The reasons that stand in the audit, newest first."""
    lines = audit.entries(action=action)
    return [str(line.facts.get("reason", "")) for line in lines if line.outcome != "success"]
