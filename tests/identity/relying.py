"""An application that relies on the city's sign-in, as the tests play it: no library between."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import MadeClient, NewClient
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from pengcheng.kit.keys import Key, Signer, curves
from tests.support.people import PASSWORD, person

ISSUER = "http://localhost:8000"
BACK = "https://museum.example/back"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
SYSTEM = system_context("tests")
# Whoever has no cookie; one for all, since each would build Django's middleware anew.
PROGRAM = Client()


def entered(**told: Any) -> MadeClient:
    """A client as an administrator enters it."""
    facts = {
        "name_zh": "海湾博物馆（虚构）",
        "name_en": "Bay Museum (invented)",
        "redirect_uris": (BACK,),
        "logout_uris": ("https://museum.example/bye",),
        "scopes": ("profile", "phone", "birthdate", "offline_access"),
    }
    return oidc.add_client(SYSTEM, new=NewClient(**{**facts, **told}))


def signed_in(username: str = "chen") -> Client:
    """A browser in which the person has typed their password."""
    browser = Client()
    person(username)
    sign_in(browser, username)
    return browser


def sign_in(browser: Client, username: str = "chen", next: str = "") -> HttpResponse:
    told = {"username": username, "password": PASSWORD, "next": next}
    return browser.post("/sign-in/", told)


def asked(client: MadeClient, **more: Any) -> dict[str, Any]:
    """The parameters of an authorization request; None leaves one out."""
    told = {
        "client_id": client.client.id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid profile",
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def visit(browser: Client, client: MadeClient, **more: Any) -> HttpResponse:
    """What the authorization endpoint answers to the person's browser."""
    return browser.get("/oidc/authorize?" + urlencode(asked(client, **more), doseq=True))


def allow(browser: Client, response: HttpResponse, **form: Any) -> HttpResponse:
    """Go to the page of consent and press a button there."""
    url = response.headers["Location"]
    shown = browser.get(url)
    assert shown.status_code == 200, shown.content.decode()[:500]
    ticked = re.findall(r'name="facts" value="(\w+)"', shown.content.decode())
    t = parse_qs(urlsplit(url).query)["t"][0]
    return browser.post("/oidc/consent", {"t": t, "answer": "allow", "facts": ticked, **form})


def came_back(response: HttpResponse) -> dict[str, str]:
    """The parameters with which the person arrives at the application."""
    url = response.headers.get("Location", "")
    if not url:
        found = re.search(r'href="(https://museum[^"]+)"', response.content.decode())
        assert found, response.content.decode()[:300]
        url = found[1].replace("&amp;", "&")
    assert url.startswith("https://museum.example/"), url
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def code_for(browser: Client, client: MadeClient, **more: Any) -> str:
    response = visit(browser, client, **more)
    if "/oidc/consent" in response.headers["Location"]:
        response = allow(browser, response)
    return came_back(response)["code"]


def post(path: str, client: MadeClient | None = None, **form: Any) -> HttpResponse:
    """A program's request, proved by the client's secret."""
    headers = {}
    if client is not None and client.secret:
        pair = f"{client.client.id}:{client.secret}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    elif client is not None:
        form.setdefault("client_id", client.client.id)
    body = urlencode({k: v for k, v in form.items() if v is not None}, doseq=True)
    kind = "application/x-www-form-urlencoded"
    return PROGRAM.post(path, body, content_type=kind, headers=headers)


def exchange(client: MadeClient, code: str, **more: Any) -> HttpResponse:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return post("/oidc/token", client, **{**form, "code_verifier": VERIFIER, **more})


def refresh(client: MadeClient, token: str, **more: Any) -> HttpResponse:
    return post("/oidc/token", client, grant_type="refresh_token", refresh_token=token, **more)


def tokens(browser: Client, client: MadeClient, **more: Any) -> dict[str, Any]:
    answer = exchange(client, code_for(browser, client, **more))
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def claims_of(token: str) -> dict[str, Any]:
    """What an ID token says; its signature is judged by foreign clients."""
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def person_at(token: str) -> HttpResponse:
    return PROGRAM.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})


def refusals(action: str) -> list[str]:
    """The reasons that stand in the audit, newest first."""
    lines = audit.entries(action=action)
    return [str(line.facts.get("reason", "")) for line in lines if line.outcome != "success"]


# -- clients with a key of their own ---------------------------------------------------------


class Keyed:
    """A client that proves itself by private_key_jwt."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.jwk = {**curves.to_jwk(self.private.public_key()), "kid": "k1"}
        self.made = entered(auth_method="private_key_jwt", jwks={"keys": [self.jwk]})

    def claims(self, **more: Any) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        own = self.made.client.id
        told = {"iss": own, "sub": own, "aud": ISSUER, "jti": f"jti-{now}-1", "iat": now}
        return {**told, "exp": now + 60, **more}

    def assertion(self, header: dict[str, Any] | None = None, **more: Any) -> str:
        signer = Signer(Key("k1", "ES256", self.private.public_key()), self.private)
        head = {"alg": "ES256", "kid": "k1", **(header or {})}
        return joined(head, self.claims(**more), signer.sign)


def joined(header: dict[str, Any], payload: dict[str, Any], sign: Any) -> str:
    parts = [curves.encoded(msgspec.json.encode(part)) for part in (header, payload)]
    data = ".".join(parts)
    return f"{data}.{curves.encoded(sign(data.encode()))}"


def with_assertion(assertion: str, **form: Any) -> HttpResponse:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    told = {"grant_type": "authorization_code", "code": "x", **form}
    return post("/oidc/token", client_assertion=assertion, client_assertion_type=kind, **told)
