"""Opening a case and deciding it by rule in one go: the case is written and locked once."""

from pengcheng.domains.casework.contracts import Opened, Person, RuleDecision, Submission
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import opening, steps
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context


def open_and_decide(
    context: Context,
    definition: str,
    submission: Submission,
    key: str,
    owner: Person | None,
    decision: RuleDecision | None,
    by: Context,
) -> Opened:
    asked = opening.filing(
        context, definition, submission, key, owner, decided=decision is not None
    )

    def decided(row: CaseRecord) -> None:
        if decision is not None:
            steps.decide_new(by.caused_by(row.opened_event), row, decision)

    with act(context, opening.OPEN, asked.resource) as acting:
        row, code = opening.opened(acting, asked, decided)
        return Opened(
            case_id=row.pk,
            reference=row.reference,
            owner=Person(row.owner_id, row.owner_name),
            code=code,
            event=row.opened_event,
        )
