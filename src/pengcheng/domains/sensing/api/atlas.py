"""The door of OGC APIs over the broker's store, the city's readings and the outlines of places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pengcheng.domains.sensing.ops.atlas.catalogue import Catalogue, Summaries
from pengcheng.domains.sensing.ops.atlas.city import Districts, Readings
from pengcheng.domains.sensing.ops.atlas.entities import Entities
from pengcheng.domains.sensing.ops.atlas.features import (
    Collection,
    Feature,
    Parameter,
    Source,
    Summary,
)
from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

__all__ = [
    "Catalogue",
    "Collection",
    "Feature",
    "Parameter",
    "Summaries",
    "Summary",
    "alone",
    "city",
]


def alone(*, connection: Connection, tenant: str, summaries: Summaries) -> Catalogue:
    """What a broker without a city shows."""
    return Catalogue([Entities(connection, tenant)], summaries, tenant)


@contextmanager
def city(*, context: Context, database: str, summaries: Summaries) -> Iterator[Catalogue]:
    """What the city shows: also what it registered before it had a broker, and its districts."""
    permit(context, "sensing.open.read", Resource(kind="observations"))
    own: list[Source] = [Readings(), Districts()]
    file = Path(database.removeprefix("sqlite:///"))
    if not database.startswith("postgres") and not file.exists():
        yield Catalogue(own, summaries)
        return
    with closing(Database(database).connect()) as connection:
        yield Catalogue([Entities(connection), *own], summaries)
