"""Special procedures (特别程序): an inspection, a hearing, an expert's look; the clocks stop."""

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import Case, Step
from pengcheng.domains.casework.ops.process.driving import go_on
from pengcheng.domains.casework.ops.walking import Words, walking
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kernel.workcalendar import WorkCalendar

LONGEST = 250


def suspend(
    context: Context, case_id: str, version: int, reason: str, legal_basis: str, days: int
) -> Case:
    _check(legal_basis, days)
    with walking(context, case_id, Step.SUSPEND, version) as walk:
        until = WorkCalendar.china().add_working_days(clock.today(), days) if days else None
        words = Words(reason=reason, legal_basis=legal_basis.strip())
        walk.step(Step.SUSPEND, words, expected_on=until)
        walk.tell(events.CaseSuspended)
        return walk.view()


def resume(context: Context, case_id: str, version: int, reason: str) -> Case:
    with walking(context, case_id, Step.RESUME, version) as walk:
        walk.step(Step.RESUME, Words(reason=reason), expected_on=None)
        walk.tell(events.CaseResumed)
        go_on(walk)
        return walk.view()


def _check(legal_basis: str, days: int) -> None:
    errors = []
    if not legal_basis.strip() or len(legal_basis) > 500:
        zh, en = "请填写法律依据（500字以内）", "Name the legal basis, in at most 500 characters"
        errors.append(FieldError("/legal_basis", zh, en))
    if not 0 <= days <= LONGEST:
        zh, en = f"天数须在0至{LONGEST}之间", f"Between 0 and {LONGEST} days"
        errors.append(FieldError("/days", zh, en))
    if errors:
        raise Invalid(
            code="casework.case.suspension",
            zh="请检查中止信息",
            en="Look at the suspension again",
            next_zh="请补全后重试。",
            next_en="Fill in what is missing and try again.",
            errors=errors,
        )
