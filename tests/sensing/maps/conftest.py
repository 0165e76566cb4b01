"""A broker with the faces of the OGC beside NGSI-LD, asked without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest

from pengcheng.domains.sensing.web.faces import faces
from tests.sensing.ngsild.conftest import Client, Reply, running

STA = "/sta/v1.1"
OGC = "/ogc/v1"


@dataclass
class Asker:
    """Speaks to one face; takes addresses below its root, or whole links from an answer."""

    ngsi: Client
    base: str

    def __call__(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Reply:
        split = urlsplit(path)
        if split.netloc:
            path = split.path.removeprefix(self.base) + (f"?{split.query}" if split.query else "")
        path, _, query = path.partition("?")
        told = {"host": "city.example"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if method in {"POST", "PATCH", "PUT"}:
            told = {"content-type": "application/json", "content-length": str(len(data))} | told
        place = self.base + ("/" + path.lstrip("/") if path.strip("/") else "")
        return self.ngsi.loop.run_until_complete(self._ask(method, place, query, told, data))

    async def _ask(
        self, method: str, path: str, query: str, headers: dict[str, str], data: bytes
    ) -> Reply:
        async def parts() -> Any:
            yield data

        query = quote(query, safe="&=+%$(),;:/'@!*-._~")
        told = await self.ngsi.application.answer(method, unquote(path), query, headers, parts())
        found: dict[str, list[str]] = {}
        for key, value in told.headers:
            found.setdefault(key.decode().lower(), []).append(value.decode("latin-1"))
        return Reply(told.status, found, told.body)

    def get(self, path: str, status: int = 200, **headers: str) -> Any:
        reply = self("GET", path, **headers)
        assert reply.status == status, (path, reply.status, reply.body[:400])
        return reply.json if reply.body else None

    def value(self, path: str) -> list[Any]:
        return self.get(path)["value"]

    def names(self, path: str) -> list[str]:
        return [each["name"] for each in self.value(path)]

    def make(self, path: str, body: Any, status: int = 201) -> Any:
        reply = self("POST", path, body)
        assert reply.status == status, (path, reply.status, reply.body[:400])
        return reply.json


@pytest.fixture
def ngsi(tmp_path: Path) -> Iterator[Client]:
    with running(tmp_path) as client:
        yield client


@pytest.fixture
def city(ngsi: Client) -> Client:
    ngsi.application.faces = faces(ngsi.broker)
    return ngsi


@pytest.fixture
def sta(city: Client) -> Asker:
    return Asker(city, STA)


@pytest.fixture
def ogc(city: Client) -> Asker:
    return Asker(city, OGC)


# --- things to make -----------------------------------------------------------------------


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def location(name: str = "Lianhuashan", lon: float = 114.05, lat: float = 22.55) -> dict[str, Any]:
    told = {"name": name, "description": f"at {name}", "encodingType": "application/geo+json"}
    return {**told, "location": point(lon, lat)}


def sensor(name: str = "DHT22") -> dict[str, Any]:
    told = {"name": name, "description": f"a {name}", "encodingType": "application/pdf"}
    return {**told, "metadata": "https://example.org/dht22.pdf"}


def observed(name: str = "Temperature") -> dict[str, Any]:
    return {"name": name, "description": name, "definition": f"http://example.org/{name}"}


def datastream(name: str = "air", *results: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": f"{name} of the station",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
        "Sensor": sensor(),
        "ObservedProperty": observed(),
        "Observations": [observation(n, each) for n, each in enumerate(results)],
        **more,
    }


def observation(hour: int, result: Any, **more: Any) -> dict[str, Any]:
    return {"phenomenonTime": f"2026-11-20T{hour:02}:00:00Z", "result": result, **more}


def thing(name: str = "station", **more: Any) -> dict[str, Any]:
    told = {"name": name, "description": f"the {name}", "properties": {"floor": 3, "owner": "x"}}
    return {**told, "Locations": [location()], **more}


def ref(made: Any) -> dict[str, Any]:
    return {"@iot.id": made["@iot.id"]}


def at(made: Any) -> str:
    """Where an entity is, below the root."""
    return str(made["@iot.selfLink"]).partition("v1.1/")[2]
