"""Finding people who are entitled, among those who agreed; an offer once, accepted in one step."""

from __future__ import annotations

from pengcheng.domains.dataaccount import api as dataaccount
from pengcheng.domains.dataaccount.contracts import Choice, Consent
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
from pengcheng.domains.services.models import Draft, Offer, OutreachRun
from pengcheng.domains.services.ops import at_once, catalogue, deciding, drafts, submitting
from pengcheng.domains.services.rules import decisions, outreach, sheets
from pengcheng.domains.services.rules.decisions import Conclusion
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup, update
from pengcheng.kernel.problems import Conflict, NotFound, Problem

TEMPLATE = "services.outreach.offer"
DECLARATION = "true"


# --- consent ----------------------------------------------------------------------------


def standing(context: Context) -> tuple[Standing, ...]:
    """Every programme for this person: consent and offer, if any."""
    permit(context, "services.matter.read")
    owner = drafts.owner_of(context)
    consents = {one.purpose.id: one for one in dataaccount.choices(context=context)}
    offers = {row.programme: row for row in Offer.objects.filter(owner=owner)}
    return tuple(
        Standing(
            programme=one,
            consent=_consent_view(consents[one.purpose]),
            offer=offer_view(offers[one.id]) if one.id in offers else None,
        )
        for one in outreach.programmes().values()
    )


def agree(context: Context, programme_id: str) -> ConsentView:
    """Switch a programme on for oneself; on already, nothing changes."""
    programme = _programme(programme_id)
    given = dataaccount.give(context=context, purpose=programme.purpose, channel="offers")
    return _view(given)


def withdraw(context: Context, programme_id: str) -> None:
    """Switch it off: the next run does not look any more."""
    programme = _programme(programme_id)
    for one in dataaccount.choices(context=context):
        if one.purpose.id == programme.purpose and one.consent:
            dataaccount.withdraw(context=context, consent_id=one.consent.id)


# --- looking ----------------------------------------------------------------------------


def run(context: Context) -> int:
    """Look at everybody who agreed and was not told yet; answers how many offers were made."""
    return sum(_run(context, one) for one in outreach.programmes().values())


def _run(context: Context, programme: Programme) -> int:
    told = set(Offer.objects.filter(programme=programme.id).values_list("owner", flat=True))
    agreeing = dataaccount.agreeing(context=context, purpose=programme.purpose)
    owners = [one for one in agreeing if one not in told]
    made = failed = 0
    for owner in owners:
        try:
            made += _look(context, programme, owner)
        except Problem:  # a register that is silent: one person waits, the others do not
            failed += 1
    OutreachRun.objects.create(
        programme=programme.id,
        at=clock.now(),
        looked_at=len(owners),
        offered=made,
        failed=failed,
    )
    return made


def _look(context: Context, programme: Programme, owner: str) -> bool:
    asking = context.for_purpose(programme.purpose)
    what = Resource(kind="programme", id=programme.id, owner=owner)
    with act(asking, "services.outreach.look", what) as acting:
        concluded, sha256 = _entitled(asking, programme, owner)
        acting.note(programme=programme.id, entitled=concluded.outcome == "granted")
        if concluded.outcome != "granted":
            return False
        offer = Offer.objects.create(
            owner=owner,
            programme=programme.id,
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
        register: identity.read_register(
            context,
            register=register,
            account_id=owner,
            attributes=outreach.attributes(programme, register),
        ).values
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


_of_case = Lookup(lambda case: Offer.objects.filter(case_id=case).order_by())


def case_decided(case_id: str, outcome: str) -> None:
    """An application that came of an offer was decided by a person, or on appeal."""
    if _of_case.first(case_id) is not None:  # few do: looking takes no lock
        update(Offer, {"case_id": case_id}, {"outcome": outcome})


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


def _consent_view(choice: Choice) -> ConsentView | None:
    """A consent that covers the whole programme; with less of it nothing is looked at."""
    given = choice.consent
    if given is None or choice.standing != "holds":
        return None
    return _view(given) if set(choice.purpose.items) <= set(given.items) else None


def _view(given: Consent) -> ConsentView:
    return ConsentView(
        id=given.id,
        programme=given.purpose.removeprefix("outreach."),
        purpose=given.purpose,
        scope=tuple(sorted(given.items)),
        given_at=given.given_at,
        until=given.until,
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
