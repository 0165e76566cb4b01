"""Publishing: which bundle new cases of an item take, and since when."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from pengcheng.domains.casework.contracts import Definition, Version
from pengcheng.domains.casework.models import VersionRecord
from pengcheng.domains.casework.ops import definitions
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Conflict

PUBLISH = "casework.definition.publish"


def publish(
    context: Context, definition: Definition, note: str, valid_from: datetime | None
) -> Version:
    """Publishing what is current already changes nothing, so programs may do it at each start."""
    resource = Resource(kind="definition", id=definition.item_code)
    with act(context, PUBLISH, resource) as acting:
        definitions.check(definition, published=True)
        sha256 = definitions.keep(definition)
        known = current(definition.kind, definition.item_code)
        if known is not None and known.sha256 == sha256:
            return known
        row = _numbered(acting, definition, sha256, note, valid_from or clock.now())
        acting.note(kind=row.kind, number=row.number, sha256=sha256)
    return _view(row)


def _numbered(
    acting: Acting, definition: Definition, sha256: str, note: str, valid_from: datetime
) -> VersionRecord:
    last = _rows(definition.kind, definition.item_code).order_by("-number").first()
    try:
        with transaction.atomic():
            return VersionRecord.objects.create(
                definition_id=sha256,
                kind=definition.kind,
                item_code=definition.item_code,
                number=last.number + 1 if last else 1,
                valid_from=valid_from,
                published_at=clock.now(),
                published_by=acting.context.actor.id,
                note=note[:500],
            )
    except IntegrityError as error:
        raise Conflict(
            code="casework.version.at_once",
            zh="另一版本刚刚发布",
            en="Another version has just been published",
            next_zh="请查看新版本后再发布。",
            next_en="Look at it before you publish yours.",
        ) from error


_of_item = Lookup(
    lambda item: VersionRecord.objects.filter(item_code=item).order_by("-valid_from", "-number")
)


def current(kind: str, item_code: str) -> Version | None:
    """The version in force: a planned one comes into force on its day."""
    now = clock.now()
    rows = (row for row in _of_item.all(item_code) if kind in ("", row.kind))
    return next((_view(row) for row in rows if row.valid_from <= now), None)


def versions(context: Context, kind: str, item_code: str) -> tuple[Version, ...]:
    permit(context, "casework.definition.read", Resource(kind="definition", id=item_code))
    return tuple(_view(row) for row in _rows(kind, item_code).order_by("-number"))


def _rows(kind: str, item_code: str) -> QuerySet[VersionRecord]:
    found = VersionRecord.objects.filter(item_code=item_code)
    return found.filter(kind=kind) if kind else found


def _view(row: VersionRecord) -> Version:
    return Version(
        kind=row.kind,
        item_code=row.item_code,
        sha256=row.definition_id,
        number=row.number,
        valid_from=row.valid_from,
        published_at=row.published_at,
        published_by=row.published_by,
        note=row.note,
    )
