"""Cameras in the context broker: told, told anew, taken out, and never a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from pengcheng.domains.cameras import api
from pengcheng.domains.cameras.api.listening import Publisher
from pengcheng.domains.sensing.api.broker import Provision
from pengcheng.kernel import clock
from pengcheng.kit.ngsild.errors import BadRequestData
from tests.cameras.scenes import CAMERAS, RECORDER, SYSTEM, add, items
from tests.sensing.ngsild.conftest import Client, running

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


class City:
    """A broker, and who tells it of cameras; records in a thread, in the test's transaction."""

    def __init__(self, ngsi: Client) -> None:
        self.ngsi = ngsi
        self.shared = connections["default"]
        self.shared.inc_thread_sharing()
        self.thread = ThreadPoolExecutor(1)
        self.thread.submit(connections.__setitem__, "default", self.shared).result()
        self.publisher = Publisher(ngsi.broker, self.run)

    async def run(self, work: Any, *values: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work, *values)

    def close(self) -> None:
        self.thread.shutdown()
        self.shared.dec_thread_sharing()

    def step(self) -> None:
        self.ngsi.loop.run_until_complete(self.publisher.step())

    def entity(self, number: str = CAMERAS[0]) -> dict[str, Any] | None:
        found = self.ngsi.get(f"/entities/urn:ngsi-ld:Camera:{number}", options="keyValues")
        return found.json if found.status == 200 else None


@pytest.fixture
def city(db: None, tmp_path: Path) -> Iterator[City]:
    add(simulated=True)
    with running(tmp_path) as ngsi:
        found = City(ngsi)
        yield found
        found.close()


def take(*numbers: str, **facts: Any) -> None:
    lines = items(*numbers, **facts)
    api.take_catalogue(context=SYSTEM, number=RECORDER, items=lines, whole=True)


def test_a_camera_is_an_entity_that_follows_what_is_told_of_it(city: City) -> None:
    take(CAMERAS[0], owner="城管局", model="N1")
    city.step()
    told = city.entity()
    assert told is not None
    assert (told["type"], told["deviceId"], told["status"]) == ("Camera", CAMERAS[0], "offline")
    assert told["location"]["coordinates"] == [113.93, 22.53]
    api.show_simulated(context=SYSTEM, number=RECORDER)
    take(CAMERAS[0], owner="交通局", model="")
    city.step()
    told = city.entity()
    assert told is not None
    assert (told["status"], told["owner"], told.get("model")) == ("online", "交通局", None)
    take(CAMERAS[1])
    city.step()
    assert city.entity() is None
    assert city.entity(CAMERAS[1]) is not None
    api.end(context=SYSTEM, number=RECORDER)
    city.step()
    assert city.entity(CAMERAS[1]) is None


def test_what_is_published_fits_the_model_of_cameras(city: City) -> None:
    take(CAMERAS[0], owner="城管局", model="N1", address="深南大道1号")
    city.step()
    told = city.entity()
    assert told is not None
    assert told["address"] == {"streetAddress": "深南大道1号"}
    assert not city.ngsi.broker.fitting.tallies


def test_what_is_refused_waits_and_others_do_not(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(*CAMERAS[:2])
    create = Provision.create

    def picky(self: Provision, entity: dict[str, Any]) -> Any:
        if entity["id"].endswith(CAMERAS[0]):
            raise BadRequestData("not today")
        return create(self, entity)

    with clock.frozen(clock.now()) as now:
        monkeypatch.setattr(Provision, "create", picky)
        city.step()
        assert (city.entity(), city.entity(CAMERAS[1]) is not None) == (None, True)
        monkeypatch.undo()
        city.step()
        assert city.entity() is None
        now.advance(seconds=601)
        city.step()
        assert city.entity() is not None
