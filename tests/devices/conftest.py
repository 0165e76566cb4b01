"""A house for devices: a broker of its own, a listener on a free port, records in this thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.devices.scenes import PROFILES, Street, admin


@pytest.fixture
def street(db: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    """Profiles are there and the house is open."""
    from pengcheng.domains.devices import api

    monkeypatch.setenv("PENGCHENG_BROKER_DATABASE", f"sqlite:///{tmp_path / 'live.sqlite3'}")
    for each in PROFILES:
        api.save_profile(context=admin(), profile=each)
    loop = asyncio.new_event_loop()
    found = Street(loop, f"sqlite:///{tmp_path / 'live.sqlite3'}")
    loop.run_until_complete(found.open())
    yield found
    loop.run_until_complete(found.close())
    loop.close()
