"""The demo city's catalogue of services: real items of Guangdong with our additions to them."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Callable
from importlib.resources import files

import msgspec

from pengcheng.domains.services import api
from pengcheng.domains.services.api import shipped
from pengcheng.domains.services.contracts import LoadReport, Situation, Source
from pengcheng.kernel.context import Context

HERE = files("pengcheng.demo.shenzhen.services")


def shipment() -> api.Shipment:
    """Everything that is loaded, read from the files beside this one."""
    english = tomllib.loads(HERE.joinpath("english.toml").read_text("utf-8"))
    life = tomllib.loads(HERE.joinpath("situations.toml").read_text("utf-8"))
    source = tomllib.loads(HERE.joinpath("SOURCE.toml").read_text("utf-8"))
    lines = gzip.decompress(HERE.joinpath("items.jsonl.gz").read_bytes()).splitlines()
    return api.Shipment(
        rows=tuple(json.loads(line) for line in lines),
        source=msgspec.convert(source, Source),
        item_names=english["items"],
        department_names=english["departments"],
        situations=msgspec.convert(life["situation"], tuple[Situation, ...]),
        featured=tuple(life["featured"]),
    )


def load(*, context: Context, progress: Callable[[int, int], None] | None = None) -> LoadReport:
    """Load the catalogue and show the built items' definitions; a second time changes nothing."""
    report = api.load_items(context=context, shipment=shipment(), progress=progress)
    shipped.register_built(context=context)
    return report
