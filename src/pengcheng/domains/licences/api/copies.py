"""The door of copies that are bound to a taker and a purpose (加注件)."""

from datetime import date

from pengcheng.domains.licences.contracts import Paper
from pengcheng.domains.licences.contracts.copies import Copy, CopyCheck, Traced
from pengcheng.domains.licences.ops import copies, tracing
from pengcheng.kernel.context import Context


def make(
    *,
    context: Context,
    licence_id: str,
    taker: str,
    purpose: str,
    until: date,
    reason: str = "",
) -> Copy:
    """A copy for one taker and purpose. Who makes one of another's licence gives the reason."""
    return copies.make(context, licence_id, taker, purpose, until, reason)


def copies_of(*, context: Context, licence_id: str) -> tuple[Copy, ...]:
    """All copies of a licence, the newest first."""
    return copies.copies_of(context, licence_id)


def take(*, context: Context, copy_id: str) -> Paper:
    """The copy as a sealed PDF. Raises Conflict when it does not hold any more."""
    return copies.take(context, copy_id)


def end(*, context: Context, copy_id: str) -> Copy:
    """The holder ends a copy: whoever scans it reads so."""
    return copies.end(context, copy_id)


def check(*, context: Context, code: str) -> CopyCheck:
    """What the code on a copy says to whoever has it. Raises NotFound."""
    return copies.check(context, code)


def trace(*, context: Context, content: bytes, reason: str) -> Traced:
    """Whose copy a leaked picture or PDF is; audited with the reason. Raises Invalid."""
    return tracing.trace(context, content, reason)
