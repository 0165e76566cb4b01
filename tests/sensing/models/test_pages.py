"""The workbench's page of city data models, and what the page of an entity says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tests.sensing.models.test_writes import AIR, a, air, city
from tests.support.people import holder, signed_in


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the city looks for the broker's store."""
    url = f"sqlite:///{tmp_path / 'live.sqlite3'}"
    monkeypatch.setenv("PENGCHENG_BROKER_DATABASE", url)
    monkeypatch.setenv("PENGCHENG_BROKER_STRICT", "WasteContainer")
    return tmp_path


def test_what_did_not_fit_is_listed_by_type(db: None, store: Path) -> None:
    browser: Browser = signed_in(holder("commander"))
    page = reverse("sensing:models")
    assert "均符合模型" in browser.get(page).content.decode()
    with city(store, "WasteContainer") as ngsi:
        for name in ("no2", "relativeHumidity"):
            ngsi.post("/entities", air(f"{AIR}-{name}", **{name: a("x")}))
        ngsi.post("/entities", {"id": "urn:ngsi-ld:WasteContainer:1", "type": "WasteContainer"})
    shown = browser.get(page).content.decode()
    assert "relativeHumidity: 0 至 1 的数值" in shown
    assert "location: 必填" in shown
    english = browser.get(page, {"lang": "en"}, follow=True).content.decode()
    assert "relativeHumidity: a number from 0 to 1" in english
    assert english.count("stored, with a warning") == 31


def test_the_page_of_an_entity_says_whether_it_fits(db: None, store: Path) -> None:
    with city(store) as ngsi:
        ngsi.post("/entities", air(typeofLocation=a("somewhere")))
        ngsi.post("/entities", air(f"{AIR}-2", no2=a(3)))
    place = "/ogc/v1/collections/AirQualityObserved/items/"
    wrong = Browser().get(f"{place}{AIR}", {"f": "html"}).content.decode()
    assert "不符合 · typeofLocation: 须为 indoor, outdoor 之一" in wrong
    right = Browser().get(f"{place}{AIR}-2", {"f": "html"}).content.decode()
    assert "AirQualityObserved 0.1.4 (Smart Data Models)：符合" in right
