"""The workbench and the screen as an official meets them, without a script."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from shapely.geometry import shape

from pengcheng.domains.command import api
from pengcheng.kernel import clock
from tests.command.scenes import NEAR, blow, only, step, walk
from tests.sensing.scenes import SYSTEM, reading, record
from tests.support.people import context_of, holder, signed_in

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def official() -> Client:
    return signed_in(holder("official"))


def text(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, {"lang": "en", **query})
    if answer.status_code == 302:
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200
    return answer.content.decode()


def detail() -> str:
    return reverse("command:incident", args=[only().id])


def post(client: Client, name: str, **fields: str) -> int:
    item = only()
    data = {f"{name}-version": str(item.version)}
    data |= {f"{name}-{key}": value for key, value in fields.items()}
    return client.post(f"{detail()}{name}/", data).status_code


def test_the_list_filters_searches_and_downloads(official: Client) -> None:
    blow(12.0)
    number = only().number
    assert number in text(official, "/workbench/command/")
    assert number in text(official, "/workbench/command/", q=number[3:], state="unclosed")
    assert number not in text(official, "/workbench/command/", level="1")
    assert number not in text(official, "/workbench/command/", state="closed")
    file = official.get("/workbench/command/", {"format": "csv", "q": "strong"}).content.decode()
    assert len(file.strip().splitlines()) == 2


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"level": "9"}, {"page": "x"}, {"sort": "password"}]
)
def test_nonsense_in_the_address_does_not_break_the_list(
    official: Client, query: dict[str, str]
) -> None:
    blow(12.0)
    assert official.get("/workbench/command/", query).status_code == 200


def test_an_official_walks_an_incident_to_its_end_by_forms(official: Client) -> None:
    blow(12.0)
    assert post(official, "acknowledge") == 302
    assert "Near crew (simulated) · 0.9 km" in text(official, detail())
    assert post(official, "assign", unit=NEAR) == 302
    assert post(official, "start") == 302
    assert post(official, "resolve", reason="done") == 302
    assert post(official, "close", reason="checked") == 302
    assert only().state == "closed"
    page = text(official, detail())
    assert "Assigned to a unit" in page
    assert "checked" in page


def test_a_missing_reason_is_said_beside_its_field(official: Client) -> None:
    blow(12.0)
    assert post(official, "dismiss") == 422
    assert only().state == "open"


def test_who_comes_second_is_told_and_sees_the_present_state(official: Client) -> None:
    blow(12.0)
    item = only()
    step(context_of(holder("commander")), "acknowledge")
    url = f"{detail()}acknowledge/"
    official.get("/", {"lang": "en"})
    answer = official.post(url, {"acknowledge-version": str(item.version)}, follow=True)
    assert "Someone else has changed this incident" in answer.content.decode()
    assert only().version == item.version + 1


def test_those_who_only_read_get_no_forms_and_may_not_post() -> None:
    blow(12.0)
    client = signed_in(holder("grid_worker"))
    assert "acknowledge-version" not in text(client, detail())
    assert post(client, "acknowledge") == 403


def test_the_chain_is_told_in_a_sentence_and_shown_link_by_link(official: Client) -> None:
    blow(12.0)
    page = text(official, f"{detail()}chain/")
    assert "because Pier station reported Mean wind speed 12.0 m/s" in page
    for word in ("command.incident.raised", "sensing.limit.crossed", only().observation):
        assert word in page


def test_the_screen_shows_incidents_values_sources_and_ages(official: Client) -> None:
    record(reading(21.5, attribute="temperature"), provenance="replayed")
    blow(12.0)
    page = text(official, "/screen/")
    assert "Pier station: strong wind" in page
    assert "observed 2026-11-21 12:00, replayed" in page
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page
    assert "21.5" in page


def test_the_screen_is_a_page_also_in_an_empty_city(official: Client) -> None:
    page = text(official, "/screen/")
    assert "No incident is open." in page
    assert "No station has reported yet." in page


def test_the_parts_are_the_same_as_in_the_page(official: Client) -> None:
    blow(12.0)
    parts = text(official, "/screen/parts/")
    assert 'data-part="incidents"' in parts
    assert "<html" not in parts
    start = parts.index('type="application/json">') + len('type="application/json">')
    data = json.loads(parts[start : parts.index("</script>")])
    assert data["levels"][2]["count"] == 1


def test_acknowledging_on_the_screen_returns_to_the_screen(official: Client) -> None:
    blow(12.0)
    fields = {"acknowledge-version": str(only().version), "back": "screen"}
    answer = official.post(f"{detail()}acknowledge/", fields)
    assert answer.headers["Location"] == "/screen/"
    assert only().state == "acknowledged"


def test_incidents_are_geojson_that_shapely_reads(official: Client) -> None:
    blow(12.0)
    body = json.loads(official.get("/screen/incidents.geojson").content)
    (feature,) = body["features"]
    assert shape(feature["geometry"]).coords[0] == (113.811, 22.639)
    walk(context_of(holder("commander")), "dismiss")
    assert json.loads(official.get("/screen/incidents.geojson").content)["features"] == []


@pytest.mark.parametrize("path", ["/screen/", "/screen/parts/", "/workbench/command/"])
def test_citizens_and_strangers_do_not_see_the_command_centre(path: str) -> None:
    assert signed_in(holder("citizen")).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_a_generated_reading_is_called_generated_on_the_screen(
    official: Client, noon: clock.FrozenClock
) -> None:
    record(reading(3.0), provenance="generated")
    assert "generated, not measured" in text(official, "/screen/")


def test_both_languages_are_whole(official: Client) -> None:
    blow(12.0)
    for path in ("/screen/", "/workbench/command/", detail(), f"{detail()}chain/"):
        official.get("/", {"lang": "en"})
        assert "Pier station" in text(official, path)
        official.get("/", {"lang": "zh-hans"})
        assert "码头站" in official.get(path, {"lang": "zh-hans"}, follow=True).content.decode()
    assert api.journal(context=SYSTEM, incident_id=only().id)
