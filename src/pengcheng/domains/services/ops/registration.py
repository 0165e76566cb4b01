"""Checking a company's name against rules and earlier names; keeping it for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from pengcheng.domains.services.contracts.registration import (
    NameParts,
    NameState,
    Registered,
    Reservation,
    Verdict,
)
from pengcheng.domains.services.events import NameReserved
from pengcheng.domains.services.models import CompanyName, Draft, Serial
from pengcheng.domains.services.ops import drafts
from pengcheng.domains.services.rules import registration as names
from pengcheng.domains.services.rules import registration_likeness as likeness
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import reference
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Conflict, FieldError, Invalid
from pengcheng.kit.forms import answers as answering

PREFIX = "MC"
KEPT_DAYS = 60
"""Two months (article 18)."""
MOST_RESERVED = 3
"""Names that one account may keep at a time, so that nobody hoards them."""
MOST_COMPARED = 500
NAME_QUESTION = "company-name"
COMPANY_PART = "company"


def check(parts: NameParts, *, related: bool = False) -> Verdict:
    """All that rules and earlier names say, with other names that would do."""
    today = clock.today()
    known = names.industry_of(parts.industry)
    earlier = _candidates(parts.trade)
    found = names.objections(parts)
    alike = likeness.resemblances(parts, earlier, today, related=related)
    wanting = alike or any(each.weight != "caution" for each in found)
    return Verdict(
        parts=parts,
        pinyin=likeness.sound(parts.trade),
        industry_id=known.id if known else "",
        objections=found,
        resemblances=alike,
        suggestions=_suggested(parts, today) if wanting and len(parts.trade) > 1 else (),
    )


def _candidates(trade: str) -> tuple[Registered, ...]:
    """Names that may be alike: of the same sound, or with a character in common."""
    wanted = Q(pinyin=likeness.sound(trade))
    for char in set(names.standard(trade)):
        wanted |= Q(trade__contains=char)
    rows = CompanyName.objects.filter(wanted)[:MOST_COMPARED]
    return tuple(_registered(row) for row in rows)


def _registered(row: CompanyName) -> Registered:
    return Registered(
        full=row.full,
        trade=row.trade,
        industry=row.industry,
        pinyin=row.pinyin,
        state=NameState.ENDED if _run_out(row) else NameState(row.state),
        ended_on=row.ended_on,
    )


def _run_out(row: CompanyName) -> bool:
    """Kept for somebody who let the time pass: free again at once, for nobody registered it."""
    over = row.until is not None and row.until < clock.today()
    return row.state == NameState.RESERVED and not row.used_by and over


def _suggested(parts: NameParts, today: date) -> tuple[str, ...]:
    told = names.naming()["suggest"]
    letters = "".join((parts.trade, *told["before"], *told["after"]))
    return likeness.suggestions(parts, _candidates(letters), today)


def _end_expired() -> int:
    """Write down which names have run out, so that the table lets them be kept again."""
    today = clock.today()
    return CompanyName.objects.filter(state=NameState.RESERVED, until__lt=today, used_by="").update(
        state=NameState.ENDED
    )


def end_expired(context: Context) -> int:
    """The daily sweep; a check does the same for what it looks at."""
    with act(context, "services.name.sweep", Resource(kind="name")) as acting:
        ended = _end_expired()
        acting.note(ended=ended)
        return ended


# --- keeping a name ---------------------------------------------------------------------


def reserve(context: Context, parts: NameParts, *, related: bool) -> Reservation:
    """Keep the name for two months. Raises Invalid with every reason, or Conflict."""
    owner = drafts.owner_of(context)
    with act(context, "services.name.reserve", Resource(kind="name", owner=owner)) as acting:
        _end_expired()
        verdict = check(parts, related=related)
        if not verdict.passes:
            raise _refused(verdict)
        mine = CompanyName.objects.filter(holder=owner, state=NameState.RESERVED, used_by="")
        if mine.count() >= MOST_RESERVED:
            raise _too_many()
        row = _keep(owner, verdict)
        acting.emit(NameReserved(subject=f"name/{row.pk}", reference=row.reference))
        acting.note(reference=row.reference)
        return _view(row)


def _keep(owner: str, verdict: Verdict) -> CompanyName:
    number = Serial.objects.create().pk
    row = CompanyName(
        full=verdict.parts.full,
        trade=names.standard(verdict.parts.trade),
        industry=verdict.industry_id,
        pinyin=verdict.pinyin,
        state=NameState.RESERVED,
        holder=owner,
        reference=reference(PREFIX, clock.today().year, number),
        until=clock.today() + timedelta(days=KEPT_DAYS),
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:  # somebody else kept it between the check and now
        raise _just_taken() from taken
    return row


def own(context: Context) -> tuple[Reservation, ...]:
    """The names kept for this person, newest first."""
    permit(context, "services.matter.read")
    rows = CompanyName.objects.filter(holder=drafts.owner_of(context))
    return tuple(_view(row) for row in rows)


def _view(row: CompanyName) -> Reservation:
    return Reservation(
        id=row.pk,
        reference=row.reference,
        full=row.full,
        until=row.until or clock.today(),
        expired=row.state == NameState.ENDED or _run_out(row),
        used=bool(row.used_by),
    )


_of_part = Lookup(
    lambda case: Draft.objects.filter(
        filing__parts__case_id=case, filing__parts__part=COMPANY_PART
    ).exclude(filing__parts__case_id="")
)  # fmt: skip


def register_of_case(case_id: str) -> None:
    """The company exists now: the name that its founder kept becomes a registered one."""
    draft = drafts.of_case_id(case_id) or _of_part.first(case_id)
    told = answering.read(draft.answers).get(NAME_QUESTION) if draft else None
    if draft is None or told is None:
        return
    row = CompanyName.objects.filter(
        holder=draft.owner, full=told.value, state=NameState.RESERVED
    ).first()
    if row is not None:
        row.state, row.used_by = NameState.REGISTERED, case_id
        row.save(update_fields=["state", "used_by"])


def add(context: Context, full_names: Iterable[str]) -> int:
    """Put registered names into the registry; those that are there already stay."""
    with act(context, "services.name.sweep", Resource(kind="name")) as acting:
        made = [_row(names.parse(full)) for full in full_names]
        before = CompanyName.objects.count()
        CompanyName.objects.bulk_create(made, ignore_conflicts=True)
        added = CompanyName.objects.count() - before
        acting.note(added=added)
        return added


def _row(parts: NameParts) -> CompanyName:
    known = names.industry_of(parts.industry)
    return CompanyName(
        full=parts.full,
        trade=names.standard(parts.trade),
        industry=known.id if known else "",
        pinyin=likeness.sound(parts.trade),
        state=NameState.REGISTERED,
        created_at=clock.now(),
    )


# --- problems ---------------------------------------------------------------------------


def _refused(verdict: Verdict) -> Invalid:
    said = [
        FieldError("/name", f"{each.zh}（{each.article}）", f"{each.en} ({each.article})")
        for each in verdict.objections
        if each.weight != "caution"
    ]
    said += [
        FieldError("/name", f"与“{each.full}”字号相同", f"Same trade name as {each.full}")
        for each in verdict.resemblances
        if each.weight == "refuse"
    ]
    return Invalid(
        code="services.name.refused",
        zh="这个名称不能保留",
        en="This name cannot be kept",
        next_zh="请按提示修改，或选用建议的名称。",
        next_en="Change it as told, or take one of the suggestions.",
        errors=said,
    )


def _too_many() -> Conflict:
    return Conflict(
        code="services.name.too_many",
        zh=f"同一账户最多同时保留{MOST_RESERVED}个名称",
        en=f"One account can keep {MOST_RESERVED} names at a time",
        next_zh="请先使用已保留的名称，或等其到期。",
        next_en="Use the names you have, or wait until one runs out.",
    )


def _just_taken() -> Conflict:
    return Conflict(
        code="services.name.taken",
        zh="这个字号刚刚被他人保留",
        en="Somebody else has just been given this name",
        next_zh="请换一个名称。",
        next_en="Choose another one.",
    )
