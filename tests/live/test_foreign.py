"""Judged by an event-stream client that others wrote, against the real front process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.db import connection

from pengcheng.shell.live.frames import Row, event, named
from tests.live.test_store import happen, session_of
from tests.support.servers import front

sseclient = pytest.importorskip("sseclient", reason="pip install sseclient-py")
TYPE = "sensing.observation.recorded"


def database_url() -> str:
    """The database of this test, as an environment names it."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    person = quote(told["USER"]) + (f":{quote(told['PASSWORD'])}" if told["PASSWORD"] else "")
    place = f"host={quote(told['HOST'])}&port={told['PORT']}"
    return f"postgresql://{person}@/{told['NAME']}?{place}"


@pytest.fixture
def address(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    with front(tmp_path / "none.sock", PENGCHENG_DATABASE_URL=database_url()) as port:
        yield f"http://127.0.0.1:{port}/live/events"


def listen(address: str, **facts: Any) -> tuple[Any, Iterator[Any]]:
    answer = requests.get(address, stream=True, timeout=120, **facts)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    return answer, sseclient.SSEClient(answer).events()


def of_type(events: Iterator[Any], name: str) -> Any:
    return next(item for item in events if item.event == name)


@pytest.mark.slow
def test_a_foreign_client_hears_what_happens_and_comes_back_where_it_left(address: str) -> None:
    answer, events = listen(address)
    of_type(events, "hello")
    first, second = happen(), happen()
    heard = [of_type(events, TYPE) for _ in range(2)]
    assert [json.loads(item.data)["id"] for item in heard] == [first, second]
    answer.close()
    third = happen()
    answer, events = listen(address, headers={"Last-Event-ID": heard[0].id})
    again = [json.loads(of_type(events, TYPE).data)["id"] for _ in range(2)]
    assert again == [second, third]
    answer.close()


@pytest.mark.slow
def test_a_session_cookie_opens_what_its_role_may_hear(address: str) -> None:
    wish = {"topics": "incidents,observations"}
    assert requests.get(address, params=wish, timeout=120).status_code == 403
    key, _ = session_of("commander")
    answer, events = listen(address, params=wish, cookies={"pengcheng_session": key})
    assert json.loads(of_type(events, "hello").data)["topics"] == ["incidents", "observations"]
    answer.close()


def test_frames_are_read_as_they_were_written() -> None:
    row = Row(7, "an-id", "a.type", "s/1", "2026-11-22T04:00:00Z", '{"zh":"暴雨","n":1}')
    stream = [named("beat", {"at": "now"}), event(row)]
    beat, told = sseclient.SSEClient(iter(stream)).events()
    assert (beat.event, beat.id or None) == ("beat", None)
    assert (told.event, told.id) == ("a.type", "7")
    assert json.loads(told.data)["data"]["zh"] == "暴雨"
