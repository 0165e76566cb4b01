"""The catalogue for tests: all of it in memory, a small part of it in the database.

Domain modules are imported inside the fixtures: pytest reads this file before Django is set up.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace


@pytest.fixture(scope="session")
def whole_shipment() -> Any:
    """All 2,262 rows as they are shipped."""
    from pengcheng.demo.shenzhen import services as demo

    return demo.shipment()


@pytest.fixture(scope="session")
def shipment(whole_shipment: Any) -> Any:
    """Some 150 rows: those with English names or in a life situation, and a piece of news."""
    wanted = {*whole_shipment.item_names}
    wanted |= {code for life in whole_shipment.situations for code in life.items}
    rows = [row for row in whole_shipment.rows if row["TASK_CODE"] in wanted]
    news = next(row for row in whole_shipment.rows if "荣获" in row["TASK_NAME"])
    return replace(whole_shipment, rows=(*rows, news))


@pytest.fixture(scope="session")
def cut_words() -> Any:
    """Cutting words is slow and always the same: done once for all tests of the run."""
    from pengcheng.domains.services.rules import index

    return cache(index.tokens)


@pytest.fixture(scope="session")
def loaded_rows() -> dict[str, Any]:
    """What loading wrote the first time: hundreds of tests begin with the same catalogue."""
    return {}


@pytest.fixture
def city(
    db: None,
    shipment: Any,
    cut_words: Any,
    monkeypatch: pytest.MonkeyPatch,
    loaded_rows: dict[str, Any],
) -> Any:
    """A city with the small catalogue; answers the report of loading it."""
    from pengcheng.domains.services import api, models
    from pengcheng.domains.services.rules import index
    from pengcheng.kernel.context import system_context

    monkeypatch.setattr(index, "tokens", cut_words)
    if not loaded_rows:
        kinds = (models.Department, models.ServiceItem, models.CatalogueState)
        loaded_rows["report"] = api.load_items(context=system_context("tests"), shipment=shipment)
        loaded_rows["kinds"] = [(kind, list(kind.objects.all())) for kind in kinds]
    else:
        for kind, rows in loaded_rows["kinds"]:
            kind.objects.bulk_create(rows, batch_size=200)
    return loaded_rows["report"]


@pytest.fixture(scope="session")
def whole_shelf(whole_shipment: Any) -> Any:
    from pengcheng.domains.services.contracts import Catalogue
    from pengcheng.domains.services.ops import catalogue
    from pengcheng.domains.services.rules import cleaning, index
    from pengcheng.kernel import clock

    names = {"english": whole_shipment.item_names, "departments": whole_shipment.department_names}
    items = [cleaning.item(row, **names) for row in whole_shipment.rows]
    built = index.Index([index.Entry(item, index.tokens(item)) for item in items], version=1)
    told = Catalogue(
        version=1,
        items=len(items),
        loaded_at=clock.now(),
        source=whole_shipment.source,
        gaps=cleaning.gaps(items),
    )
    return catalogue.Shelf(
        index=built,
        catalogue=told,
        situations=whole_shipment.situations,
        featured=whole_shipment.featured,
        departments=catalogue._departments(built),
    )


@pytest.fixture
def whole_city(whole_shelf: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The whole catalogue behind the door, without a database to fill first."""
    from pengcheng.domains.services.ops import catalogue

    monkeypatch.setattr(catalogue, "shelf", lambda: whole_shelf)
    return whole_shelf
