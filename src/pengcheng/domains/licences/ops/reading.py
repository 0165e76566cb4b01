"""Reading licences: one's own, an issuer's search, and what anybody may verify."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from pengcheng.domains.licences.contracts import (
    Dossier,
    Issuer,
    Licence,
    Look,
    Page,
    Query,
    Row,
    State,
    Statistics,
    Step,
    TypeCount,
    Verdict,
    Verification,
)
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import store
from pengcheng.domains.licences.rules import guards, kinds, numbers, seal
from pengcheng.domains.licences.rules.table import ENDED, STEPS, target
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act, look
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, allowed, permit

READ = "licences.licence.read"
LOOKS = (READ, "licences.showing.read", "licences.presentation.read")
MOST = 200


def get(context: Context, licence_id: str) -> Licence:
    return store.licence_of(_readable(context, licence_id))


def dossier(context: Context, licence_id: str) -> Dossier:
    row = _readable(context, licence_id)
    changes = store.changes_of(row)
    return Dossier(
        licence=store.licence_of(row),
        changes=tuple(changes),
        looks=_looks(row),
        faults=tuple(_faults(row)),
        steps=_steps(context, row),
    )


def by_number(context: Context, number: str) -> Licence:
    row = _by_number(number)
    if row is None:
        raise guards.not_found()
    return get(context, row.pk)


def list_of(context: Context, holder: str | None, case_id: str) -> tuple[Row, ...]:
    """Newest first; a person's own, or by an official with a purpose."""
    whose = holder or context.on_behalf_of or context.actor.id
    look(context, "licences.licence.list", Resource(kind="licence", owner=whose))
    rows = LicenceRecord.objects.filter(holder_id=whose)
    if case_id:
        rows = rows.filter(case_id=case_id)
    return tuple(store.row_of(row) for row in rows.order_by("-issued_at", "-pk")[:MOST])


def search(context: Context, query: Query) -> Page:
    with act(context, "licences.licence.search", Resource(kind="licence")) as acting:
        acting.note(kind=query.type, state=query.state or "", page=query.page)
        rows = _filtered(query)
        total = rows.count()
        size = min(max(query.size, 1), MOST)
        pages = max(1, -(-total // size))
        page = min(max(query.page, 1), pages)
        found = rows.order_by("-issued_at", "-pk")[(page - 1) * size : page * size]
        acting.shows(row.holder_id for row in found)
        return Page(
            rows=tuple(store.row_of(row) for row in found), total=total, page=page, pages=pages
        )


def verify(context: Context, number: str) -> Verification:
    permit(context, "licences.licence.verify")
    now, parsed = clock.now(), numbers.parse(number)
    if parsed is None:
        return Verification(verdict="mistyped", number=number[:120], checked_at=now)
    row = _by_number(str(parsed))
    if row is None:
        return Verification(verdict="unknown", number=str(parsed), checked_at=now)
    return Verification(
        verdict=_verdict(row),
        number=row.number,
        checked_at=now,
        name=kinds.types()[row.type].name,
        issuer=Issuer(code=row.issuer_code, zh=row.issuer_zh, en=row.issuer_en),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        holder_kind=row.holder_kind,  # type: ignore[arg-type]
        since=row.updated_at,
    )


def statistics(context: Context) -> Statistics:
    permit(context, "licences.statistics.read")
    now, today = clock.now(), clock.today()
    rows = LicenceRecord.objects.all()
    recent = Q(issued_at__gte=now - timedelta(days=30))
    over = Q(valid_until__lt=today)
    holds = Q(state=State.VALID) & ~over
    held = Q(state=State.SUSPENDED) & ~over
    counted = rows.values("type").annotate(
        total=Count("pk"),
        valid=Count("pk", filter=holds),
        suspended=Count("pk", filter=held),
        issued_30_days=Count("pk", filter=recent),
    )
    types = tuple(_type_count(one) for one in counted.order_by("-total", "type"))
    states = dict(
        rows.filter(~over | Q(state__in=ENDED)).values_list("state").annotate(Count("pk"))
    )
    states["expired"] = rows.filter(over & ~Q(state__in=ENDED)).count() + states.get("expired", 0)
    ends = holds & Q(valid_until__lte=today + timedelta(days=30))
    return Statistics(
        at=now,
        total=rows.count(),
        states=states,
        types=types,
        issued_30_days=sum(one.issued_30_days for one in types),
        ends_30_days=rows.filter(ends).count(),
    )


def _type_count(told: Mapping[str, Any]) -> TypeCount:
    total, valid, suspended = (int(told[name]) for name in ("total", "valid", "suspended"))
    return TypeCount(
        type=str(told["type"]),
        name=kinds.types()[str(told["type"])].name,
        valid=valid,
        suspended=suspended,
        ended=total - valid - suspended,
        issued_30_days=int(told["issued_30_days"]),
    )


def _readable(context: Context, licence_id: str) -> LicenceRecord:
    """The licence, if the asker may read it; any look but the holder's own is audited."""
    row = store.find(licence_id)
    if row.holder_id in {context.actor.id, context.on_behalf_of}:
        permit(context, READ, store.resource(row))
        return row
    with act(context, READ, store.resource(row)):
        return row


def _by_number(number: str) -> LicenceRecord | None:
    parsed = numbers.parse(number)
    return LicenceRecord.objects.filter(number=str(parsed)).first() if parsed else None


def _verdict(row: LicenceRecord) -> Verdict:
    state = store.standing(row)
    if state == State.VALID and row.valid_from > clock.today():
        return "not_yet"
    return state.value


def _filtered(query: Query) -> QuerySet[LicenceRecord]:
    rows, today = LicenceRecord.objects.all(), clock.today()
    text = query.text.strip()[:120]
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(holder_name__icontains=text))
    if query.type:
        rows = rows.filter(type=query.type)
    if query.issuer:
        rows = rows.filter(issuer_code=query.issuer)
    if query.state is not None:
        rows = _in_state(rows, query.state)
    if query.ends_within is not None:
        last = today + timedelta(days=min(max(query.ends_within, 0), 3660))
        rows = rows.filter(valid_until__gte=today, valid_until__lte=last, state=State.VALID)
    return rows


def _in_state(rows: QuerySet[LicenceRecord], state: State) -> QuerySet[LicenceRecord]:
    over = Q(valid_until__lt=clock.today())
    if state == State.EXPIRED:
        return rows.filter(Q(state=state) | (over & ~Q(state__in=ENDED)))
    return rows.filter(state=state) if state in ENDED else rows.filter(~over, state=state)


def _looks(row: LicenceRecord) -> tuple[Look, ...]:
    resource = f"licence/{row.pk}"
    lines = [
        line
        for action in LOOKS
        for line in audit.entries(resource=resource, action=action, limit=50)
    ]
    lines.sort(key=lambda line: line.time, reverse=True)
    return tuple(
        Look(at=one.time, action=one.action, actor_kind=one.actor_kind, purpose=one.purpose)
        for one in lines
        if one.outcome == "success" and one.actor != row.holder_id
    )


def _faults(row: LicenceRecord) -> list[str]:
    changes = store.changes_of(row)
    found = seal.faults(changes)
    if not changes or (changes[-1].hash, changes[-1].state) != (row.head, row.state):
        found.append("the state is not what the history tells")
    if seal.commitment(row.salt, store.committed(row)) != row.commitment:
        found.append("what stands on the licence was altered")
    return found


def _steps(context: Context, row: LicenceRecord) -> frozenset[Step]:
    state = store.standing(row)
    return frozenset(
        step
        for step, rule in STEPS.items()
        if target(state, step)
        and allowed(context, rule.permission, store.resource(row))
        and guards.objection(context, row.holder_id, state, step) is None
    )
