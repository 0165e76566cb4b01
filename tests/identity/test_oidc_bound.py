"""Tokens bound to a key (RFC 9449): good with its proof, and with nothing else."""

from __future__ import annotations

import json

import pytest

from tests.identity import relying
from tests.wallets.scenes import App, post

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
USERINFO = "/oidc/userinfo"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def program():
    """A public client: a program on somebody's own device."""
    return relying.entered(auth_method="none", scopes=("profile", "offline_access"), native=True)


def bound(program, app: App, **form):
    told = {"code_verifier": relying.VERIFIER, "redirect_uri": relying.BACK, **form}
    told["client_id"] = program.client.id
    return post("/oidc/token", told, DPoP=app.dpop("/oidc/token"))


def first(program, app: App) -> dict:
    code = relying.code_for(relying.signed_in(), program, scope="openid profile offline_access")
    answer = bound(program, app, grant_type="authorization_code", code=code)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def asked(token: str, proof: str = "", scheme: str = "DPoP"):
    headers = {"Authorization": f"{scheme} {token}", **({"DPoP": proof} if proof else {})}
    return relying.PROGRAM.get(USERINFO, headers=headers)


def test_the_person_is_told_only_to_whoever_has_the_key(program):
    app = App()
    told = first(program, app)
    token = told["access_token"]
    assert told["token_type"] == "DPoP"
    assert asked(token, app.dpop(USERINFO, token, htm="GET")).status_code == 200
    assert asked(token, scheme="Bearer").status_code == 401
    assert asked(token).status_code == 401
    thief = App()
    assert asked(token, thief.dpop(USERINFO, token, htm="GET")).status_code == 401
    wrong = asked(token, app.dpop(USERINFO, token))  # a proof for POST
    assert json.loads(wrong.content)["error"] == "invalid_dpop_proof"


def test_a_public_clients_refresh_token_stays_with_its_key(program):
    app = App()
    token = first(program, app)["refresh_token"]
    stolen = bound(program, App(), grant_type="refresh_token", refresh_token=token)
    assert stolen.json()["error"] == "invalid_grant"
    again = bound(program, app, grant_type="refresh_token", refresh_token=token)
    assert again.json()["token_type"] == "DPoP"


@pytest.mark.parametrize("header", ["", "x", "a.b.c", "a.b.c, a.b.c"])
def test_a_header_that_is_no_proof_is_refused(program, header):
    code = relying.code_for(relying.signed_in(), program, scope="openid profile")
    told = {"grant_type": "authorization_code", "code": code, "client_id": program.client.id}
    told |= {"code_verifier": relying.VERIFIER, "redirect_uri": relying.BACK}
    answer = post("/oidc/token", told, DPoP=header)
    assert answer.json()["error"] == "invalid_dpop_proof"
