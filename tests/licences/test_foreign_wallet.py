"""Judged by @sd-jwt/sd-jwt-vc: a wallet and a verifier that none of us wrote, run by node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from pengcheng.domains.licences import api
from pengcheng.domains.licences.ops import credentials
from pengcheng.kernel import clock
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.keys import Key, curves
from tests.licences.scenes import ANYBODY, CHEN, GROUNDS, WANG, issued

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
JUDGE = Path(__file__).parent / "wallet" / "judge.mjs"
ASKED = {"nonce": "n-20261122", "audience": "https://museum.example"}


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Asks the foreign program; it stands where its packages are found."""
    packages = ROOT / "node_modules"
    if shutil.which("node") is None or not (packages / "@sd-jwt" / "sd-jwt-vc").is_dir():
        pytest.skip(
            "node or the npm package @sd-jwt/sd-jwt-vc is not here; `make assets` brings it"
        )
    folder = tmp_path_factory.mktemp("wallet")
    (folder / "node_modules").symlink_to(packages.resolve())
    program = shutil.copy(JUDGE, folder)

    def ask(door, **told):
        done = subprocess.run(
            ["node", program],
            input=json.dumps({"door": door, **told}),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def wallet_key():
    """A private JWK, as a wallet on a phone has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_numbers().private_value.to_bytes(32, "big")
    return {**curves.to_jwk(key.public_key()), "d": curves.encoded(secret)}


@pytest.fixture
def wallet():
    return wallet_key()


@pytest.fixture
def told(wallet):
    licence = issued("seniors-card")
    public = {name: wallet[name] for name in ("kty", "crv", "x", "y")}
    made = api.credential(context=CHEN, licence_id=licence.id, holder_key=public)
    return licence, {
        "credential": made.text,
        "keys": credentials.keys().jwks()["keys"],
        "wallet": wallet,
        "show": ["level"],
        "at": int(clock.now().timestamp()),
        "list": api.status_list(context=ANYBODY, number=0),
        **ASKED,
    }


def test_a_foreign_wallet_shows_one_line_and_both_verifiers_believe_it(judge, told):
    answer = judge("present", **told[1])
    theirs = answer["verdict"]
    assert theirs["holds"], theirs
    assert theirs["payload"]["level"] == "65"
    assert "born_on" not in theirs["payload"]
    ours = api.check_credential(context=ANYBODY, text=answer["presentation"], **ASKED)
    assert (ours.verdict, ours.bound) == ("valid", True)
    assert [label.en for label, *_ in ours.values] == ["Group"]


def test_a_revoked_licence_is_refused_by_the_foreign_verifier_from_our_list(judge, told):
    licence, question = told
    api.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    question["list"] = api.status_list(context=ANYBODY, number=0)
    verdict = judge("present", **question)["verdict"]
    assert not verdict["holds"]
    assert "status" in verdict["why"].lower()


def test_we_believe_what_a_foreign_issuer_made(judge, wallet):
    """The reverse way, with nested claims."""
    claims = {"iss": "https://other.example", "vct": "x", "iat": 1, "name": "某某", "level": "65"}
    made = judge("issue", wallet=wallet, claims=claims, hidden=["name", "level"])["credential"]
    public = Key("k", "ES256", curves.from_jwk(wallet))
    now = int(clock.now().timestamp())
    found = sdjwt.verify(sdjwt.show(made, {"level"}), lambda *_: public, now=now)
    assert found.claims["level"] == "65"
    assert "name" not in found.claims
