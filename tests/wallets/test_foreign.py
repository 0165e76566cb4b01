"""Judged by a wallet that none of us wrote: @openid4vc, @sd-jwt and @owf/mdoc, run by node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import NewClient
from pengcheng.domains.wallets import api
from pengcheng.kernel.context import system_context
from tests.support.people import PASSWORD, context_of, person
from tests.wallets.scenes import card, own

pytestmark = [pytest.mark.crash, pytest.mark.one_database]
ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = (
    *Path(__file__).parent.glob("foreign/*.mjs"),
    ROOT / "tests/identity/foreign/browser.mjs",
)
CITY = "https://city.example"
BACK = "https://wallet.example/back"
ANSWER = {"prefix": "x509_san_dns", "version": 100, "trusted": True, "status": 200, "replayed": 400}
EXPECTED: dict[str, Any] = {
    "bound": "DPoP",
    "copies": 2,
    "replayedNonce": "invalid_nonce",
    "replayedCode": "invalid_grant",
    "afterReplay": "invalid_token",
    "adult": True,
    "mdoc": {"failed": [], "adult": True, "name": "陈晓明（虚构）"},
    "byCode": 1,
    "noted": 204,
    "answers": [ANSWER, ANSWER, ANSWER],
}


def registered() -> str:
    new = NewClient(
        name_zh="某钱包（虚构）",
        name_en="A wallet (invented)",
        redirect_uris=(BACK,),
        auth_method="none",
        scopes=("licences",),
        native=True,
    )
    return oidc.add_client(system_context("tests"), new=new).client.id


def test_a_foreign_wallet_fetches_and_shows(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    packages = ROOT / "node_modules"
    if shutil.which("node") is None or not (packages / "@openid4vc" / "openid4vci").is_dir():
        pytest.skip("needs node and the npm packages @openid4vc and @owf/mdoc (npm ci)")
    settings.PENGCHENG_PUBLIC_URL = CITY
    chen, shop = person("chen"), context_of(person("shop", name_zh="莲花书店（虚构）"))
    offer = api.offer(context=own(chen), licence_id=card(chen).id)
    modes = ("direct_post.jwt", "direct_post.jwt", "direct_post")
    asked = [api.ask(context=shop, question="adult", mode=mode) for mode in modes]  # type: ignore[arg-type]
    (tmp_path / "node_modules").symlink_to(packages.resolve())
    for program in PROGRAMS:
        shutil.copy(program, tmp_path)
    told = {
        "issuer": CITY,
        "live": live_server.url,
        "offer": offer.link,
        "digits": offer.digits,
        "client": registered(),
        "back": BACK,
        "username": "chen",
        "password": PASSWORD,
        "links": [api.see(context=shop, question_id=one).wallet_link for one in asked],
    }
    done = subprocess.run(
        ["node", str(tmp_path / "judge.mjs")],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == EXPECTED
    results = [api.see(context=shop, question_id=one).result for one in asked]
    assert [(one.met, one.form) for one in results if one] == [
        (True, "dc+sd-jwt"), (True, "mso_mdoc"), (True, "dc+sd-jwt"),
    ]  # fmt: skip
