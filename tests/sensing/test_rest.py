"""REST: devices and officials send, everyone reads, errors are problem documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from pengcheng.domains.sensing import api, models
from tests.sensing.scenes import HILL, PIER, SYSTEM, gale, limits, reading, record, stations
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/sensing"
ROW = {
    "entity": PIER,
    "attribute": "windSpeed",
    "value": 5.5,
    "observed_at": "2026-11-21T12:00:00+08:00",
}


def post(rows: list[dict[str, Any]], client: Client | None = None, **headers: str) -> HttpResponse:
    return (client or Client()).post(  # type: ignore[return-value]
        f"{ROOT}/observations",
        json.dumps({"observations": rows}),
        content_type="application/json",
        headers=headers,  # type: ignore[arg-type]
    )


def device(prefix: str = "urn:ngsi-ld:WeatherObserved:pier") -> dict[str, str]:
    key = api.add_device(context=SYSTEM, name="pier", entity_prefix=prefix)
    return {"Authorization": f"Bearer {key}"}


def get(path: str, **query: str) -> Any:
    answer = Client().get(f"{ROOT}{path}", query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_a_device_sends_with_its_key_and_the_reading_is_read_back() -> None:
    stations()
    answer = post([ROW], **device())
    assert answer.status_code == 201
    (made,) = json.loads(answer.content)["accepted"]
    found = get(f"/observations/{made}")
    assert (found["value"], found["unit_code"], found["provenance"]) == (5.5, "MTS", "measured")
    assert found["source"].startswith("device/")


def test_sending_again_is_harmless() -> None:
    stations()
    key = device()
    post([ROW], **key)
    answer = post([ROW], **key)
    assert (answer.status_code, json.loads(answer.content)["duplicates"]) == (201, 1)


def test_a_partly_bad_batch_is_207_and_names_its_rows() -> None:
    stations()
    answer = post([ROW, {**ROW, "value": 500, "observed_at": "2026-11-21T13:00:00Z"}], **device())
    assert answer.status_code == 207
    (refused,) = json.loads(answer.content)["refused"]
    assert (refused["index"], refused["code"]) == (1, "sensing.observation.value_out_of_range")


def test_a_wholly_bad_batch_is_a_problem_document() -> None:
    stations()
    answer = post([{**ROW, "attribute": "mood"}], **device())
    body = json.loads(answer.content)
    assert (answer.status_code, body["code"]) == (422, "sensing.batch.all_refused")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["errors"][0]["pointer"] == "/observations/0"


@pytest.mark.parametrize("value", ["NaN", "Infinity", '"wind"', "null"])
def test_values_that_are_no_numbers_do_not_get_in(value: str) -> None:
    stations()
    body = json.dumps({"observations": [ROW]}).replace("5.5", value)
    answer = Client().post(
        f"{ROOT}/observations", body, content_type="application/json", headers=device()
    )
    assert answer.status_code in (400, 422)
    assert not models.Observation.objects.exists()


def test_a_device_speaks_only_for_its_own_entities() -> None:
    stations(PIER, HILL)
    answer = post([{**ROW, "entity": HILL}], **device())
    assert answer.status_code == 422
    assert not models.Observation.objects.exists()


def test_a_wrong_or_withdrawn_key_and_no_key_are_refused() -> None:
    stations()
    key = device()
    models.Device.objects.update(active=False)
    for headers in (key, {"Authorization": "Bearer guess"}, {}):
        assert post([ROW], **headers).status_code == 403
    assert not models.Observation.objects.exists()


def test_the_key_itself_is_not_kept() -> None:
    key = device()["Authorization"].removeprefix("Bearer ")
    (kept,) = models.Device.objects.values_list("key_digest", flat=True)
    assert key not in kept


def test_officials_may_send_and_citizens_may_not() -> None:
    stations()
    assert post([ROW], signed_in(holder("official"))).status_code == 201
    assert post([ROW], signed_in(holder("citizen"))).status_code == 403


def test_a_session_needs_the_anti_forgery_token() -> None:
    stations()
    client = signed_in(holder("official"), enforce_csrf_checks=True)
    assert post([ROW], client).status_code == 403


def test_everyone_reads_entities_newest_values_and_history() -> None:
    stations(PIER, HILL)
    record(*(reading(float(minute), minutes=minute) for minute in range(5)))
    assert get("/entities", type="WeatherObserved", limit="1")["total"] == 2
    assert get(f"/entities/{PIER}")["latest"][0]["value"] == 4.0
    assert get("/latest", attribute="windSpeed")["total"] == 1
    page = get("/observations", entity=PIER, attribute="windSpeed", last="2")
    assert [row["value"] for row in page["items"]] == [4.0, 3.0]
    rest = get("/observations", entity=PIER, attribute="windSpeed", cursor=page["following"])
    assert [row["value"] for row in rest["items"]] == [2.0, 1.0, 0.0]


def test_limits_and_attributes_are_open() -> None:
    limits(gale())
    assert get("/limits")["items"][0]["basis"] == "tests"
    assert get("/attributes")["windSpeed"]["unit_code"] == "MTS"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/entities/urn:ngsi-ld:none", 404),
        ("/observations/none", 404),
        ("/observations?entity=urn:x&attribute=windSpeed", 404),
        ("/observations?entity=urn:x", 422),
        ("/observations?entity=urn:x&attribute=windSpeed&from=2026-01-01T00:00:00", 422),
        ("/observations?entity=urn:x&attribute=windSpeed&last=0", 422),
    ],
)
def test_wrong_questions_get_problem_documents(path: str, status: int) -> None:
    answer = Client().get(f"{ROOT}{path}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"from": "2026-11-22T04:00:00"}, "time_without_zone"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "time_out_of_range"),
        ({"to": "9999-12-31T23:59:59-14:00"}, "time_out_of_range"),
    ],
)
def test_a_history_of_no_possible_time_is_refused(span: dict[str, str], code: str) -> None:
    stations()
    asked = {"entity": PIER, "attribute": "windSpeed", **span}
    answer = Client().get(f"{ROOT}/observations", asked)
    assert answer.status_code == 422
    assert answer.json()["code"] == f"sensing.history.{code}"
