"""The OpenID provider: token requests through the whole of Django, in CPU time of one process.

A chain of refreshes, each with rotation, a new access token, an ID token and its audit line; the
first links of the chain are a person's own sign-in. CPU time and not the clock: the goal is a
rate on one core, whatever else the machine does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from bench.report import Reporter
from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import MadeClient, NewClient
from pengcheng.kernel.context import system_context

BACK = "https://bench.example/back"
VERIFIER = "b" * 43
FORM = "application/x-www-form-urlencoded"


def bench(reporter: Reporter) -> None:
    n = 50 if reporter.quick else 500
    made = _client()
    password = (Path(settings.PENGCHENG_HOME) / "demo-password").read_text("utf-8").strip()
    browser = Client(HTTP_HOST="localhost")
    browser.post("/sign-in/", {"username": "citizen", "password": password})
    costs = [_exchange(made, _code(browser, made)) for _ in range(n // 5)]
    reporter.sampled("OpenID token, from a code", [cost for cost, _ in costs], "ms CPU")
    chain, refresh = [], costs[-1][1]["refresh_token"]
    for _ in range(n):
        cost, told = _token(made, grant_type="refresh_token", refresh_token=refresh)
        chain.append(cost)
        refresh = told["refresh_token"]
    reporter.sampled("OpenID token, refreshed and rotated", chain, "ms CPU")
    reporter.sampled("the same on one core", [1000 / cost for cost in chain], "a second")
    told = [_asked(made, "/oidc/introspect", token=refresh)[0] for _ in range(n)]
    reporter.sampled("OpenID introspection", told, "ms CPU")
    oidc.remove_client(system_context("bench"), client_id=made.client.id)


def _client() -> MadeClient:
    new = NewClient(name_zh="测速（虚构）", redirect_uris=(BACK,), scopes=("profile",))
    return oidc.add_client(system_context("bench"), new=new)


def _code(browser: Client, made: MadeClient) -> str:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "client_id": made.client.id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid profile",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    to = browser.get("/oidc/authorize?" + urlencode(asked)).headers["Location"]
    if "/oidc/consent" in to:
        page = browser.get(to).content.decode()
        sealed = re.search(r'name="t" value="([^"]+)"', page)
        form = {"t": sealed[1] if sealed else "", "answer": "allow", "facts": ["name"]}
        to = browser.post("/oidc/consent", form).headers["Location"]
    return parse_qs(urlsplit(to).query)["code"][0]


def _exchange(made: MadeClient, code: str) -> tuple[float, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return _token(made, **form, code_verifier=VERIFIER)


def _token(made: MadeClient, **form: str) -> tuple[float, Any]:
    return _asked(made, "/oidc/token", **form)


@cache
def _city() -> WSGIHandler:
    """Built once, as each process does; without the test client, whose own work is no server's."""
    return WSGIHandler()


def _asked(made: MadeClient, path: str, **form: str) -> tuple[float, Any]:
    """Milliseconds of CPU, and the answer."""
    pair = base64.b64encode(f"{made.client.id}:{made.secret}".encode()).decode()
    asked = _FACTORY.post(path, urlencode(form), content_type=FORM).environ
    asked["HTTP_AUTHORIZATION"] = f"Basic {pair}"
    began = time.process_time()
    answer: Any = _city()(asked, _heard)
    body = b"".join(answer)
    answer.close()
    return (time.process_time() - began) * 1000, json.loads(body)


def _heard(*_: Any) -> Any:
    """Status and headers, which nobody reads."""


_FACTORY = RequestFactory(HTTP_HOST="localhost")
