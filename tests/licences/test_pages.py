"""The pages: a holder's wallet, what a verifier sees, and the issuers' desk."""

from html import unescape

import pytest
from django.test import Client

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import State
from tests.licences.scenes import GROUNDS, WANG, WAYS, holder, issued, renewed, suspended
from tests.support.people import holder as account
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen():
    return person("chen")


@pytest.fixture
def official():
    return signed_in(account("official"))


def text(answer):
    return unescape(answer.content.decode())


def english(path):
    return f"{path}{'&' if '?' in path else '?'}lang=en"


def test_the_wallet_shows_what_holds_first(chen):
    issued("seniors-card", holder=holder(chen.id))
    api.revoke(context=WANG, licence_id=issued(holder=holder(chen.id)).id, **GROUNDS)
    said = text(signed_in(chen).get("/licences/"))
    assert said.index("老年人优待证") < said.index("已失效") < said.index("居住登记证明")


def test_an_empty_wallet_says_what_will_fill_it(chen):
    assert "还没有证照" in text(signed_in(chen).get("/licences/"))


def test_nobody_sees_anothers_licence(chen):
    licence = issued(holder=holder(chen.id))
    other = signed_in(person("liu"))
    assert "居住登记证明" not in text(other.get("/licences/"))
    assert other.get(f"/licences/{licence.id}/").status_code == 403
    assert Client().get(f"/licences/{licence.id}/").status_code == 302


def test_the_licences_page_tells_what_stands_on_it_and_what_happened(chen):
    licence = issued("seniors-card", holder=holder(chen.id))
    suspended(licence)
    for path, words in (
        (f"/licences/{licence.id}/", ("65周岁以上", "已暂停", GROUNDS["reason"], "完整无缺")),
        (english(f"/licences/{licence.id}/"), ("65 and over", "Suspended", "chain is whole")),
    ):
        said = text(signed_in(chen).get(path, follow=True))
        assert all(word in said for word in (*words, licence.number)), words
        assert "wang" not in said  # the office is named, not the official


def test_the_holder_sees_that_an_official_looked(chen, official):
    licence = issued(holder=holder(chen.id))
    assert "没有人查看" in text(signed_in(chen).get(f"/licences/{licence.id}/"))
    assert official.get(f"/workbench/licences/{licence.id}/").status_code == 200
    said = text(signed_in(chen).get(f"/licences/{licence.id}/"))
    assert "没有人查看" not in said
    assert "证照监管" in said


def test_a_replaced_licence_leads_to_the_newer_one(chen):
    old = issued(holder=holder(chen.id))
    new = renewed(old)
    assert f"/licences/{new.id}/" in text(signed_in(chen).get(f"/licences/{old.id}/"))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.VALID, "This licence is valid"),
        (State.SUSPENDED, "suspended"),
        (State.REVOKED, "revoked"),
        (State.REPLACED, "newer one"),
    ],
)
def test_a_stranger_learns_whether_it_holds_and_nothing_about_the_person(state, word):
    licence = WAYS[state]()
    answer = Client().get(
        "/licences/verify/", {"number": licence.number, "lang": "en"}, follow=True
    )
    said = text(answer)
    assert word in said
    assert "Certificate of residence registration" in said
    assert "陈晓明" not in said
    assert "莲花路" not in said


@pytest.mark.parametrize(
    ("number", "status", "word"),
    [
        ("1.2.156.3005.2.11440000006940140C901.11440300MB2C95103Q.20260000042.001.X", 200, "有误"),
        ("", 422, "请填写证照编号"),
        ("<script>alert(1)</script>", 200, "有误"),
        ("1" * 161, 422, "160"),
    ],
)
def test_strange_numbers_get_an_answer(number, status, word):
    answer = Client().get("/licences/verify/", {"number": number})
    assert answer.status_code == status
    assert word in text(answer)
    assert "<script>alert" not in answer.content.decode()


def test_an_official_finds_licences_by_holder_kind_and_state(official):
    issued("seniors-card")
    suspended()
    for query, found, missing in (
        ({"q": "陈晓明"}, "老年人优待证</a>", ""),
        ({"kind": "seniors-card"}, "老年人优待证</a>", "居住登记证明</a>"),
        ({"state": "suspended"}, "居住登记证明</a>", "老年人优待证</a>"),
        ({"kind": "nonsense", "state": "x", "page": "9" * 9}, "老年人优待证</a>", ""),
    ):
        said = text(official.get("/workbench/licences/", query))
        assert found in said, query
        assert not missing or missing not in said, query


def test_an_official_revokes_with_grounds_and_not_without(official):
    licence = issued()
    page = f"/workbench/licences/{licence.id}/"
    assert f"{page}revoke/" in text(official.get(page))
    told = {
        "version": licence.version,
        "reason": "虚假材料",
        "legal_basis": "《行政许可法》第六十九条",
    }
    assert official.post(f"{page}revoke/", {**told, "reason": ""}).status_code == 422
    answer = official.post(f"{page}revoke/", told, follow=True)
    assert "已吊销" in text(answer)
    assert "虚假材料" in text(answer)
    assert f"{page}revoke/" not in text(answer)
    again = official.post(f"{page}suspend/", told, follow=True)
    assert "刚刚已被他人更新" in text(again)


def test_a_step_that_is_none_is_not_found(official):
    assert official.get(f"/workbench/licences/{issued().id}/destroy/").status_code == 404


def test_counts_tell_states_and_kinds(official):
    issued("seniors-card")
    suspended()
    said = text(official.get("/workbench/licences/statistics/"))
    assert all(word in said for word in ("证照总数", "老年人优待证", "居住登记证明", "证照登记库"))


def test_rest_answers_holder_stranger_and_verifier(chen):
    licence = issued("seniors-card", holder=holder(chen.id))
    mine, stranger = signed_in(chen), Client()
    listed = mine.get("/api/v1/licences/licences").json()["licences"]
    assert [one["number"] for one in listed] == [licence.number]
    assert "values" not in listed[0]
    one = f"/api/v1/licences/licences/{licence.id}"
    assert mine.get(one).json()["values"]["level"] == "65"
    assert mine.get(f"{one}/history").json()["intact"] is True
    assert stranger.get(one).status_code == 403
    said = stranger.get("/api/v1/licences/verify", {"number": licence.number}).json()
    assert (said["verdict"], "holder" in said) == ("valid", False)
    assert len(stranger.get("/api/v1/licences/types").json()["types"]) >= 15
    assert stranger.get("/api/v1/licences/statistics").status_code == 403
