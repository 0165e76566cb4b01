"""Files sealed in other cities: whose seal, on which list, and since when no more."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.kit.seals import abroad
from tests.signatures.scenes import added_to, bad, detail, looked, plain
from tests.trust.authorities import City

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(scope="module")
def singapore():
    return City("SG", "Singapore")


@pytest.fixture
def foreign(singapore, home):
    singapore.sequence = 0
    return singapore.sealed(plain())


def test_a_listed_authoritys_seal_holds_and_says_whose_it_is(singapore, foreign):
    assert looked(foreign).verdict == "unknown"
    singapore.signing()
    found = looked(foreign)
    assert found.verdict == "holds"
    (seal,) = found.signed
    assert (seal.listed.territory, seal.listed.provider) == ("SG", "Singapore office")
    assert detail(seal, "trusted") == "listed"
    assert looked(added_to(foreign)).verdict == "broken"


def test_a_withdrawn_authority_is_told_with_its_day(singapore, foreign):
    singapore.signing().signing(status="withdrawn")
    found = looked(foreign)
    assert (found.verdict, bad(found.signed[0])) == ("unknown", ["trusted"])
    assert detail(found.signed[0], "trusted") == "withdrawn"
    assert found.signed[0].listed.since is not None
    for language, said in (("zh-hans", "撤销对其的认可"), ("en", "has withdrawn it")):
        file = SimpleUploadedFile("a.pdf", foreign)
        browser = Client()
        browser.get(f"/check-file/?lang={language}")
        page = browser.post("/check-file/", {"file": file})
        assert said in page.content.decode()
        assert "Singapore trusted list (simulated) (SG)" in page.content.decode()


def test_who_issues_licences_does_not_vouch_for_signatures(singapore, foreign):
    singapore.listed()
    assert detail(looked(foreign).signed[0], "trusted") == "kind"


def test_own_seals_need_no_list(sealed):
    assert all(one.listed is None for one in looked(sealed).signed)
    assert abroad.anchors() == []
