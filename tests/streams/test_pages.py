"""The workbench and REST as a commander meets them, without a script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from pengcheng.domains.places import api as places
from pengcheng.domains.streams import api
from pengcheng.kernel import clock
from pengcheng.kernel.events import deliver_pending
from tests.places.scenes import small_city
from tests.sensing.scenes import NOON, SYSTEM, reading, record, stations
from tests.streams.scenes import rule
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
FILLED = {
    "id": "gusts",
    "zh": "阵风",
    "en": "gusts",
    "watched": "WeatherObserved/windSpeed",
    "kind": "each",
    "condition": "value > 10",
    "severity": "moderate",
}


@pytest.fixture
def commander(db: None) -> Client:
    with clock.frozen(NOON):
        stations()
        for minute, value in enumerate((1.0, 12.0, 3.0)):
            record(reading(value, minutes=minute))
    return signed_in(holder("commander"))


def test_a_rule_is_written_tried_kept_changed_and_switched_off(commander: Client) -> None:
    address = reverse("streams:new")
    tried = commander.post(address, {**FILLED, "do": "preview"})
    assert "<circle" in tried.content.decode()
    assert api.rules(context=SYSTEM) == ()
    assert commander.post(address, {**FILLED, "do": "save"}).status_code == 302
    again = commander.post(address, {**FILLED, "do": "save"})
    assert again.status_code == 422
    change = reverse("streams:change", args=["gusts"])
    assert 'value="value &gt; 10"' in commander.get(change).content.decode()
    bad = commander.post(change, {**FILLED, "condition": "value >", "do": "save"})
    assert bad.status_code == 422
    commander.post(change, {**FILLED, "condition": "value > 11", "do": "save"})
    commander.post(reverse("streams:switch", args=["gusts"]), {"to": "off"})
    page = commander.get(reverse("streams:rule", args=["gusts"]), {"lang": "en"}, follow=True)
    text = page.content.decode()
    assert "value &gt; 11" in text
    assert "Switch the rule on" in text
    assert api.rule(context=SYSTEM, rule_id="gusts").version == 3


@pytest.fixture
def districts(commander: Client, tmp_path: Path) -> Iterator[None]:
    places.forget()
    places.load_divisions(SYSTEM, folder=small_city(tmp_path))
    yield
    places.forget()


@pytest.mark.usefixtures("districts")
def test_a_rules_district_is_chosen_by_name(commander: Client) -> None:
    form = commander.get(reverse("streams:new"), {"lang": "en"}, follow=True).content.decode()
    assert '<option value="110101">Area A</option>' in form
    kept = commander.post(reverse("streams:new"), {**FILLED, "area": "110101", "do": "save"})
    assert kept.status_code == 302
    assert "Area A" in commander.get(reverse("streams:rule", args=["gusts"])).content.decode()
    told = {field: FILLED[field] for field in ("zh", "en", "kind", "condition")}
    told |= {"entity_type": "WeatherObserved", "attribute": "windSpeed", "area": "999999"}
    address = "/api/v1/streams/rules/gusts"
    refused = commander.put(address, json.dumps(told), content_type="application/json")
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/area"]


def test_what_fired_is_on_the_desk_with_its_cause(commander: Client) -> None:
    api.save(context=SYSTEM, rule=rule(condition="value > 5"))
    deliver_pending()
    (fired,) = api.firings(context=SYSTEM)
    chinese = commander.get(reverse("streams:desk")).content.decode()
    assert fired.firing.observations[-1] not in chinese
    assert "1 条读数" in chinese
    assert reverse("sensing:entity", args=[fired.entity]) in chinese
    english = commander.get(reverse("streams:desk"), {"lang": "en"}, follow=True)
    assert "1 reading<" in english.content.decode()


def test_a_rule_says_spans_in_words_and_nobodys_account(commander: Client) -> None:
    api.save(context=SYSTEM, rule=rule(kind="tumbling", condition="average > 5", seconds=10_801))
    address = reverse("streams:rule", args=[rule().id])
    chinese = commander.get(address).content.decode()
    assert "3 小时 1 秒" in chinese
    assert "system/" not in chinese
    english = commander.get(address, {"lang": "en"}, follow=True).content.decode()
    assert "3 hours 1 second" in english
    assert "The system" in english


def test_rest_keeps_reads_tries_and_lists(commander: Client) -> None:
    body = {key: value for key, value in FILLED.items() if key not in {"id", "watched"}}
    body |= {"entity_type": "WeatherObserved", "attribute": "windSpeed"}
    root, kind = "/api/v1/streams", "application/json"
    kept = commander.put(f"{root}/rules/gusts", json.dumps(body), content_type=kind)
    assert kept.json()["version"] == 1
    assert commander.get(f"{root}/rules").json()["items"][0]["id"] == "gusts"
    assert len(commander.get(f"{root}/rules/gusts").json()["versions"]) == 1
    trial = commander.post(f"{root}/trials", json.dumps(body), content_type=kind)
    assert len(trial.json()["items"][0]["firings"]) == 1
    assert commander.get(f"{root}/firings").json() == {"items": []}
    wrong = commander.put(
        f"{root}/rules/gusts", json.dumps({**body, "condition": "x >"}), content_type=kind
    )
    assert wrong.status_code == 422
    refused = signed_in(holder("official")).put(
        f"{root}/rules/gusts", json.dumps(body), content_type=kind
    )
    assert refused.status_code == 403
