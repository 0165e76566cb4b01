"""An official's day: many cases at once, each by itself; hands that change; views that are kept."""

from collections.abc import Callable, Iterable

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from pengcheng.domains.casework.contracts import Case, Person
from pengcheng.domains.casework.contracts.desk import Desks, Result, SavedView
from pengcheng.domains.casework.models import CaseRecord, SavedViewRecord
from pengcheng.domains.casework.ops import steps
from pengcheng.domains.casework.rules.guards import groups_of
from pengcheng.domains.casework.rules.rating import harmless
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound, Problem

MOST_AT_ONCE = 50
MOST_VIEWS = 20
KEEP = "casework.view.keep"
Seen = Iterable[tuple[str, int]]


# --- many at once -----------------------------------------------------------------------


def claim_many(context: Context, seen: Seen) -> tuple[Result, ...]:
    return _each(seen, lambda case_id, version: steps.claim(context, case_id, version))


def release_many(context: Context, seen: Seen, reason: str) -> tuple[Result, ...]:
    return _each(seen, lambda case_id, version: steps.release(context, case_id, version, reason))


def hand_over(context: Context, seen: Seen, assignee: Person, reason: str) -> tuple[Result, ...]:
    """Each case with its own journal line and its own result; what cannot go stays where it is."""
    return _each(
        seen,
        lambda case_id, version: steps.assign(context, case_id, version, assignee, reason),
    )


def _each(seen: Seen, act_on: Callable[[str, int], Case]) -> tuple[Result, ...]:
    """Every case in a transaction of its own, so that one refusal does not undo the others."""
    asked = list(seen)[:MOST_AT_ONCE]
    rows = CaseRecord.objects.filter(pk__in=[case_id for case_id, _ in asked])
    names = dict(rows.values_list("pk", "reference"))
    return tuple(_one(case_id, version, names, act_on) for case_id, version in asked)


def _one(
    case_id: str, version: int, names: dict[str, str], act_on: Callable[[str, int], Case]
) -> Result:
    reference = names.get(case_id, case_id[:8])
    try:
        case = act_on(case_id, version)
    except Problem as problem:
        told = {"zh": problem.zh, "en": problem.en}
        return Result(case_id=case_id, reference=reference, version=None, **told)
    return Result(case_id=case_id, reference=reference, version=case.version)


def desks(context: Context) -> Desks:
    """Colleagues who have had cases of the asker's groups, and the asker."""
    permit(context, "casework.case.assign", Resource(kind="case"))
    rows = CaseRecord.objects.filter(group__in=groups_of(context)).exclude(assignee_id="")
    counted = rows.values_list("assignee_id", "assignee_name").annotate(
        n=Count("pk", filter=Q(state__in=OPEN))
    )
    found = {id_: (Person(id_, name), n) for id_, name, n in counted.order_by("assignee_name")}
    own = Person(context.actor.id, context.actor.name)
    found.setdefault(own.id, (own, 0))
    return Desks(people=tuple(found.values()))


# --- views that are kept ----------------------------------------------------------------


def views(context: Context) -> tuple[SavedView, ...]:
    permit(context, KEEP, Resource(kind="view"))
    rows = SavedViewRecord.objects.filter(official_id=context.actor.id).order_by("at", "pk")
    return tuple(SavedView(id=row.pk, name=row.name, query=row.query) for row in rows)


def keep_view(context: Context, name: str, query: str) -> SavedView:
    """The same name again replaces the view."""
    told = harmless(name).replace("\n", " ")
    if not 0 < len(told) <= 40 or len(query) > 500:
        raise _bad_name()
    with act(context, KEEP, Resource(kind="view")):
        mine = SavedViewRecord.objects.filter(official_id=context.actor.id)
        if mine.exclude(name=told).count() >= MOST_VIEWS:
            raise _too_many()
        row = _replace(context.actor.id, told, query)
    return SavedView(id=row.pk, name=row.name, query=row.query)


def _replace(official: str, name: str, query: str) -> SavedViewRecord:
    facts = {"query": query, "at": clock.now()}
    try:
        with transaction.atomic():
            row, _made = SavedViewRecord.objects.update_or_create(
                official_id=official, name=name, defaults=facts
            )
    except IntegrityError:
        # The same name was kept by another window in this moment: it is there, which was wanted.
        row = SavedViewRecord.objects.get(official_id=official, name=name)
    return row


def drop_view(context: Context, view_id: str) -> None:
    with act(context, KEEP, Resource(kind="view", id=view_id)):
        mine = SavedViewRecord.objects.filter(pk=view_id, official_id=context.actor.id)
        if not mine.delete()[0]:
            raise NotFound(
                code="casework.view.not_found",
                zh="没有该常用列表",
                en="There is no such view",
                next_zh="请刷新页面。",
                next_en="Load the page again.",
            )


def _bad_name() -> Invalid:
    error = FieldError("/name", "请填写名称，不超过40字", "Give a name of at most 40 characters")
    return Invalid(
        code="casework.view.name",
        zh="请填写名称",
        en="Give the view a name",
        next_zh="名称不超过40字。",
        next_en="At most 40 characters.",
        errors=(error,),
    )


def _too_many() -> Conflict:
    return Conflict(
        code="casework.view.too_many",
        zh=f"最多保存{MOST_VIEWS}个常用列表",
        en=f"At most {MOST_VIEWS} views can be kept",
        next_zh="请先删除不用的列表。",
        next_en="Drop one that you do not need.",
    )
