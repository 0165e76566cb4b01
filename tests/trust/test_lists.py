"""Trusted lists: a listed city's document is accepted, anybody else's refused with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from pengcheng.domains.trust import api
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.kernel.problems import Denied, Invalid
from pengcheng.kit import trust
from pengcheng.kit.trust import lists, rehearsal
from tests.support.people import context_of, person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CITY, ANYBODY = system_context("tests"), anonymous_context()
NOW = clock.now()
OPERATOR = rehearsal.authority("HK operator", "HK", NOW)
ROOT = rehearsal.authority("HK root", "HK", NOW)
OFFICE = rehearsal.authority("HK office", "HK", NOW, ROOT, ca=False)
STRANGER = rehearsal.authority("Atlantis", "AT", NOW)


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def signed(sequence=1, operator=OPERATOR, territory="HK", **more):
    told = rehearsal.trust_list(
        territory, "Hong Kong", NOW, {"Companies": ROOT}, sequence=sequence, **more
    )
    return rehearsal.signed_list(told, operator)


def take(data, operator=OPERATOR):
    return api.take(context=CITY, data=data, operator=operator.pem)


def document(issuer=OFFICE, chain=(), **claims):
    told = {"iss": "https://hk.example", "vct": "company", "iat": int(NOW.timestamp())}
    return rehearsal.document(issuer, chain, told | claims)


def judged(text):
    return api.judge_document(context=ANYBODY, text=text)


def written(action="trust.issuer.judge"):
    line = audit.entries(action=action)[0]
    return line.outcome, line.resource, line.facts


def test_a_listed_citys_document_is_accepted_and_the_list_is_named():
    assert judged(document()).reason == "no_list"
    refused = ("failure", "foreign-issuer/unlisted", {"form": "document", "reason": "no_list"})
    assert written() == refused
    found = take(signed())
    assert (found.territory, found.sequence, found.current) == ("HK", 1, True)
    for chain in ((), (ROOT,)):
        told = judged(document(chain=chain))
        assert (told.trusted, told.territory, told.provider) == (True, "HK", "Companies")
        assert "simulated" in told.scheme
    assert written()[:2] == ("success", "foreign-issuer/HK")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lambda: document(STRANGER), "unknown"),
        (lambda: document(STRANGER, (ROOT,)), "unknown"),
        (lambda: document(rehearsal.authority("x", "HK", NOW, OFFICE), (OFFICE, ROOT)), "unknown"),
        (lambda: document(rehearsal.authority("x", "HK", NOW - timedelta(days=999), ROOT)),
         "certificate_expired"),
        (lambda: document(exp=int(NOW.timestamp()) - 99), "expired"),
        (lambda: document()[:-20] + "AAAA" + document()[-16:], "signature"),
        (lambda: "no document", "malformed"),
        (lambda: "a.b.c~", "malformed"),
    ],
)  # fmt: skip
def test_everybody_elses_is_refused_with_the_reason(text, reason):
    take(signed())
    told = judged(text())
    assert not told.trusted
    assert told.reason == reason or (reason in {"malformed", "expired"} and told.reason)
    assert (written()[0], written()[2]) == ("failure", {"form": "document", "reason": told.reason})


def test_a_certificate_alone_is_judged_too():
    take(signed())
    assert api.judge(context=ANYBODY, certificate=OFFICE.pem).trusted
    assert api.judge(context=ANYBODY, certificate=OFFICE.der).trusted
    assert api.judge(context=ANYBODY, certificate=STRANGER.pem).reason == "unknown"
    assert api.judge(context=ANYBODY, certificate=b"x").reason == "unreadable"
    assert written()[2] == {"form": "certificate", "reason": "unreadable"}


def test_a_withdrawn_authority_counts_no_more():
    take(signed())
    take(signed(2, status="withdrawn"))
    assert judged(document()).reason == "withdrawn"
    assert api.drop(context=CITY, territory="HK")
    assert judged(document()).reason == "no_list"
    assert not api.drop(context=CITY, territory="HK")


def test_a_list_ends_by_itself():
    take(signed(days=30))
    with clock.frozen(NOW + timedelta(days=31)):
        assert not api.listed(context=CITY)[0].current
        told = document(iat=int(NOW.timestamp()))
        assert judged(told).reason == "list_expired"


@pytest.mark.parametrize(
    ("code", "data", "operator"),
    [
        ("signature", lambda: signed().replace(b"Companies", b"Atlantis!"), OPERATOR),
        ("signature", lambda: signed(operator=STRANGER), OPERATOR),
        ("signature", lambda: b"<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#'/>",
         OPERATOR),
        ("sequence", lambda: signed(1), OPERATOR),
        ("operator", lambda: signed(9, STRANGER), STRANGER),
        ("time", lambda: signed(9, days=-1), OPERATOR),
        ("xml", lambda: b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + signed(9), OPERATOR),
        ("xml", lambda: b"<a/>", OPERATOR),
        ("xml", lambda: b"\x00", OPERATOR),
        ("form", lambda: signed(9, territory="../etc"), OPERATOR),
    ],
)  # fmt: skip
def test_a_list_that_is_not_as_agreed_is_not_taken_over(code, data, operator):
    take(signed(1))
    with pytest.raises(Invalid) as told:
        take(data(), operator)
    assert told.value.code == f"trust.list.{code}"
    refused = ("failure", "trusted-list", {"code": f"trust.list.{code}"})
    assert written("trust.list.manage") == refused
    assert judged(document()).trusted


def test_a_touched_file_takes_the_list_out_of_force(tmp_path):
    take(signed())
    path = tmp_path / "trust" / "HK.xml"
    path.write_bytes(path.read_bytes().replace(b"granted", b"grantee"))
    assert api.listed(context=CITY)[0].trouble
    assert judged(document()).reason == "no_list"


@trials(max_examples=20, deadline=None)
@given(st.binary(max_size=60))
def test_any_file_is_refused_in_words(data):
    with pytest.raises(trust.ListError):
        lists.read(data, OPERATOR.certificate)


def test_lists_are_looked_after_on_the_workbench():
    steward = person("steward", kind="official", roles=("steward",))
    browser = signed_in(steward)
    page = "/workbench/trust/"
    assert "暂无名单" in browser.get(page).content.decode()
    files = {
        "file": SimpleUploadedFile("HK.xml", signed()),
        "operator": SimpleUploadedFile("o.pem", OPERATOR.pem),
    }
    assert browser.post(f"{page}take/", files).status_code == 302
    assert "Hong Kong trusted list" in browser.get(page).content.decode()
    for text, said in ((document(), "予以认可"), (STRANGER.pem.decode(), "不予认可")):
        assert said in browser.post(page, {"document": text}).content.decode()
    again = {
        "file": SimpleUploadedFile("HK.xml", b"<a/>"),
        "operator": SimpleUploadedFile("o.pem", OPERATOR.pem),
    }
    assert browser.post(f"{page}take/", again).status_code == 422
    assert browser.post(f"{page}HK/drop/").status_code == 302
    clerk = person("clerk", kind="official", roles=("official",))
    assert signed_in(clerk).post(f"{page}take/", files).status_code == 403
    with pytest.raises(Denied):
        api.drop(context=context_of(clerk), territory="HK")
