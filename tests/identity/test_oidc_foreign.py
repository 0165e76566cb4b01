"""Judged by openid-client and oauth4webapi, certified relying parties that none of us wrote."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.identity.api import oidc
from pengcheng.kit.keys import curves
from tests.identity import relying
from tests.support.people import PASSWORD, person

pytestmark = [pytest.mark.crash, pytest.mark.one_database]
ROOT = Path(__file__).resolve().parents[2]
JUDGES = Path(__file__).parent / "foreign"
BACK = "https://museum.example/back"
EXPECTED: dict[str, Any] = {
    "iss": True,
    "acr": True,
    "replayedCode": "invalid_grant",
    "afterReplay": False,
    "silent": True,
    "rotated": True,
    "active": True,
    "replayedRefresh": "invalid_grant",
    "familyEnded": "invalid_grant",
    "maxAge": True,
    "revoked": "invalid_token",
    "noSession": "login_required",
    "bye": "https://museum.example/bye",
    "signedOut": "login_required",
    "registered": "陈晓明（虚构）",
    "invitedTwice": "invalid_token",
    "keyed": True,
    "onlySub": ["sub"],
    "pushedTwice": 400,
}


def question(issuer: str) -> dict[str, Any]:
    """What the foreign programs have to know."""
    basic, keyed = relying.entered(), relying.Keyed()
    secret = keyed.private.private_numbers().private_value.to_bytes(32, "big")
    jwk = {**curves.to_jwk(keyed.private.public_key()), "d": curves.encoded(secret)}
    return {
        "issuer": issuer,
        "username": "chen",
        "password": PASSWORD,
        "back": BACK,
        "bye": "https://museum.example/bye",
        "acr": "urn:pengcheng:acr:low",
        "basic": {"id": basic.client.id, "secret": basic.secret},
        "keyed": {"id": keyed.made.client.id, "jwk": jwk},
        "invitation": oidc.invite(relying.SYSTEM),
    }


def test_foreign_relying_parties_are_content(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    packages = ROOT / "node_modules"
    if shutil.which("node") is None or not (packages / "openid-client").is_dir():
        pytest.skip("needs node and the npm packages openid-client and oauth4webapi (npm ci)")
    settings.PENGCHENG_PUBLIC_URL = live_server.url
    person("chen")
    (tmp_path / "node_modules").symlink_to(packages.resolve())
    for judge in JUDGES.glob("*.mjs"):
        shutil.copy(judge, tmp_path)
    done = subprocess.run(
        ["node", str(tmp_path / "judge.mjs")],
        input=json.dumps(question(live_server.url)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    verdicts = json.loads(done.stdout)
    known = verdicts.pop("person", {})
    assert verdicts == EXPECTED
    assert known["name"] == "陈晓明（虚构）"
