"""Numbers that people read out."""

from pengcheng.domains.payments.models import Number
from pengcheng.kernel import clock, ids


def reference(prefix: str) -> str:
    """The next reference with this prefix, e.g. `JF-2026-000042-K`."""
    return ids.reference(prefix, clock.today().year, Number.objects.create().id)
