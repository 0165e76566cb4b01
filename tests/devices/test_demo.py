"""The weather stations of the demo are devices with a past."""

from __future__ import annotations

from typing import Any

import pytest

from pengcheng.demo import devices as demo
from pengcheng.domains.devices import api
from tests.devices.scenes import admin

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_stations_are_loaded_with_their_readings_once(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGCHENG_BROKER_DATABASE", f"sqlite:///{tmp_path / 'live.sqlite3'}")
    assert demo.load(lambda done, total: None) == 2
    assert demo.load(lambda done, total: None) == 2
    listed, total = api.devices(context=admin(), profile="weather-station")
    assert total == 2
    device, condition = listed[0]
    assert condition.stored > 1000
    past = api.history(context=admin(), device=device, attribute="temperature", limit=1000)
    assert len(past) == 14 * 24
    assert all(-5 < value < 40 for _, value in past)
