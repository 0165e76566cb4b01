"""Finding people who are entitled, among those who agreed; an offer once, accepted in one step."""

from __future__ import annotations

from pengcheng.domains.identity import api as identity
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import About, Text
from pengcheng.domains.services.contracts import Applied
from pengcheng.domains.services.contracts.outreach import (
    ConsentView,
    OfferState,
    OfferView,
    Programme,
    Standing,
)
from pengcheng.domains.services.events import OfferMade
from pengcheng.domains.services.models import Draft, Offer, OutreachConsent, OutreachRun
from pengcheng.domains.services.ops import at_once, catalogue, deciding, drafts, submitting
from pengcheng.domains.services.rules import decisions, outreach, sheets
from pengcheng.domains.services.rules.decisions import Conclusion
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, NotFound, Problem

TEMPLATE = "services.outreach.offer"
DECLARATION = "true"


# --- consent ----------------------------------------------------------------------------


def standing(context: Context) -> tuple[Standing, ...]:
    """Every programme for this person: consent and offer, if any."""
    permit(context, "services.matter.read")
    owner = drafts.owner_of(context)
    consents = {row.programme: row for row in _consents(owner)}
    offers = {row.programme: row for row in Offer.objects.filter(owner=owner)}
    return tuple(
        Standing(
            programme=one,
            consent=_consent_view(consents[one.id]) if one.id in consents else None,
            offer=offer_view(offers[one.id]) if one.id in offers else None,
        )
        for one in outreach.programmes().values()
    )


def _consents(owner: str) -> list[OutreachConsent]:
    rows = OutreachConsent.objects.filter(owner=owner, withdrawn_at=None)
    return list(rows.filter(until__gte=clock.today()))


def agree(context: Context, programme_id: str) -> ConsentView:
    """Switch a programme on for oneself; on already, nothing changes."""
    programme = _programme(programme_id)
    owner = drafts.owner_of(context)
    what = Resource(kind="consent", id=programme.id, owner=owner)
    with act(context, "services.outreach.consent", what) as acting:
        standing = OutreachConsent.objects.filter(
            owner=owner, programme=programme.id, withdrawn_at=None
        )
        standing.filter(until__lt=clock.today()).update(withdrawn_at=clock.now())
        row = standing.first() or _agree(owner, programme)
        acting.note(programme=programme.id, until=row.until.isoformat(), scope=row.scope)
        return _consent_view(row)


def _agree(owner: str, programme: Programme) -> OutreachConsent:
    return OutreachConsent.objects.create(
        owner=owner,
        programme=programme.id,
        purpose=programme.purpose,
        scope=outreach.scope(programme),
        given_at=clock.now(),
        until=outreach.ends(clock.today(), programme.months),
    )


def withdraw(context: Context, programme_id: str) -> None:
    """Switch it off: the next run does not look any more."""
    programme = _programme(programme_id)
    owner = drafts.owner_of(context)
    what = Resource(kind="consent", id=programme.id, owner=owner)
    with act(context, "services.outreach.consent", what) as acting:
        rows = OutreachConsent.objects.filter(owner=owner, programme=programme.id)
        ended = rows.filter(withdrawn_at=None).update(withdrawn_at=clock.now())
        acting.note(programme=programme.id, withdrawn=ended)


# --- looking ----------------------------------------------------------------------------


def run(context: Context) -> int:
    """Look at everybody who agreed and was not told yet; answers how many offers were made."""
    return sum(_run(context, one) for one in outreach.programmes().values())


def _run(context: Context, programme: Programme) -> int:
    told = Offer.objects.filter(programme=programme.id).values("owner")
    due = OutreachConsent.objects.filter(programme=programme.id, withdrawn_at=None)
    rows = list(due.filter(until__gte=clock.today()).exclude(owner__in=told))
    made = failed = 0
    for row in rows:
        try:
            made += _look(context, programme, row)
        except Problem:  # a register that is silent: one person waits, the others do not
            failed += 1
    OutreachRun.objects.create(
        programme=programme.id,
        at=clock.now(),
        looked_at=len(rows),
        offered=made,
        failed=failed,
    )
    return made


def _look(context: Context, programme: Programme, row: OutreachConsent) -> bool:
    asking = context.for_purpose(programme.purpose)
    what = Resource(kind="consent", id=row.pk, owner=row.owner)
    with act(asking, "services.outreach.look", what) as acting:
        concluded, sha256 = _entitled(asking, programme, row.owner)
        acting.note(programme=programme.id, entitled=concluded.outcome == "granted")
        if concluded.outcome != "granted":
            return False
        offer = Offer.objects.create(
            owner=row.owner,
            programme=programme.id,
            consent=row,
            made_at=clock.now(),
            state=OfferState.OPEN,
            reason_zh=concluded.rule.zh,
            reason_en=concluded.rule.en,
            table_sha256=sha256,
        )
        _tell(acting, programme, offer)
    return True


def _entitled(context: Context, programme: Programme, owner: str) -> tuple[Conclusion, str]:
    """What the item's own table says to what the named registers know."""
    known = {
        register: identity.read_register(context, register=register, account_id=owner).values
        for register in outreach.registers(programme)
    }
    table = decisions.table(sheets.form_for(catalogue.item(programme.item)).decision)
    return deciding.conclusion(table, outreach.answers(programme, known)), table.sha256


def _tell(acting: Acting, programme: Programme, offer: Offer) -> None:
    messages.send(
        context=acting.context,
        to=offer.owner,
        template=TEMPLATE,
        values={
            "title": Text(programme.zh, programme.en),
            "reason": Text(offer.reason_zh, offer.reason_en),
        },
        about=About("offer", offer.pk, "/offers/"),
        idempotency_key=f"{TEMPLATE}/{offer.pk}",
    )
    acting.emit(OfferMade(subject=f"offer/{offer.pk}", programme=programme.id))


# --- answering an offer -----------------------------------------------------------------


def decline(context: Context, offer_id: str) -> OfferView:
    """No, thank you: it is never offered again."""
    seen = _offer(offer_id)
    with act(context, "services.offer.answer", _resource(seen)) as acting:
        row = _open(offer_id)
        row.state, row.ended_at = OfferState.DECLINED, clock.now()
        row.save(update_fields=["state", "ended_at"])
        acting.note(programme=row.programme, answer="declined")
        return offer_view(row)


def accept(context: Context, offer_id: str) -> Applied:
    """Apply with what the registers know; accepted again, the same application is answered."""
    seen = _offer(offer_id)
    with act(context, "services.offer.answer", _resource(seen)) as acting:
        row = Offer.objects.select_for_update().get(pk=offer_id)
        if row.state == OfferState.DECLINED:
            raise _ended()
        if row.case_id:
            return submitting.again(Draft.objects.get(case_id=row.case_id))
        programme = _programme(row.programme)
        applied = at_once.apply(context, programme.item, {DECLARATION: "yes"}, f"offer:{row.pk}")
        row.state, row.case_id = OfferState.ACCEPTED, applied.case_id
        row.outcome, row.ended_at = applied.outcome or row.outcome, clock.now()
        row.save(update_fields=["state", "case_id", "outcome", "ended_at"])
        acting.note(programme=row.programme, answer="accepted")
        return applied


def case_decided(case_id: str, outcome: str) -> None:
    """An application that came of an offer was decided by a person, or on appeal."""
    Offer.objects.filter(case_id=case_id).update(outcome=outcome)


# --- rows, views, problems --------------------------------------------------------------


def _offer(offer_id: str) -> Offer:
    row = Offer.objects.filter(pk=offer_id).first()
    if row is None:
        raise drafts.missing()
    return row


def _open(offer_id: str) -> Offer:
    row = Offer.objects.select_for_update().get(pk=offer_id)
    if row.state != OfferState.OPEN:
        raise _ended()
    return row


def _resource(row: Offer) -> Resource:
    return Resource(kind="offer", id=row.pk, owner=row.owner)


def offer_view(row: Offer) -> OfferView:
    return OfferView(
        id=row.pk,
        programme=_programme(row.programme),
        made_at=row.made_at,
        state=OfferState(row.state),
        reason_zh=row.reason_zh,
        reason_en=row.reason_en,
        case_id=row.case_id,
        outcome=row.outcome,
    )


def _consent_view(row: OutreachConsent) -> ConsentView:
    return ConsentView(
        id=row.pk,
        programme=row.programme,
        purpose=row.purpose,
        scope=tuple(row.scope),
        given_at=row.given_at,
        until=row.until,
        withdrawn_at=row.withdrawn_at,
    )


def _programme(programme_id: str) -> Programme:
    found = outreach.programmes().get(programme_id)
    if found is None:
        raise NotFound(
            code="services.outreach.not_found",
            zh="没有这项主动服务",
            en="There is no such programme",
            next_zh="请从“主动服务”页面选择。",
            next_en="Choose one on the page of offers.",
        )
    return found


def _ended() -> Conflict:
    return Conflict(
        code="services.offer.ended",
        zh="这项提醒已经答复过",
        en="This offer was answered already",
        next_zh="您仍可自行申请该事项。",
        next_en="You can still apply for the item yourself.",
    )
