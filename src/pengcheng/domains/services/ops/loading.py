"""Loading the catalogue: all rows or none, and the second time nothing changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pengcheng.domains.services.contracts import Item, LoadReport, Situation, Source
from pengcheng.domains.services.events import CatalogueLoaded
from pengcheng.domains.services.models import CatalogueState, Department, ServiceItem
from pengcheng.domains.services.rules import cleaning, index
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

Progress = Callable[[int, int], None]
TOKENS_VERSION = "1"
"""Raised when words are cut differently, so that stored words are cut anew."""


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """What is loaded: the source's rows and our own additions to them."""

    rows: tuple[Mapping[str, Any], ...]
    source: Source
    item_names: Mapping[str, str]
    department_names: Mapping[str, str]
    situations: tuple[Situation, ...]
    featured: tuple[str, ...]


def load(context: Context, shipment: Shipment, progress: Progress | None) -> LoadReport:
    with act(context, "services.catalogue.load", Resource(kind="catalogue")) as acting:
        items = [_clean(row, shipment) for row in shipment.rows]
        report = _store(items, shipment, progress or _quiet)
        acting.note(items=len(items), added=report.added, changed=report.changed)
        if report.added or report.changed or report.removed:
            event = CatalogueLoaded(
                subject="catalogue/services", version=report.version, items=len(items)
            )
            acting.emit(event)
        return report


def _quiet(done: int, total: int) -> None:
    return None


def _clean(row: Mapping[str, Any], shipment: Shipment) -> Item:
    return cleaning.item(row, english=shipment.item_names, departments=shipment.department_names)


def _store(items: list[Item], shipment: Shipment, progress: Progress) -> LoadReport:
    known = dict(ServiceItem.objects.values_list("code", "checksum"))
    _store_departments(items)
    added: list[ServiceItem] = []
    changed: list[ServiceItem] = []
    for number, item in enumerate(items, 1):
        row = _row(item, number, known.get(item.task_code))
        if row is not None:
            (changed if item.task_code in known else added).append(row)
        progress(number, len(items))
    gone = known.keys() - {item.task_code for item in items}
    ServiceItem.objects.bulk_create(added, batch_size=200)
    fields = ["department", "position", "name", "checksum", "facts", "tokens"]
    ServiceItem.objects.bulk_update(changed, fields, batch_size=100)
    for some in _batches(sorted(gone)):
        ServiceItem.objects.filter(code__in=some).delete()
    gaps = cleaning.gaps(items)
    moved = bool(added or changed or gone)
    version = _store_state(items, shipment, msgspec.json.encode(gaps).decode(), moved=moved)
    return LoadReport(
        read=len(items),
        added=len(added),
        changed=len(changed),
        unchanged=len(items) - len(added) - len(changed),
        removed=len(gone),
        version=version,
        gaps=gaps,
    )


def _batches(codes: list[str], size: int = 500) -> Iterator[list[str]]:
    for start in range(0, len(codes), size):
        yield codes[start : start + size]


def _store_departments(items: Iterable[Item]) -> None:
    rows = {
        item.dept_code: Department(
            code=item.dept_code, name=item.dept_name, name_en=item.dept_name_en
        )
        for item in items
    }
    Department.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_en"],
    )


def _row(item: Item, position: int, checksum: str | None) -> ServiceItem | None:
    """The row to write, None when the stored one says the same."""
    facts = msgspec.json.encode(item)
    mark = b"|".join((facts, str(position).encode(), TOKENS_VERSION.encode()))
    now = hashlib.sha256(mark).hexdigest()
    if now == checksum:
        return None
    return ServiceItem(
        code=item.task_code,
        department_id=item.dept_code,
        position=position,
        name=item.task_name,
        checksum=now,
        facts=facts.decode(),
        tokens=msgspec.json.encode(index.tokens(item)).decode(),
    )


def _store_state(items: list[Item], shipment: Shipment, gaps: str, *, moved: bool) -> int:
    """Write the one row that tells all processes what there is; answers the version."""
    before = CatalogueState.objects.select_for_update().first()
    told = {
        "items": len(items),
        "source": msgspec.json.encode(shipment.source).decode(),
        "gaps": gaps,
        "situations": msgspec.json.encode(shipment.situations).decode(),
        "featured": msgspec.json.encode(shipment.featured).decode(),
    }
    same = before is not None and all(getattr(before, key) == told[key] for key in told)
    if before is not None and same and not moved:
        return before.version
    version = (before.version if before else 0) + (1 if moved or before is None else 0)
    CatalogueState.objects.update_or_create(
        id=1, defaults={**told, "version": version, "loaded_at": clock.now()}
    )
    return version
