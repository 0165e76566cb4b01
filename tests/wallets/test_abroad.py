"""Documents of other cities: believed by a trusted list, refused with the reason in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from pengcheng.domains.licences.api import travelling
from pengcheng.domains.wallets import api
from pengcheng.domains.wallets.web import words
from pengcheng.kernel import audit
from pengcheng.kit.trust.lists import CA_QC
from tests.support.people import context_of, person, signed_in
from tests.trust.authorities import City
from tests.wallets.scenes import App, posted

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
KIND = "seniors-card"
LINES = {"holder_name": "CHAN Siu Ming (invented)", "level": "60-64"}
FORMS = {"s": "dc+sd-jwt", "m": "mso_mdoc"}


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture(scope="module")
def cities():
    return {"HK": City("HK", "Hong Kong"), "SG": City("SG", "Singapore")}


@pytest.fixture
def hong_kong(cities):
    cities["HK"].sequence = 0
    return cities["HK"]


class Counter:
    """A shop that asks, and a visitor whose document is of another city."""

    def __init__(self) -> None:
        self.account = person("shop", name_zh="莲花书店（虚构）")
        self.shop = context_of(self.account, "licence.verification")
        self.app = App()
        self.id = api.ask(context=self.shop, question="senior")
        self.question = self.app.read(self.id)

    def document(self, city: City, form: str, **more: Any) -> str:
        if form == "s":
            vct = more.pop("vct", travelling.vct(type=KIND))
            return city.token(vct, self.app.jwk, LINES, **more)
        holder = self.app.private.public_key()
        return city.mobile(travelling.doc_type(type=KIND), travelling.NAMESPACE, holder, LINES)

    def show(self, city: City, form: str = "s", **more: Any) -> Any:
        shown = self.app.show(self.document(city, form, **more), {"level"}, self.question)
        self.answer = posted(self.question, f"{KIND}_{form}", shown)
        return api.see(context=self.shop, question_id=self.id).result

    def page(self, language: str) -> str:
        browser = signed_in(self.account)
        return browser.get(
            f"/wallet/check/{self.id}/?lang={language}", follow=True
        ).content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_a_listed_citys_document_is_accepted_and_the_list_is_named(hong_kong, form):
    hong_kong.listed()
    counter = Counter()
    found = counter.show(hong_kong, form)
    assert (counter.answer.status_code, found.met, found.code) == (200, True, "valid")
    assert (found.territory, found.provider) == ("HK", "Hong Kong office")
    assert [line.label.en for line in found.lines] == ["Group"]
    page = counter.page("en")
    assert "Hong Kong trusted list (simulated) (HK)" in page
    assert "A document of another city says so" in page
    assert audit.entries(action="licences.presentation.read")[0].resource == "foreign-document/HK"


@pytest.mark.parametrize("form", FORMS)
def test_a_city_that_is_on_no_list_is_refused_in_both_languages(hong_kong, cities, form):
    hong_kong.listed()
    counter = Counter()
    found = counter.show(cities["SG"], form)
    assert (counter.answer.status_code, found.met, found.code) == (400, False, "foreign_unknown")
    assert not found.lines
    assert "不在本市导入的任何可信名单上" in counter.page("zh-hans")
    assert "stands on no trusted list of this city" in counter.page("en")
    (line,) = audit.entries(action="licences.presentation.read")
    assert (line.outcome, line.facts["reason"]) == ("failure", "unknown")


@pytest.mark.parametrize(
    ("taken", "reason", "said"),
    [
        ({}, "no_list", "no trusted list"),
        ({"status": "withdrawn"}, "withdrawn", "trusted no more"),
        ({"kind": CA_QC}, "kind", "not as one who issues documents"),
    ],
)
def test_the_reason_stands_in_plain_words(hong_kong, taken, reason, said):
    if taken:
        hong_kong.listed(**taken)
    found = Counter().show(hong_kong)
    assert found.code == f"foreign_{reason}"
    with override("en"):
        assert said in words.result(found, "en")["text"]


def test_nobody_abroad_speaks_in_this_citys_name(hong_kong):
    hong_kong.listed()
    found = Counter().show(hong_kong, iss="http://localhost:8000")
    assert (found.met, found.code) == (False, "issuer")


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"vct": "https://hk.example/senior"}, {"unknown"}),
        ({"cnf": {"jwk": App().jwk}}, {"signature", "binding"}),
        ({"exp": 1}, {"expired"}),
    ],
)
def test_another_kind_a_stolen_and_an_old_document_are_refused(hong_kong, facts, codes):
    hong_kong.listed()
    found = Counter().show(hong_kong, **facts)
    assert not found.met
    assert found.code in codes
