"""Reading filings: the whole for its owner, the states alone for officials of its parts."""

from __future__ import annotations

from pengcheng.domains.services.contracts.lifeevents import (
    EventInShort,
    Line,
    PartState,
    PartView,
    Sibling,
)
from pengcheng.domains.services.contracts.lifeevents import Filing as FilingView
from pengcheng.domains.services.models import Filing, FilingPart
from pengcheng.domains.services.ops import drafts, lifeevents_fees
from pengcheng.domains.services.rules import lifeevents
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Denied


def own(context: Context) -> tuple[FilingView, ...]:
    """The person's filings, newest first, without their lines."""
    permit(context, "services.matter.read")
    rows = Filing.objects.filter(owner=drafts.owner_of(context)).prefetch_related("parts")
    return tuple(view(row) for row in rows)


def get(context: Context, filing_id: str) -> FilingView:
    """One filing with its timeline, for its owner."""
    row = Filing.objects.filter(pk=filing_id).prefetch_related("parts", "lines").first()
    if row is None:
        raise drafts.missing()
    permit(context, "services.event.read", Resource(kind="event", id=row.pk, owner=row.owner))
    lines = tuple(
        Line(at=line.at, what=line.what, part=line.part, note=line.note) for line in row.lines.all()
    )
    return view(row, lines)


def of_case(case_id: str) -> str:
    """The filing that a case is a part of; empty when it is none's."""
    row = FilingPart.objects.filter(case_id=case_id).first()
    return row.filing_id if row else ""


def of_draft(draft_id: str) -> str:
    """The filing that was sent with this draft; empty while it is not sent."""
    return Filing.objects.filter(draft_id=draft_id).values_list("pk", flat=True).first() or ""


def view(row: Filing, lines: tuple[Line, ...] = ()) -> FilingView:
    event = lifeevents.events()[row.event]
    stages = lifeevents.stages(event)
    return FilingView(
        id=row.pk,
        event=event,
        reference=row.reference,
        owner=row.owner,
        owner_name=row.owner_name,
        draft_id=row.draft_id,
        sent_at=row.sent_at,
        parts=tuple(
            PartView(
                part=event.the(part.part),
                state=PartState(part.state),
                stage=stages[part.part],
                case_id=part.case_id,
                reference=part.reference,
                attempt=part.attempt,
                facts=part.facts,
                licence_id=part.licence_id,
                stopped_by=part.stopped_by,
                changed_at=part.changed_at,
            )
            for part in row.parts.all()
        ),
        lines=lines,
        charges=lifeevents_fees.charges_of(row),
        order_id=row.order_id,
        paid_at=row.paid_at,
    )


def in_short(context: Context, filing_id: str) -> EventInShort:
    """How the parts stand, for an official of one of them: states, no contents."""
    row = Filing.objects.filter(pk=filing_id).prefetch_related("parts").first()
    if row is None:
        raise drafts.missing()
    permit(context, "services.event.glance", Resource(kind="event", id=row.pk))
    seen = view(row)
    if context.organisation not in {part.group for part in seen.event.part}:
        raise _not_concerned()
    return EventInShort(
        reference=seen.reference,
        event=seen.event,
        siblings=tuple(
            Sibling(
                zh=each.part.zh,
                en=each.part.en,
                department_zh=each.part.department_zh,
                department_en=each.part.department_en,
                state=each.state,
                own=each.part.group == context.organisation,
                case_id=each.case_id if each.part.group == context.organisation else "",
                changed_at=each.changed_at,
            )
            for each in seen.parts
        ),
    )


def _not_concerned() -> Denied:
    return Denied(
        code="services.event.other_group",
        zh="本单位没有参与这件事",
        en="Your office has no part in this event",
        next_zh="请由参与部门的工作人员查看。",
        next_en="An official of a department that has a part can look.",
    )
