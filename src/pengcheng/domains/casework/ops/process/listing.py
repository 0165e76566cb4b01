"""Tasks of one's groups and on one's desk, most urgent first."""

from django.db.models import F, Q

from pengcheng.domains.casework.contracts import Label, Person, StepState, Task, TaskPage, TaskQuery
from pengcheng.domains.casework.models import StepRecord
from pengcheng.domains.casework.ops import store
from pengcheng.domains.casework.ops.process.views import acts, clock_of
from pengcheng.domains.casework.rules.guards import groups_of
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel.acting import look
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

LARGEST_PAGE = 200
LIST = "casework.task.list"


def list_tasks(context: Context, query: TaskQuery) -> TaskPage:
    permit(context, LIST, Resource(kind="task"))
    rows = StepRecord.objects.filter(_wanted(context, query)).select_related("case")
    size = min(max(query.size, 1), LARGEST_PAGE)
    total = rows.count()
    pages = max(1, -(-total // size))
    page = min(max(query.page, 1), pages)
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "begun_at", "pk")
    found = ordered[(page - 1) * size : page * size]
    owners = [row.case.owner_id for row in found]
    look(context, LIST, Resource(kind="task-list"), subjects=owners)
    return TaskPage(
        rows=tuple(_task(context, row) for row in found), total=total, page=page, pages=pages
    )


def _wanted(context: Context, query: TaskQuery) -> Q:
    """The widest the asker may see under this scope; filters only narrow it."""
    actor = context.actor.id
    open_tasks = Q(kind="task", case__state__in=OPEN)
    if query.scope == "mine":
        found = open_tasks & Q(state=StepState.CLAIMED, assignee_id=actor)
    else:
        states = Q(state__in={StepState.READY, StepState.CLAIMED})
        found = open_tasks & states & Q(group__in=groups_of(context))
    found &= ~Q(case__owner_id=actor)
    if query.case_id:
        found &= Q(case_id=query.case_id)
    for word in query.text.replace("\x00", "").split():
        found &= (
            Q(case__reference__icontains=word)
            | Q(case__title_zh__icontains=word)
            | Q(case__title_en__icontains=word)
            | Q(label_zh__icontains=word)
            | Q(label_en__icontains=word)
        )
    return found


def _task(context: Context, row: StepRecord) -> Task:
    case, state = row.case, store.state_of(row.case)
    status = state.process[row.step_id]
    return Task(
        case_id=case.pk,
        reference=case.reference,
        title=Label(case.title_zh, case.title_en),
        item_code=case.item_code,
        step_id=row.step_id,
        label=Label(row.label_zh, row.label_en),
        group=status.group,
        state=status.state,
        assignee=Person(status.assignee_id, status.assignee_name) if status.assignee_id else None,
        clock=clock_of(status, state),
        begun_at=status.begun_at or case.opened_at,
        can=acts(context, case, state, row.step_id),
    )
