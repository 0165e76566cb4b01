"""Events told of a case."""

from typing import Any, TypeVar

from pengcheng.domains.casework.events import CaseEvent
from pengcheng.domains.casework.models import CaseRecord

E = TypeVar("E", bound=CaseEvent)


def event(kind: type[E], row: CaseRecord, **more: Any) -> E:
    """An event of this kind about the case as it now stands."""
    return kind(
        subject=f"case/{row.pk}",
        case_id=row.pk,
        reference=row.reference,
        kind=row.kind,
        item_code=row.item_code,
        owner=row.owner_id,
        group=row.group,
        state=row.state,
        **more,
    )
