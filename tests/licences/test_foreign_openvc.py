"""openvc-core, written by others, judges our licences as credentials and our status list."""

import pytest
from openvc.errors import OpenvcError
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.status.token_status_list import check_token_status

from pengcheng.domains.licences import api
from pengcheng.domains.licences.ops import credentials
from pengcheng.kernel import clock
from pengcheng.kit.credentials import jws, sdjwt
from pengcheng.kit.keys import Ring
from tests.licences.scenes import ANYBODY, CHEN, GROUNDS, WANG, issued

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ASKED = {"nonce": "n-7", "audience": "https://shop.example"}


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def presented(licence, tmp_path) -> str:
    wallet = Ring(tmp_path / "wallet", "ES256")
    key = wallet.jwks()["keys"][0]
    text = api.credential(context=CHEN, licence_id=licence.id, holder_key=key).text
    at = int(clock.now().timestamp())
    return sdjwt.prove(sdjwt.show(text, {"level"}), wallet.signer(), at=at, **ASKED)


def judged(text, **facts):
    key = credentials.keys().jwks()["keys"][0]
    asked = {**ASKED, "require_key_binding": True, **facts}
    return SdJwtVcProofSuite().verify(text, public_key_jwk=key, **asked)


def status_list(uri):
    assert uri == credentials.list_uri(0)
    token = api.status_list(context=ANYBODY, number=0)
    find = lambda header, payload: credentials.keys().find(header["kid"])  # noqa: E731
    return jws.verify(token, find, typ=frozenset({"statuslist+jwt"})).payload


def test_it_believes_the_chosen_line_and_the_holders_proof(tmp_path):
    found = judged(presented(issued("seniors-card"), tmp_path))
    assert "level" in found.claims
    assert "holder_name" not in found.claims


@pytest.mark.parametrize("other", [{"nonce": "n-8"}, {"audience": "https://other.example"}])
def test_it_refuses_an_answer_to_another_question(tmp_path, other):
    with pytest.raises(OpenvcError):
        judged(presented(issued("seniors-card"), tmp_path), **other)


def test_it_reads_from_our_list_that_a_licence_was_revoked(tmp_path):
    licence = issued("seniors-card")
    claims = judged(presented(licence, tmp_path)).claims
    before = check_token_status(claims, resolve_status_list_token=status_list)
    api.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    after = check_token_status(claims, resolve_status_list_token=status_list)
    assert (before.revoked, after.revoked) == (False, True)
