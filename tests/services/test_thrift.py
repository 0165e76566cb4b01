"""What is asked of the database for a page or an application, so that it does not creep up."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from pengcheng.domains.services import api
from pengcheng.kernel.context import system_context
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def home(language: str = "zh-hans") -> str:
    client = Client()
    client.cookies["pengcheng_language"] = language
    return client.get("/").content.decode()


def test_a_strangers_home_page_asks_only_which_catalogue_is_current() -> None:
    home()
    with CaptureQueriesContext(connection) as asked:
        home()
    assert len(asked) <= 3
    assert all("services_cataloguestate" in each["sql"] for each in asked)


def test_the_home_page_follows_the_catalogue(shipment) -> None:
    kept = shipment.situations[0].id
    gone = shipment.situations[-1].id
    assert f"/services/situations/{gone}/" in home()
    fewer = replace(shipment, situations=shipment.situations[:-1])
    api.load_items(context=system_context("tests"), shipment=fewer)
    assert f"/services/situations/{kept}/" in home()
    assert f"/services/situations/{gone}/" not in home()


def test_each_language_has_its_own_home_page() -> None:
    chinese, english = home(), home("en")
    assert "Often needed" in english
    assert "Often needed" not in chinese
    assert (home(), home("en")) == (chinese, english)


def test_an_application_decided_by_rule_takes_few_statements(monkeypatch) -> None:
    counts: list[int] = []
    submit = api.submit

    def counted(**asked):
        with CaptureQueriesContext(connection) as said:
            applied = submit(**asked)
        counts.append(len(said))
        return applied

    monkeypatch.setattr(api, "submit", counted)
    person = people.context_of(people.holder("citizen"))
    for _ in range(2):
        assert scenes.submitted(person, scenes.VISIT, scenes.visit()).outcome == "granted"
    assert counts[-1] <= 53  # 13 of them make and number the licence
