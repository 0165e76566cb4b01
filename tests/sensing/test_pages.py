"""The sensing desk: what is observed, how old it is, and that it is replayed."""

from __future__ import annotations

import pytest
from django.test import Client

from pengcheng.kernel import clock
from tests.sensing.scenes import PIER, gale, limits, reading, record, replay, stations
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
DESK = "/workbench/sensing/"
ENTITY = f"{DESK}entities/{PIER}/"


def page(client: Client, path: str, language: str = "en", **query: str) -> str:
    answer = client.get(path, {"lang": language, **query}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_desk_shows_values_with_source_and_that_they_are_replayed() -> None:
    stations()
    replay(1.0)
    record(reading(5.5), provenance="replayed")
    text = page(signed_in(holder("official")), DESK)
    assert "5.5 m/s" in text
    assert "observed 2026-11-21 12:00, replayed" in text
    assert "real but not of today" in text


def test_a_generated_value_is_called_generated() -> None:
    stations()
    record(reading(5.5), provenance="generated")
    assert "generated, not measured" in page(signed_in(holder("official")), DESK)


def test_history_is_a_table_and_a_file() -> None:
    stations()
    record(*(reading(float(minute), minutes=minute) for minute in range(30)))
    client = signed_in(holder("official"))
    text = page(client, ENTITY)
    assert "29.0 m/s" in text
    assert "Earlier readings" in text
    file = client.get(ENTITY, {"attribute": "windSpeed", "format": "csv"}).content.decode()
    assert file.startswith("\ufeffid,entity,attribute,value")
    assert len(file.strip().splitlines()) == 31


def test_an_unknown_attribute_or_entity_is_not_found() -> None:
    stations()
    client = signed_in(holder("official"))
    assert client.get(ENTITY, {"attribute": "mood"}).status_code == 404
    assert client.get(f"{DESK}entities/urn:ngsi-ld:none/").status_code == 404


def test_limits_are_listed_with_their_basis() -> None:
    limits(gale())
    text = page(signed_in(holder("official")), f"{DESK}limits/", "zh-hans")
    assert "平均风速 ≥ 10.8 m/s" in text
    assert "tests" in text


def test_a_commander_pauses_the_replay_and_an_official_cannot(noon: clock.FrozenClock) -> None:
    stations()
    replay(1.0, 2.0)
    url = f"{DESK}replays/week/"
    assert signed_in(holder("official")).post(url, {"to": "paused"}).status_code == 403
    commander = signed_in(holder("commander"))
    assert "Pause the replay" in page(commander, DESK)
    assert commander.post(url, {"to": "paused"}).status_code == 302
    assert "Go on with the replay" in page(commander, DESK)


def test_search_finds_by_name_and_strangers_are_sent_to_sign_in() -> None:
    stations()
    client = signed_in(holder("official"))
    assert PIER in page(client, DESK, q="码头")
    assert PIER not in page(client, DESK, q="山顶")
    assert Client().get(DESK).status_code == 302
