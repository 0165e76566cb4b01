"""In which district an entity stands."""

from __future__ import annotations

import msgspec

from pengcheng.domains.places import api as places
from pengcheng.domains.sensing import contracts
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Unavailable
from pengcheng.kit.maps.crs import Coordinate


def with_district(context: Context, entity: contracts.Entity) -> contracts.Entity:
    """The entity with its district found from its coordinates, unless it is given.

    Where no outlines are loaded the district stays empty: a station may be registered before them.
    """
    if entity.district or entity.longitude is None or entity.latitude is None:
        return entity
    try:
        here = Coordinate(entity.longitude, entity.latitude, "WGS84")
        division = places.locate(context, at=here).division
    except Unavailable:
        return entity
    if division is None:
        return entity
    return msgspec.structs.replace(
        entity,
        district=division.code,
        district_zh=division.name,
        district_en=division.name_en or division.name,
    )
