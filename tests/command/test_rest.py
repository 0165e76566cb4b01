"""REST: incidents, their chain and steps, for programs that may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.command.scenes import blow, only
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.usefixtures("city")
ROOT = "/api/v1/command"


def get(client: Client, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"{ROOT}{path}", query)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def move(client: Client, **facts: Any) -> tuple[int, Any]:
    body = json.dumps({"version": only().version, **facts})
    url = f"{ROOT}/incidents/{only().id}/moves"
    answer = client.post(url, body, content_type="application/json")
    return answer.status_code, json.loads(answer.content)


def test_an_incident_is_listed_read_moved_and_traced() -> None:
    blow(12.0)
    client = signed_in(holder("official"))
    (listed,) = get(client, "/incidents", only_open=True)["items"]
    assert get(client, f"/incidents/{listed['id']}")["steps"] == ["acknowledge", "dismiss"]
    status, item = move(client, step="acknowledge")
    assert (status, item["state"]) == (200, "acknowledged")
    links = get(client, f"/incidents/{listed['id']}/chain")["links"]
    assert links[-2]["id"] == listed["observation"]
    assert get(client, "/counts")["states"]["acknowledged"] == 1
    assert get(client, "/units")["items"][0]["simulated"] is True


def test_a_stale_version_and_a_forbidden_step_are_conflicts() -> None:
    blow(12.0)
    client = signed_in(holder("official"))
    assert move(client, step="acknowledge", version=99)[1]["code"] == "command.incident.changed"
    assert move(client, step="close", reason="x")[0] == 409


@pytest.mark.parametrize(
    "facts", [{"step": "explode"}, {"step": "close", "version": 0}, {"step": "close", "who": "me"}]
)
def test_what_does_not_fit_is_refused(facts: dict[str, Any]) -> None:
    blow(12.0)
    assert move(signed_in(holder("official")), **facts)[0] == 422
    assert only().state == "open"


def test_citizens_and_strangers_get_problem_documents() -> None:
    blow(12.0)
    for client in (signed_in(holder("citizen")), Client()):
        assert get(client, "/incidents", 403)["code"].startswith("kernel.permit.")
        assert move(client, step="acknowledge")[0] == 403


def test_an_unknown_incident_is_404() -> None:
    client = signed_in(holder("official"))
    assert get(client, "/incidents/none", 404)["code"] == "command.incident.not_found"
