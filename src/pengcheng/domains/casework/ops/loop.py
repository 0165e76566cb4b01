"""What the answering of a bad rating adds to the guards of its case."""

from typing import Any

from pengcheng.domains.casework.contracts import Step
from pengcheng.domains.casework.models import CaseRecord, JournalLine, RectificationRecord


def officials_of(row: CaseRecord) -> frozenset[str]:
    """Whoever handled the case for the city or handed it in for the applicant."""
    lines = JournalLine.objects.filter(case=row.pk, actor_kind="official")
    found = set(lines.values_list("actor_id", flat=True))
    return frozenset((found | {row.opened_by, row.assignee_id, row.decided_by}) - _nobody(row))


def _nobody(row: CaseRecord) -> set[str]:
    return {"", row.owner_id}


def loop_facts(row: CaseRecord) -> dict[str, Any]:
    """Facts of a rectification: who handled what it looks into, and what has to be done first."""
    found = RectificationRecord.objects.filter(pk=row.pk).select_related("rated").first()
    if found is None:
        return {}
    barred = {Step.REQUEST_CORRECTION}  # the clock of an answer is not stopped
    if found.verified_at is None or not found.confirmed or found.mended_at is None:
        barred.add(Step.GRANT)
    if found.verified_at is None or found.confirmed:
        barred.add(Step.REFUSE)
    return {"handlers": officials_of(found.rated), "barred": frozenset(barred)}
