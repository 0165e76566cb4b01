"""The door to the catalogue as others read it: CPSV-AP."""

from __future__ import annotations

from pengcheng.domains.services.ops import exporting
from pengcheng.domains.services.ops.exporting import Format, Published


def publish_items(*, base: str, format: Format, page: int = 1, size: int = 100) -> Published:
    """A page of the catalogue as CPSV-AP; ``base`` is the address under which it is served."""
    return exporting.publish(base, format, page, size)


def publish_item(*, base: str, format: Format, code: str) -> bytes:
    """One item as CPSV-AP. Raises NotFound."""
    return exporting.publish_one(base, format, code)
