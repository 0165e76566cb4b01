"""Lists of cases: what is in them, in which order, page by page."""

from datetime import date

import msgspec
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from pengcheng.domains.casework.contracts import CasePage, CaseQuery, CaseRow, ClockState
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import views
from pengcheng.domains.casework.rules.guards import groups_of
from pengcheng.domains.casework.rules.table import ENDED, OPEN, PAUSED, RUNNING
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act, look
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

LARGEST_PAGE = 200
LIST = "casework.case.list"
LARGEST_EXPORT = 5000
ORDERS = {
    "due": "due_on",
    "opened": "opened_at",
    "updated": "updated_at",
    "reference": "reference",
    "state": "state",
    "title": "title_zh",
    "owner": "owner_name",
}


def list_cases(context: Context, query: CaseQuery) -> CasePage:
    _permit(context, query)
    query = _storable(query)
    today = clock.today()
    rows = CaseRecord.objects.filter(scope(context, query) & wanted(query, today))
    size = min(max(query.size, 1), LARGEST_PAGE)
    total = rows.count()
    pages = max(1, -(-total // size))
    page = min(max(query.page, 1), pages)
    start = (page - 1) * size
    found = rows.order_by(*_order(query.sort))[start : start + size]
    shown = tuple(views.row_view(row, today) for row in found)
    if query.scope != "own":
        look(context, LIST, Resource(kind="case-list"), subjects=[row.owner.id for row in shown])
    return CasePage(rows=shown, total=total, page=page, pages=pages)


def export_cases(context: Context, query: CaseQuery) -> tuple[CaseRow, ...]:
    """Every row of the list, up to a limit, and one more to tell that it goes on; audited."""
    today, query = clock.today(), _storable(query)
    with act(context, "casework.case.export", Resource(kind="case-list")) as acting:
        _permit(context, query)
        rows = CaseRecord.objects.filter(scope(context, query) & wanted(query, today))
        found = rows.order_by(*_order(query.sort))[: LARGEST_EXPORT + 1]
        lines = tuple(views.row_view(row, today) for row in found)
        acting.shows(line.owner.id for line in lines[:LARGEST_EXPORT])
        acting.note(rows=min(len(lines), LARGEST_EXPORT), scope=query.scope)
    return lines


def _storable(query: CaseQuery) -> CaseQuery:
    """Without NUL, which no name has and PostgreSQL takes for an error."""
    words = {name: getattr(query, name) for name in ("text", "group", "assignee", "kind")}
    clean = {name: value.replace("\x00", "") for name, value in words.items()}
    return msgspec.structs.replace(query, **clean)


def _permit(context: Context, query: CaseQuery) -> None:
    if query.scope == "own":
        own = Resource(kind="case", owner=context.actor.id)
        permit(context, "casework.case.list_own", own)
    else:
        permit(context, LIST, Resource(kind="case"))


def scope(context: Context, query: CaseQuery) -> Q:
    """The widest the asker may see under this scope; filters only narrow it."""
    actor = context.actor.id
    if query.scope == "own":
        return Q(owner_id__in=[x for x in (actor, context.on_behalf_of) if x])
    if query.scope == "mine":
        return Q(assignee_id=actor, state__in=OPEN)
    served = Q(group__in=groups_of(context)) | Q(assignee_id=actor)
    return served & Q(state__in=OPEN) if query.scope == "group" else served


def wanted(query: CaseQuery, today: date) -> Q:
    plain = {
        "group": query.group,
        "assignee_id": query.assignee,
        "kind": query.kind,
        "due_on__gte": query.due_from,
        "due_on__lte": query.due_to,
        "state__in": query.states,
    }
    found = Q(**{name: value for name, value in plain.items() if value})
    if query.kinds:
        found &= Q(kind__in=query.kinds)
    if query.unassigned:
        found &= Q(assignee_id="")
    if query.open_only:
        found &= Q(state__in=OPEN)
    if query.clock is not None:
        found &= clock_filter(query.clock, today)
    for word in query.text.split():
        found &= _holds(word)
    return found


def clock_filter(shade: ClockState, today: date) -> Q:
    """The same shades as `timing.view`, as the database sees them."""
    running = Q(state__in=RUNNING)
    return {
        ClockState.OVERDUE: running & Q(due_on__lt=today),
        ClockState.WARNING: running & Q(due_on__gte=today, warn_on__lte=today),
        ClockState.RUNNING: running & Q(due_on__gte=today, warn_on__gt=today),
        ClockState.PAUSED: Q(state__in=PAUSED),
        ClockState.STOPPED: Q(state__in=ENDED),
    }[shade]


def _holds(word: str) -> Q:
    return (
        Q(reference__icontains=word)
        | Q(title_zh__icontains=word)
        | Q(title_en__icontains=word)
        | Q(owner_name__icontains=word)
        | Q(item_code__iexact=word)
    )


def _order(sort: str) -> list[OrderBy | str]:
    column = F(ORDERS.get(sort.lstrip("-"), "due_on"))
    down = sort.startswith("-")
    first = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return [first, "pk"]
