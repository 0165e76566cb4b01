"""The whole catalogue behind the door without its words: for tests that search nothing."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def plain_shelf(whole_shipment: Any) -> Any:
    """All items as loading reads them; cutting their words would take half a minute."""
    from pengcheng.domains.services.contracts import Catalogue
    from pengcheng.domains.services.ops import catalogue
    from pengcheng.domains.services.rules import cleaning, index
    from pengcheng.kernel import clock

    names = {"english": whole_shipment.item_names, "departments": whole_shipment.department_names}
    items = [cleaning.item(row, **names) for row in whole_shipment.rows]
    built = index.Index([index.Entry(item, {}) for item in items], version=1)
    told = Catalogue(
        version=1, items=len(items), loaded_at=clock.now(), source=whole_shipment.source
    )
    return catalogue.Shelf(
        index=built,
        catalogue=told,
        situations=whole_shipment.situations,
        featured=(),
        departments=catalogue._departments(built),
    )


@pytest.fixture
def plain_city(plain_shelf: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from pengcheng.domains.services.ops import catalogue

    monkeypatch.setattr(catalogue, "shelf", lambda: plain_shelf)
    return plain_shelf
