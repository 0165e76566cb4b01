"""The agent at the edge keeps what it took and sends it in order."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from pengcheng.kit.spool import Spool
from pengcheng.shell.processes.edge import Edge, stamped

pytestmark = pytest.mark.one_database


def test_what_was_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    first = Spool(tmp_path / "q", most=100)
    first.put([b"1", b"2"])
    first.close()
    again = Spool(tmp_path / "q", most=100)
    assert [body for _, body in again.head(10)] == [b"1", b"2"]
    again.drop(again.head(1)[0][0])
    assert again.waiting == 1


def test_a_full_queue_thins_its_oldest_half_and_says_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "q", most=100)
    parts = [[str(n).encode() for n in range(at, at + 10)] for at in range(0, 150, 10)]
    gone = sum(spool.put(part) for part in parts)
    kept = [int(body) for _, body in spool.head(200)]
    assert len(kept) <= 100
    assert kept == sorted(kept)
    assert kept[-50:] == list(range(100, 150)), "the newest are whole"
    assert min(kept) < 50, "of the oldest something is left"
    assert spool.dropped == gone == 150 - len(kept)


def test_a_message_without_a_time_gets_one_and_others_keep_theirs() -> None:
    assert set(stamped({"temp": 1})) == {"ts", "values"}
    assert stamped({"ts": 5, "temp": 1}) == {"ts": 5, "temp": 1}
    inner = stamped({"Meter": [{"power": 1}]})["Meter"][0]
    assert inner["values"] == {"power": 1}


def test_it_sends_in_order_when_the_city_is_back_and_nothing_stops_it_for_ever(
    tmp_path: Path,
) -> None:
    got: list[Any] = []
    answers = [503, 500]

    async def city(request: web.Request) -> web.Response:
        if answers:
            return web.Response(status=answers.pop())
        body = await request.json()
        if any("poison" in each for each in body):
            return web.Response(status=422)
        got.extend(body)
        return web.json_response({})

    async def play() -> dict[str, Any]:
        house = web.Application()
        house.router.add_post("/ingest/readings", city)
        async with TestServer(house) as server:
            edge = Edge(str(server.make_url("/")), "token", Spool(tmp_path / "q", most=100))
            edge._pause = 0.01
            async with TestServer(edge.application()) as agent, aiohttp.ClientSession() as session:
                address = str(agent.make_url("/"))
                async with session.post(f"{address}readings", data=b"{") as answer:
                    assert answer.status == 422
                for n in range(5):
                    name = "poison" if n == 2 else "temp"
                    body = json.dumps({"ts": 1_780_000_000 + n, name: n})
                    async with session.post(f"{address}readings", data=body) as answer:
                        assert answer.status == 202
                while edge.spool.waiting:
                    await asyncio.sleep(0.01)
                async with session.get(address) as answer:
                    return dict(await answer.json())

    state = asyncio.run(play())
    assert [each["temp"] for each in got] == [0, 1, 3, 4]
    assert (state["waiting"], state["sent"], state["refused"]) == (0, 4, 1)
