"""Poles in the context broker: told, told anew, taken out, and after what went wrong between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse

from pengcheng.domains.poles import api
from pengcheng.domains.poles.api.publishing import Publisher
from pengcheng.domains.sensing.api.broker import Provision
from pengcheng.kernel import clock
from pengcheng.kit.ngsild.errors import BadRequestData
from tests.poles.scenes import SYSTEM, mounted, new_pole, pole
from tests.sensing.ngsild.conftest import Client, running
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
POLE = "urn:ngsi-ld:SmartPole:P-1"
LAMP = "urn:ngsi-ld:Streetlight:7"


class City:
    """A broker, and who tells it of poles; records in a thread, in the test's own transaction."""

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

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.ngsi.loop.run_until_complete(self.publisher.step())

    def entity(self, identity: str = POLE) -> dict[str, Any] | None:
        found = self.ngsi.get(f"/entities/{identity}", options="keyValues")
        return found.json if found.status == 200 else None

    def has(self, identity: str, **attributes: Any) -> None:
        made = self.ngsi.post("/entities", {"id": identity, "type": "Streetlight", **attributes})
        assert made.status == 201

    def history(self, identity: str = POLE) -> int:
        told = self.ngsi.get(f"/temporal/entities/{identity}").json
        return sum(len(each) if isinstance(each, list) else 1 for each in told.values())


@pytest.fixture
def city(db: None, tmp_path: Path) -> Iterator[City]:
    with running(tmp_path) as ngsi:
        found = City(ngsi)
        yield found
        found.close()


def test_a_pole_is_an_entity_with_what_it_is_and_bears(city: City) -> None:
    on = pole(owner="城管局", height=12.0, circuit="C3")
    city.has(LAMP)
    lamp = mounted(on, device=LAMP)
    mounted(on, "E-1", kind="environment", watts=15)
    api.report(context=SYSTEM, pole_id=on.id, text="不亮", mount_id=lamp.id)
    city.step()
    told = city.entity()
    assert told is not None
    assert told["location"] == {"type": "Point", "coordinates": [114.0579, 22.5431]}
    said = ("status", "owner", "height", "circuit", "powerBudget", "powerDemand", "openFaults")
    assert [told[name] for name in said] == ["standing", "城管局", 12.0, "C3", 3000, 315, 1]
    assert [(each["kind"], each["faulty"]) for each in told["mounts"]] == [
        ("environment", False),
        ("lamp", True),
    ]
    assert told["refDevice"] == [LAMP]
    assert city.ngsi.get(f"/entities/{LAMP}", options="keyValues").json["refPole"] == POLE
    assert "不亮" not in str(told)
    near = {
        "georel": "near;maxDistance==50",
        "geometry": "Point",
        "coordinates": "[114.0579,22.5431]",
    }
    assert len(city.ngsi.get("/entities", type="SmartPole", **near).json) == 1


def test_only_what_changed_is_told_anew_and_what_others_say_stays(city: City) -> None:
    on = pole(owner="城管局")
    city.step()
    city.ngsi.post(f"/entities/{POLE}/attrs", {"colour": {"type": "Property", "value": "grey"}})
    rows = city.history()
    city.step(times=6)
    assert city.history() == rows
    api.save(context=SYSTEM, pole=new_pole(road="红荔路"))
    known = api.pole(context=SYSTEM, pole_id=on.id)
    assert known.published < known.version
    city.step()
    told = city.entity()
    assert told is not None
    assert (told["road"], told["colour"], told.get("owner")) == ("红荔路", "grey", None)
    known = api.pole(context=SYSTEM, pole_id=on.id)
    assert known.published == known.version


def test_what_is_taken_down_leads_to_no_pole_and_may_hang_elsewhere(city: City) -> None:
    first, second = pole(), pole("P-2")
    city.has(LAMP)
    hung = mounted(first, device=LAMP)
    city.step()
    api.unmount(context=SYSTEM, mount_id=hung.id)
    city.step()
    assert "refPole" not in (city.entity(LAMP) or {})
    assert "refDevice" not in (city.entity() or {})
    mounted(second, device=LAMP)
    city.step(times=8)
    assert (city.entity(LAMP) or {})["refPole"] == "urn:ngsi-ld:SmartPole:P-2"


def test_a_device_that_comes_to_be_later_is_led_to_its_pole(city: City) -> None:
    mounted(pole(), device=LAMP)
    city.step()
    assert "refDevice" not in (city.entity() or {})
    city.has(LAMP)
    city.step(times=3)
    assert (city.entity(LAMP) or {})["refPole"] == POLE
    assert (city.entity() or {})["refDevice"] == [LAMP]


def test_a_pole_that_was_removed_is_no_entity_until_it_stands_again(city: City) -> None:
    on = pole()
    city.has(LAMP)
    mounted(on, device=LAMP)
    city.step()
    api.save(context=SYSTEM, pole=new_pole(state="removed"))
    city.step()
    assert city.entity() is None
    assert "refPole" not in (city.entity(LAMP) or {})
    api.save(context=SYSTEM, pole=new_pole())
    city.step()
    assert (city.entity(LAMP) or {})["refPole"] == POLE


def test_a_restart_before_the_mark_tells_it_once_more_and_changes_nothing(
    city: City,
) -> None:
    on = pole()

    async def dies(work: Any, *values: Any) -> Any:
        if work.__name__ == "mark_published":
            raise ConnectionError
        return await city.run(work, *values)

    city.publisher = Publisher(city.ngsi.broker, dies)
    with pytest.raises(ConnectionError):
        city.step()
    rows = city.history()
    assert api.pole(context=SYSTEM, pole_id=on.id).published == 0
    city.publisher = Publisher(city.ngsi.broker, city.run)
    city.step()
    assert city.history() == rows
    assert api.pole(context=SYSTEM, pole_id=on.id).published_at is not None


def test_a_store_that_lost_the_poles_is_told_again(city: City) -> None:
    pole()
    city.step()
    city.ngsi.delete(f"/entities/{POLE}")
    city.step(times=3)
    assert city.entity() is not None


def test_what_is_refused_waits_longer_each_time_and_holds_up_nobody(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    create = Provision.create

    def picky(self: Provision, entity: dict[str, Any]) -> Any:
        tried.append(entity["id"])
        if entity["id"] == POLE:
            raise BadRequestData("not like this")
        return create(self, entity)

    monkeypatch.setattr(Provision, "create", picky)
    with clock.frozen(clock.now()) as time:
        on, other = pole(), pole("P-2")
        city.step(times=20)
        assert tried.count(POLE) == 1
        assert api.pole(context=SYSTEM, pole_id=other.id).published == 1
        assert api.pole(context=SYSTEM, pole_id=on.id).refusal == "not like this"
        time.advance(seconds=31)
        city.step(times=20)
        time.advance(seconds=31)
        city.step(times=20)
        assert tried.count(POLE) == 2
        monkeypatch.setattr(Provision, "create", create)
        time.advance(seconds=31)
        city.step()
        known = api.pole(context=SYSTEM, pole_id=on.id)
        assert (known.published, known.refusal) == (1, "")


def test_a_store_that_fails_is_asked_again_after_a_pause(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pole()
    tries: list[int] = []

    async def full(*_: Any) -> None:
        tries.append(1)
        raise OSError("no room")

    monkeypatch.setattr(city.ngsi.broker, "write", full)

    async def live() -> None:
        city.publisher.start()
        await asyncio.sleep(0.05)
        await city.publisher.stop()

    city.ngsi.loop.run_until_complete(live())
    assert len(tries) == 1
    assert "tried again in 4 s" in caplog.text


def test_the_page_says_whether_it_is_published_and_leads_to_the_entity(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGCHENG_BROKER_DATABASE", city.ngsi.broker.database.url)
    on = pole()
    browser: Browser = signed_in(holder("commander"))
    page = reverse("poles:pole", args=[on.id])
    assert "等待发布" in browser.get(page).content.decode()
    city.step()
    shown = browser.get(page).content.decode()
    assert "已发布" in shown
    address = f"/ogc/v1/collections/SmartPole/items/{POLE}"
    assert f'href="{address}?f=html"' in shown
    assert "P-1" in browser.get(address, {"f": "html"}).content.decode()
