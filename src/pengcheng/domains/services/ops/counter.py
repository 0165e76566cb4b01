"""Counter mode: an official files for a person who is present.

The official's own rights are laid aside for it: in the portal they act with a citizen's rights on
behalf of the person, and both stand in the audit and in the journal of the case.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.domains.services.contracts.counter import DOCUMENTS, Filed, Visit
from pengcheng.domains.services.events import VisitBegun, VisitEnded
from pengcheng.domains.services.models import CounterVisit, Draft
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Denied, FieldError, Invalid, NotFound

RIGHT = "services.counter.serve"
LENGTH = timedelta(minutes=30)


def begin(context: Context, username: str, document: str, tail: str, confirmed: bool) -> Visit:
    """Begin to serve a person. An earlier visit of the official ends with it."""
    permit(context, RIGHT, Resource(kind="visit"))
    person = _person(username)
    _refuse_wrong(person, document, tail, confirmed)
    if person is None or person.id == context.actor.id:
        raise Denied(
            code="services.counter.own",
            zh="不能为本人办理",
            en="Nobody serves themselves at the counter",
        )
    with act(context, RIGHT, Resource(kind="visit", owner=person.id)) as acting:
        now = clock.now()
        CounterVisit.objects.filter(official=context.actor.id, ended_at=None).update(ended_at=now)
        row = CounterVisit.objects.create(
            official=context.actor.id,
            official_name=context.actor.name,
            owner=person.id,
            owner_name=person.name_zh,
            document=document,
            tail=tail.upper(),
            started_at=now,
            until=now + LENGTH,
        )
        acting.concerns(Resource(kind="visit", id=row.id, owner=person.id))
        acting.note(document=document, for_account=person.id)
        acting.emit(VisitBegun(subject=f"visit/{row.id}", visit_id=row.id, owner=person.id))
        return view(row)


def _person(username: str) -> AccountView | None:
    own = system_context("services").for_purpose("service.counter")
    found = identity.find_by_username(own, username=username.strip()[:64])
    return found if found and "citizen" in found.roles and not found.disabled else None


def _refuse_wrong(person: AccountView | None, document: str, tail: str, confirmed: bool) -> None:
    faults = []
    if person is None:
        faults.append(FieldError("/username", "没有该市民账户", "No citizen has this account"))
    if document not in DOCUMENTS:
        faults.append(FieldError("/document", "请选择证件", "Choose a document"))
    if not (len(tail) == 4 and tail.isascii() and tail.isalnum()):
        faults.append(FieldError("/tail", "请填写证件号码末四位", "Enter the last four characters"))
    if not confirmed:
        faults.append(
            FieldError("/confirmed", "须当面核验身份", "Identity must be confirmed in person")
        )
    if faults:
        raise Invalid(
            code="services.counter.invalid",
            zh="身份核验信息不完整",
            en="The identification is not complete",
            errors=faults,
        )


def acting_for(context: Context, visit_id: str) -> tuple[Context, Visit] | None:
    """The circumstances of filing for the person, while the visit lasts; else None."""
    row = CounterVisit.objects.filter(
        pk=visit_id, official=context.actor.id, ended_at=None, until__gt=clock.now()
    ).first()
    if row is None or "official" not in context.actor.roles:
        return None
    actor = replace(context.actor, roles=frozenset({"citizen"}))
    return replace(context, actor=actor, on_behalf_of=row.owner), view(row)


def current(context: Context) -> Visit | None:
    """The official's visit that is under way."""
    permit(context, RIGHT, Resource(kind="visit"))
    row = CounterVisit.objects.filter(
        official=context.actor.id, ended_at=None, until__gt=clock.now()
    ).first()
    return view(row, whole=True) if row else None


def end(context: Context) -> None:
    permit(context, RIGHT, Resource(kind="visit"))
    row = CounterVisit.objects.filter(official=context.actor.id, ended_at=None).first()
    if row is None:
        return
    with act(context, RIGHT, Resource(kind="visit", id=row.id, owner=row.owner)) as acting:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        acting.emit(VisitEnded(subject=f"visit/{row.id}", visit_id=row.id, owner=row.owner))


def statement(context: Context, visit_id: str) -> Visit:
    """What was filed, to be printed and signed; for the official who served."""
    permit(context, RIGHT, Resource(kind="visit", id=visit_id))
    row = CounterVisit.objects.filter(pk=visit_id, official=context.actor.id).first()
    if row is None:
        raise NotFound(code="services.counter.not_found", zh="没有该办理", en="No such visit")
    return view(row, whole=True)


def view(row: CounterVisit, *, whole: bool = False) -> Visit:
    return Visit(
        id=row.id,
        official=row.official,
        official_name=row.official_name,
        owner=row.owner,
        owner_name=row.owner_name,
        document=row.document,
        tail=row.tail,
        started_at=row.started_at,
        until=row.until,
        ended_at=row.ended_at,
        filed=_filed(row) if whole else (),
    )


def _filed(row: CounterVisit) -> tuple[Filed, ...]:
    sent = Draft.objects.filter(
        owner=row.owner, updated_at__gte=row.started_at, updated_at__lte=row.ended_at or row.until
    ).exclude(case_id="")
    return tuple(
        Filed(
            case_id=one.case_id,
            reference=one.reference,
            item_code=one.item_code,
            outcome=one.outcome,
            at=one.updated_at,
        )
        for one in sent.order_by("updated_at")
    )
