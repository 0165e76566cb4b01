"""Every test of command happens at the same noon, with the pier, its limit and three units."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pengcheng.kernel import clock


@pytest.fixture(autouse=True)
def noon() -> Iterator[clock.FrozenClock]:
    # Imported late: a conftest is read before Django knows its apps.
    from tests.sensing.scenes import NOON

    with clock.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture
def city(db: None) -> None:
    from tests.command.scenes import found

    found()
