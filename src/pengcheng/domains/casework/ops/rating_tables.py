"""Tables of ratings: counts, means and intervals by department, item, channel or indicator."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import msgspec
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.casework.contracts.ratings import (
    BAD,
    GRADES,
    Comment,
    RatingQuery,
    RatingRow,
    RatingTable,
)
from pengcheng.domains.casework.models import CaseRecord, RatingRecord, RectificationRecord
from pengcheng.domains.casework.ops import definitions, rectifying
from pengcheng.domains.casework.rules import rating as rules
from pengcheng.domains.casework.rules.guards import groups_of, other_group
from pengcheng.domains.casework.rules.indicators import LOOP, tag_label
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

Grades = dict[int, int]
ALL = Label("全部", "All")
CHANNELS = {
    "online": Label("网上办理", "Online"),
    "counter": Label("窗口办理", "Counter"),
    "kiosk": Label("自助终端", "Kiosk"),
    "phone": Label("电话热线", "Telephone"),
}
COMMENTS = 50


def public(context: Context, query: RatingQuery) -> RatingTable:
    """For everybody: what too few rated is left out, and so is the sum if it would tell."""
    permit(context, "casework.rating.league", Resource(kind="rating"))
    return _suppressed(_table(query, least=rules.MIN_PUBLIC))


def board(context: Context, query: RatingQuery) -> RatingTable:
    """For officials: every line, and how the answers to bad ratings stand."""
    permit(context, "casework.rating.board", Resource(kind="rating"))
    records = RectificationRecord.objects.select_related("case")
    waiting = list(records.filter(case__outcome=None))
    today = clock.today()
    return msgspec.structs.replace(
        _table(query),
        rectifications=RectificationRecord.objects.count(),
        rectifications_open=len(waiting),
        rectifications_overdue=sum(rectifying.late(each, today) for each in waiting),
    )


def export(context: Context, query: RatingQuery) -> RatingTable:
    """The board to take away; audited."""
    with act(context, "casework.rating.export", Resource(kind="rating")) as acting:
        found = board(context, query)
        acting.note(rows=len(found.rows), by=query.by)
    return found


def comments(context: Context, query: RatingQuery) -> tuple[Comment, ...]:
    """The latest free words, for supervisors alone, without the cases they belong to."""
    with act(context, "casework.rating.comments", Resource(kind="rating")) as acting:
        if not groups_of(context) & LOOP.all_supervisors:
            raise other_group()
        rows = _asked(query).exclude(text="").select_related("case").order_by("-at")[:COMMENTS]
        found = tuple(_comment(row) for row in rows)
        acting.note(rows=len(found))
        acting.shows(row.case.owner_id for row in rows)
    return found


def _comment(row: RatingRecord) -> Comment:
    title = Label(row.case.title_zh, row.case.title_en)
    return Comment(at=row.at, grade=row.grade, item=title, department=row.department, text=row.text)


def _asked(query: RatingQuery) -> QuerySet[RatingRecord]:
    plain = {"channel": query.channel, "department": query.department, "kind": query.kind}
    rows = RatingRecord.objects.filter(
        **{name: value.replace("\x00", "") for name, value in plain.items() if value}
    )
    if query.since:
        rows = rows.filter(at__gte=_midnight(query.since))
    if query.until:
        rows = rows.filter(at__lt=_midnight(query.until + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.CITY_ZONE)


def _standing(query: RatingQuery) -> QuerySet[RatingRecord]:
    """The first word or its correction, one a case."""
    corrected = RatingRecord.objects.filter(case=OuterRef("case"), round="changed")
    return _asked(query).exclude(round="again").exclude(Q(round="first") & Exists(corrected))


def _table(query: RatingQuery, least: int = 1) -> RatingTable:
    rows = _standing(query)
    counted = _by_tag(rows) if query.by == "tag" else _by_column(rows, _COLUMNS[query.by])
    labels = _labels(query.by, counted)
    lines = [rules.row(key, labels[key], each, least=least) for key, each in counted.items()]
    again = _asked(query).filter(round="again")
    return RatingTable(
        at=clock.now(),
        query=query,
        rows=_ordered(query.by, lines),
        total=rules.row("", ALL, _grades(rows), least=least),
        again=again.count(),
        again_satisfied=again.filter(grade__gt=BAD).count(),
    )


_COLUMNS = {
    "department": "department",
    "item": "item_code",
    "channel": "channel",
    "grade": "grade",
}


def _ordered(by: str, lines: list[RatingRow]) -> tuple[RatingRow, ...]:
    if by in {"department", "item"}:
        return rules.ranked(lines)
    if by == "grade":
        return tuple(sorted(lines, key=lambda r: r.key, reverse=True))
    return tuple(sorted(lines, key=lambda r: (-r.count, r.key)))


def _grades(rows: QuerySet[RatingRecord]) -> Grades:
    return dict(rows.order_by().values_list("grade").annotate(n=Count("pk")))


def _by_column(rows: QuerySet[RatingRecord], column: str) -> dict[str, Grades]:
    found: dict[str, Grades] = defaultdict(dict)
    counted = rows.order_by().values_list(column, "grade").annotate(n=Count("pk"))
    for key, grade, n in counted:
        found[str(key)][grade] = n
    return found


def _by_tag(rows: QuerySet[RatingRecord]) -> dict[str, Grades]:
    """Tags lie in lists, which the two databases open differently; so they are counted here."""
    found: dict[str, Grades] = defaultdict(lambda: defaultdict(int))
    for tags, grade in rows.exclude(tags=[]).values_list("tags", "grade").iterator():
        for tag in tags:
            found[tag][grade] += 1
    return found


def _labels(by: str, keys: Iterable[str]) -> dict[str, Label]:
    if by == "item":
        return _of_cases("item_code", keys)
    if by == "department":
        return _of_cases("department", keys)
    if by == "channel":
        return {key: CHANNELS[key] for key in keys}
    if by == "grade":
        return {key: GRADES[int(key)] for key in keys}
    return {key: tag_label(key) for key in keys}


def _of_cases(column: str, keys: Iterable[str]) -> dict[str, Label]:
    """Names as the newest case has them, in both languages."""
    cases = CaseRecord.objects.filter(ratings__isnull=False, **{f"{column}__in": list(keys)})
    newest = dict(cases.order_by().values_list(column).annotate(Max("pk")))
    found = {key: Label(key, key) for key in keys}
    for case in CaseRecord.objects.filter(pk__in=newest.values()):
        pinned = definitions.load(case.definition_id)
        if column == "item_code":
            found[case.item_code] = pinned.title
        else:
            english = pinned.department_en or case.department
            found[case.department] = Label(case.department, english)
    return found


def _suppressed(table: RatingTable) -> RatingTable:
    shown = tuple(row for row in table.rows if row.count >= rules.MIN_PUBLIC)
    few = [row.count for row in table.rows if row.count < rules.MIN_PUBLIC]
    told = sum(few) >= rules.MIN_PUBLIC and len(few) > 1
    single = table.query.by != "tag" and few and not told
    total = _sum_of(shown) if single else table.total
    return msgspec.structs.replace(
        table,
        rows=shown,
        total=total,
        hidden=len(few),
        hidden_count=sum(few) if told else None,
        again=table.again if table.again >= rules.MIN_PUBLIC else 0,
        again_satisfied=table.again_satisfied if table.again >= rules.MIN_PUBLIC else 0,
    )


def _sum_of(rows: tuple[RatingRow, ...]) -> RatingRow:
    """A total of what is shown, for the true one would give away what is not."""
    count, bad = sum(r.count for r in rows), sum(r.bad for r in rows)
    if count < rules.MIN_PUBLIC:
        return rules.row("", ALL, {})
    low, high = rules.wilson(count - bad, count)
    return RatingRow(
        key="",
        label=ALL,
        count=count,
        mean=sum((r.mean or 0) * r.count for r in rows) / count,
        satisfied=(count - bad) / count,
        low=low,
        high=high,
        bad=bad,
    )
