"""A licence as a credential: issued to its holder, believed while it holds, listed when not."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from django.test import Client

from pengcheng.domains.licences import api
from pengcheng.domains.licences.ops import credentials
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from pengcheng.kit.credentials import jws, sdjwt, statuslist
from pengcheng.kit.keys import Ring
from tests.licences.scenes import (
    ANYBODY,
    CHEN,
    GROUNDS,
    STRANGER,
    WANG,
    holder,
    issued,
    replaced,
    revoked,
    suspended,
)
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def taken(licence, **facts):
    return api.credential(context=CHEN, licence_id=licence.id, **facts)


def check(text, **facts):
    return api.check_credential(context=ANYBODY, text=text, **facts)


def written():
    line = audit.entries(action="licences.licence.verify")[0]
    return line.outcome, line.resource, line.facts["verdict"]


def test_what_the_holder_takes_is_believed_and_shows_what_they_chose():
    made = taken(issued("seniors-card"))
    found = check(sdjwt.show(made.text, {"level"}))
    assert (found.verdict, found.name.en) == ("valid", "Senior citizen's card")
    assert [(label.en, zh, en) for label, zh, en in found.values] == [
        ("Group", "65周岁以上", "65 and over")
    ]


def test_it_ends_with_the_licence_and_after_thirty_days_at_most():
    with clock.frozen(NOW) as hand:
        soon = taken(issued(valid_until=date(2026, 11, 25)))
        later = taken(issued("seniors-card"))
        assert clock.local(soon.expires_at).date() == date(2026, 11, 26)
        assert (later.expires_at - NOW).days == 30
        hand.advance(days=31)
        assert check(later.text).verdict == "expired"
        assert written() == ("failure", "licence", "expired")


@pytest.mark.parametrize(("way", "verdict"), [(suspended, "suspended"), (revoked, "revoked")])
def test_one_taken_before_is_not_believed_after(way, verdict):
    licence = issued()
    text = taken(licence).text
    assert check(text).holds
    assert written() == ("success", f"licence/{licence.id}", "valid")
    step = api.suspend if way is suspended else api.revoke
    step(context=WANG, licence_id=licence.id, **GROUNDS)
    found = check(text)
    assert (found.verdict, found.holds) == (verdict, False)
    assert written() == ("failure", f"licence/{licence.id}", verdict)


@pytest.mark.parametrize("way", [suspended, revoked, replaced])
def test_of_a_licence_that_does_not_hold_none_is_made(way):
    with pytest.raises(Conflict, match="not_valid"):
        taken(way())


@pytest.mark.parametrize("who", [STRANGER, WANG])
def test_only_the_holder_takes_it(who):
    with pytest.raises(Denied):
        api.credential(context=who, licence_id=issued().id)


def test_the_audit_tells_that_it_was_taken_and_with_which_key():
    licence = issued()
    taken(licence)
    line = audit.entries(action="licences.credential.issue")[0]
    assert line.facts == {"kid": credentials.keys().signer().key.kid, "bound": False}


def test_after_a_rotation_old_credentials_still_hold_and_after_distrust_they_do_not():
    old = taken(issued()).text
    credentials.keys().rotate()
    newer = taken(issued()).text
    assert [check(text).verdict for text in (old, newer)] == ["valid", "valid"]
    credentials.keys().rotate(distrust=True)
    assert [check(text).verdict for text in (old, newer)] == ["valid", "forged"]


def test_another_citys_credential_is_not_ours(tmp_path, settings):
    text = taken(issued()).text
    settings.PENGCHENG_HOME = tmp_path / "elsewhere"
    assert (check(text).verdict, check(text).code) == ("forged", "issuer")
    assert written() == ("failure", "licence", "issuer")


def test_bound_to_a_wallets_key_it_needs_the_wallets_proof(tmp_path):
    wallet = Ring(tmp_path / "wallet", "ES256")
    made = taken(issued(), holder_key=wallet.jwks()["keys"][0])
    assert made.bound
    asked = {"nonce": "n-7", "audience": "https://shop.example"}
    at = int(clock.now().timestamp())
    proved = sdjwt.prove(made.text, wallet.signer(), at=at, **asked)
    assert (check(proved, **asked).verdict, check(proved, **asked).bound) == ("valid", True)
    assert check(made.text, **asked).code == "binding"
    assert written() == ("failure", "licence", "binding")
    assert check(proved, **{**asked, "nonce": "n-8"}).code == "replay"


def test_a_wallets_key_of_another_kind_is_refused():
    with pytest.raises(Invalid, match="holder_key"):
        taken(issued(), holder_key={"kty": "RSA", "n": "x"})


def listed(licence):
    token = api.status_list(context=ANYBODY, number=0)
    told = jws.verify(
        token,
        lambda header, payload: credentials.keys().find(header["kid"]),
        typ=frozenset({statuslist.TYPE}),
    ).payload
    assert told["sub"] == credentials.list_uri(0)
    lst = told["status_list"]
    return statuslist.state_at(lst["lst"], licence.status_index, bits=lst["bits"])


def test_the_status_list_follows_the_licence():
    licence = issued()
    assert listed(licence) == statuslist.VALID
    suspended(licence)
    assert listed(licence) == statuslist.SUSPENDED
    api.resume(context=WANG, licence_id=licence.id, **GROUNDS)
    assert listed(licence) == statuslist.VALID
    api.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    assert listed(licence) == statuslist.INVALID
    assert listed(replaced()) == statuslist.INVALID


def test_the_credential_says_where_its_state_is_listed_and_who_vouches():
    licence, browser = issued(), Client()
    payload = msgspec.json.decode(
        __import__("base64").urlsafe_b64decode(taken(licence).text.split(".")[1] + "==")
    )
    status = payload["status"]["status_list"]
    assert status["idx"] == licence.status_index
    answer = browser.get(status["uri"].removeprefix(payload["iss"]))
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    metadata = browser.get("/.well-known/jwt-vc-issuer").json()
    assert metadata["issuer"] == payload["iss"]
    assert "d" not in metadata["jwks"]["keys"][0]
    kind = browser.get(payload["vct"].removeprefix(payload["iss"])).json()
    assert kind["vct"] == payload["vct"]
    assert {one["locale"] for one in kind["display"]} == {"zh-Hans", "en"}


@pytest.mark.parametrize("path", ["/licences/status/99/", "/licences/vct/moon-landing/"])
def test_what_is_not_published_is_not_found(path):
    assert Client().get(path).status_code == 404


def test_the_file_is_downloaded_and_verified_on_the_page():
    chen = person("chen")
    licence = issued("seniors-card", holder=holder(chen.id))
    answer = signed_in(chen).post(f"/licences/{licence.id}/credential/")
    assert "attachment" in answer.headers["Content-Disposition"]
    told = {"credential": answer.content.decode()}
    said = Client().post("/licences/verify/credential/", told).content.decode()
    assert "证照有效" in said
    assert "65周岁以上" in said
    told["credential"] = told["credential"].replace(".", ".A", 1)
    said = Client().post("/licences/verify/credential/", told).content.decode()
    assert "凭证不可信" in said


def test_rest_gives_and_checks_it():
    chen = person("chen")
    licence = issued("seniors-card", holder=holder(chen.id))
    browser, path = signed_in(chen), f"/api/v1/licences/licences/{licence.id}/credential"
    made = browser.post(path, {}, "application/json").json()
    assert made["format"] == "dc+sd-jwt"
    told = {"credential": made["credential"]}
    said = Client().post("/api/v1/licences/verify-credential", told, "application/json").json()
    assert said["verdict"] == "valid"
