"""Judged by others: pystac with the schemas of STAC that it brings, and pystac-client as a reader.

Schemas of extensions are not brought along and not fetched; only the core is judged.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pystac
import pystac_client
import pytest
import requests
from django.test import Client
from pystac.validation.stac_validator import JsonSchemaSTACValidator
from pystac_client.stac_api_io import StacApiIO
from requests.adapters import BaseAdapter

from pengcheng.domains.earth.api import scenes
from pengcheng.kernel.problems import Invalid
from tests.earth.catalogue import CITY, ROOT, collection, item, kept, written
from tests.earth.test_scenes_search import ACROSS

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SITE = "http://testserver"


class InProcess(BaseAdapter):
    """Gives what requests would send over a wire to Django's test client."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        headers: Mapping[str, str] = dict(request.headers)
        body = request.body or b""
        told = Client().generic(
            str(request.method),
            str(request.url),
            body,
            content_type=headers.get("Content-Type", "application/json"),
        )
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = told.status_code, str(request.url), request
        answer.headers.update(told.headers)
        answer.raw = io.BytesIO(told.content)
        return answer

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def reader() -> pystac_client.Client:
    kinds = {"eo:cloud_cover": 12.5, "gsd": 2, "title": "夏日"}
    span = {"datetime": None, "start_datetime": "2026-06-01T00:00:00Z"}
    kept(
        item("a", properties=kinds),
        item("b", east=0.3, properties={"datetime": "2026-05-06T00:00:00Z"}),
        item("c", properties={**span, "end_datetime": "2026-07-01T00:00:00Z"}),
        {**ACROSS, "stac_version": "1.0.0"},
    )
    scenes.add_collection(context=CITY, data=written(collection("empty", title="Empty")))
    io_of_ours = StacApiIO()
    io_of_ours.session.mount(SITE, InProcess())
    return pystac_client.Client.open(f"{SITE}{ROOT}", stac_io=io_of_ours)


def valid(told: dict[str, Any], kind: str) -> None:
    JsonSchemaSTACValidator().validate_core(told, kind, told["stac_version"])


def test_the_schemas_of_stac_find_nothing_wrong(reader: pystac_client.Client) -> None:
    client = Client()
    home = client.get(ROOT).json()
    valid(home, "Catalog")
    for each in client.get(f"{ROOT}/collections").json()["collections"]:
        valid(each, "Collection")
        valid(client.get(f"{ROOT}/collections/{each['id']}").json(), "Collection")
    for each in client.get(f"{ROOT}/search").json()["features"]:
        valid(each, "Feature")
    assert home["conformsTo"]


def test_the_judge_refuses_what_is_wrong() -> None:
    with pytest.raises(pystac.STACValidationError):
        valid(item(properties={"datetime": "yesterday"}), "Feature")


def test_a_client_opens_the_catalogue_and_walks_it(reader: pystac_client.Client) -> None:
    assert {each.id for each in reader.get_collections()} == {"sim", "empty"}
    sim = reader.get_collection("sim")
    assert {each.id for each in sim.get_items()} == {"a", "b", "c", "across"}
    one = sim.get_item("a")
    assert one is not None
    assert one.get_collection().license == "CC0-1.0"
    assert one.properties["title"] == "夏日"
    assert one.get_single_link("collection").href == f"{SITE}{ROOT}/collections/sim"


def test_a_client_searches_by_place_time_order_and_page(reader: pystac_client.Client) -> None:
    def found(**query: Any) -> list[str]:
        return [each.id for each in reader.search(**query).items()]

    corner = {"type": "Point", "coordinates": [114.1, 22.6]}
    for method in ("GET", "POST"):
        assert sorted(found(method=method, limit=1)) == ["a", "across", "b", "c"]
        assert found(method=method, bbox=[114.25, 22, 115, 23]) == ["b"]
        assert sorted(found(method=method, intersects=corner)) == ["a", "c"]
        assert found(method=method, datetime="2026-06") == ["c"]
        assert found(method=method, ids=["a"], collections=["sim"]) == ["a"]
        assert found(method=method, collections=["empty"]) == []
        ordered = found(method=method, sortby="-id", collections=["sim"])
        assert ordered == ["c", "b", "across", "a"]
    assert reader.search(max_items=1).matched() == 4
    less = reader.search(ids=["a"], fields=["properties.gsd", "id"]).items_as_dicts()
    assert [each["properties"] for each in less] == [{"gsd": 2}]


def test_what_pystac_makes_is_taken_and_given_back_alike() -> None:
    """An item of its own making, and each version that it writes."""
    kept()
    made = pystac.Item.from_dict(item("made", properties={"platform": "x"}))
    made.add_asset("data", pystac.Asset("https://example.org/x.tif", roles=["data"]))
    for number, version in enumerate(("1.0.0", "1.1.0")):
        told = {**made.to_dict(include_self_link=False), "id": f"m{number}"}
        told["stac_version"] = version
        scenes.add_scenes(context=CITY, collection="sim", data=written(told))
        given = Client().get(f"{ROOT}/collections/sim/items/m{number}").json()
        back = pystac.Item.from_dict(given)
        assert back.geometry == made.geometry
        assert back.assets["data"].href == "https://example.org/x.tif"
        assert given["stac_version"] == "1.1.0"


@pytest.mark.parametrize(
    "change",
    [{"id": ""}, {"bbox": [1, 2]}, {"geometry": {"type": "Polygon"}}, {"links": None}, {"type": 1}],
)
def test_what_the_schemas_refuse_is_refused_here_too(change: dict[str, Any]) -> None:
    told = {**item(), **change}
    with pytest.raises(pystac.STACValidationError):
        valid(told, "Feature")
    with pytest.raises(Invalid):
        scenes.check(data=written(told))
