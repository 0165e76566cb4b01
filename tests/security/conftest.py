"""A search can only be tried where there is something to find."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace


@pytest.fixture
def city(db: None) -> Any:
    """A city with a few dozen of the services."""
    from pengcheng.demo.shenzhen import services as demo
    from pengcheng.domains.services import api
    from pengcheng.kernel.context import system_context

    shipment = demo.shipment()
    few = replace(shipment, rows=shipment.rows[:40], situations=())
    return api.load_items(context=system_context("tests"), shipment=few)
