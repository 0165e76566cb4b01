"""The door of public notices (公示): what is up, objections, their answers."""

from __future__ import annotations

from pengcheng.domains.services.contracts.notices import PublicNotice
from pengcheng.domains.services.ops import public_notices
from pengcheng.kernel.context import Context, system_context


def standing() -> tuple[PublicNotice, ...]:
    """What is up now. Public."""
    return public_notices.listed(standing=True)


def past() -> tuple[PublicNotice, ...]:
    """What was up before. Public."""
    return public_notices.listed(standing=False)


def get(*, context: Context, notice_id: str) -> PublicNotice:
    """One notice; whoever objected sees their own objection. Raises NotFound."""
    return public_notices.get(context, notice_id)


def object_to(*, context: Context, notice_id: str, text: str) -> None:
    """Object, once, while it is up. Raises Conflict or Invalid."""
    public_notices.object_to(context, notice_id, text)


def of_office(*, context: Context) -> tuple[PublicNotice, ...]:
    """The notices of the official's own office with all objections."""
    return public_notices.for_office(context)


def answer(*, context: Context, objection_id: str, text: str) -> str:
    """Answer an objection; answers the notice's id. The last answer lets the case go on."""
    system = system_context("services", cause=context.cause)
    return public_notices.answer(context, system, objection_id, text)


def post(*, context: Context, case_id: str, message: str) -> None:
    """A process waits for its notice."""
    public_notices.post(context, case_id, message)


def sweep(*, context: Context) -> int:
    """Close what has been up long enough; answers how many cases go on."""
    return public_notices.sweep(context)


def drop(*, case_id: str) -> None:
    """The case ended before its notice did."""
    public_notices.drop(case_id)
