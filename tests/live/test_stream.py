"""Server-sent events: what happened, to whom it concerns, without holding anyone up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest

from pengcheng.shell.live import app as live
from pengcheng.shell.live import hub
from tests.live.scenes import RAISED, RECORDED, MemoryStore, city

COMMANDER = {"cookie": "pengcheng_session=boss"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 0.005)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 20))


def store() -> MemoryStore:
    return MemoryStore(boss=["commander"], chen=["citizen"])


def test_a_stranger_hears_observations_and_nothing_else() -> None:
    async def story() -> None:
        outbox = store()
        async with city(outbox) as open_client:
            client = open_client()
            assert await client.start() == 200
            await client.text("event: hello")
            outbox.happen(RAISED)
            outbox.happen(RECORDED, '{"count":3}')
            text = await client.text("event: sensing.observation.recorded")
            assert "incident" not in text
            body = json.loads(text.split("data: ")[1].split("\n")[0])
            assert (body["id"], body["data"]["count"]) == ("id-2", 3)

    run(story())


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("topics=incidents", COMMANDER, 200),
        ("topics=incidents,observations,limits", COMMANDER, 200),
        ("topics=observations", {}, 200),
        ("topics=incidents", {}, 403),
        ("topics=observations,incidents", {"cookie": "pengcheng_session=chen"}, 403),
        ("topics=incidents", {"cookie": "pengcheng_session=nobody"}, 403),
        ("topics=incidents", {"cookie": '"; broken'}, 403),
        ("topics=secrets", COMMANDER, 400),
    ],
)
def test_topics_are_for_those_whose_role_may_read_them(
    query: str, headers: dict[str, str], status: int
) -> None:
    async def story() -> None:
        async with city(store()) as open_client:
            assert await open_client(query, **headers).start() == status

    run(story())


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/live/x", "GET", 404), ("/live/events", "POST", 405)]
)
def test_other_paths_and_methods_are_refused(path: str, method: str, status: int) -> None:
    async def story() -> None:
        async with city(store()) as open_client:
            assert await open_client(path=path, method=method).start() == status

    run(story())


def test_who_comes_back_gets_what_they_missed_and_no_more() -> None:
    async def story() -> None:
        outbox = store()
        positions = [outbox.happen(RECORDED) for _ in range(5)]
        async with city(outbox) as open_client:
            client = open_client(last_event_id=str(positions[2]))
            await client.start()
            text = await client.text(f"id: {positions[4]}\n")
            assert f"id: {positions[3]}\n" in text
            assert f"id: {positions[2]}\n" not in text
            outbox.happen(RECORDED)
            assert "id: 6\n" in await client.text("id: 6\n")

    run(story())


@pytest.mark.parametrize("last", ["1", "99999"])
def test_who_missed_too_much_or_comes_from_another_city_is_told_to_load_anew(last: str) -> None:
    async def story() -> None:
        outbox = store()
        for _ in range(hub.QUEUE_FRAMES):
            outbox.happen(RECORDED)
        async with city(outbox) as open_client:
            client = open_client(last_event_id=last)
            await client.start()
            assert "id: " not in await client.text("event: reset")

    run(story())


def test_a_nonsense_last_id_begins_now() -> None:
    async def story() -> None:
        outbox = store()
        outbox.happen(RECORDED)
        async with city(outbox) as open_client:
            client = open_client(last_event_id="drop table")
            await client.start()
            assert "id: " not in await client.text("event: hello")

    run(story())


def test_a_slow_client_is_dropped_and_holds_nobody_up() -> None:
    async def story() -> None:
        outbox = store()
        async with city(outbox) as open_client:
            slow, quick_one = open_client(), open_client()
            for client in (slow, quick_one):
                await client.start()
                await client.text("event: hello")
            slow.reading.clear()
            for _ in range(hub.QUEUE_FRAMES * 3):
                last = outbox.happen(RECORDED)
                await asyncio.sleep(0.001)
            await quick_one.text(f"id: {last}\n")
            slow.reading.set()
            await asyncio.wait_for(slow.task, 5)
            assert not quick_one.task.done()

    run(story())


def test_one_watcher_serves_all_and_rests_when_nobody_listens() -> None:
    async def story() -> None:
        outbox = store()
        async with city(outbox) as open_client:
            clients = [open_client() for _ in range(50)]
            for client in clients:
                await client.start()
                await client.text("event: hello")
            outbox.looks = 0
            outbox.happen(RECORDED)
            for client in clients:
                await client.text("id: 1\n")
            assert outbox.looks < 50
        outbox.looks = 0
        await asyncio.sleep(0.05)
        assert outbox.looks == 0

    run(story())


def test_silence_is_filled_with_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.01)

    async def story() -> None:
        async with city(store()) as open_client:
            client = open_client()
            await client.start()
            await client.text("event: beat")

    run(story())


def test_a_stream_ends_after_its_time_so_that_rights_are_looked_at_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.05)

    async def story() -> None:
        async with city(store()) as open_client:
            client = open_client()
            await client.start()
            await asyncio.wait_for(client.task, 5)

    run(story())


def test_a_database_that_was_away_is_found_again() -> None:
    async def story() -> None:
        outbox = store()
        async with city(outbox) as open_client:
            client = open_client()
            await client.start()
            await client.text("event: hello")
            outbox.broken = True
            outbox.happen(RECORDED)
            await asyncio.sleep(0.05)
            outbox.broken = False
            await client.text("id: 1\n")

    run(story())


def test_there_is_an_end_to_how_many_may_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_LISTENERS", 1)

    async def story() -> None:
        async with city(store()) as open_client:
            first = open_client()
            await first.start()
            assert await open_client().start() == 503

    run(story())


def test_the_process_can_end_while_people_listen() -> None:
    async def story() -> None:
        outbox = store()
        async with city(outbox) as open_client:
            client = open_client()
            await client.start()
            await client.text("event: hello")
            said = asyncio.Queue()
            for word in ("lifespan.startup", "lifespan.shutdown"):
                said.put_nowait({"type": word})
            answers = []

            async def send(message: Any) -> None:
                answers.append(message["type"])

            await live.Live(open_client.hub)({"type": "lifespan"}, said.get, send)
            assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
            await asyncio.wait_for(client.task, 5)

    run(story())


@pytest.mark.parametrize(
    ("cookie", "status"), [("__Host-pengcheng_session=boss", 200), ("pengcheng_session=boss", 403)]
)
def test_under_https_the_session_is_in_the_cookie_that_nobody_can_plant(
    monkeypatch: pytest.MonkeyPatch, cookie: str, status: int
) -> None:
    monkeypatch.setenv("PENGCHENG_PUBLIC_URL", "https://city.example")

    async def story() -> None:
        async with city(store()) as open_client:
            assert await open_client("topics=incidents", cookie=cookie).start() == status

    run(story())
