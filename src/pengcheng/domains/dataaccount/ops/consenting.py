"""Giving consent, changing it, taking it back: by the person, or below 14 by the guardian."""

from __future__ import annotations

from collections.abc import Sequence

from pengcheng.domains.dataaccount import rules
from pengcheng.domains.dataaccount.contracts import Choice, Consent, Purpose, Standing, State
from pengcheng.domains.dataaccount.events import ConsentGiven, ConsentNarrowed, ConsentWithdrawn
from pengcheng.domains.dataaccount.models import ConsentRecord
from pengcheng.domains.dataaccount.ops import guardians, store
from pengcheng.domains.identity.api import oidc as programs
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid, NotFound

READ, CHANGE = "dataaccount.own.read", "dataaccount.consent.change"
CONSULT = "dataaccount.consent.consult"
CLIENT = "client.sign-in"


def subject_of(context: Context) -> str:
    return context.on_behalf_of or context.actor.id


def choices(context: Context) -> tuple[Choice, ...]:
    """Every purpose that asks for consent, and how it stands for this person."""
    subject = _own(context, READ)
    rows = {row.purpose: row for row in store.of(subject).filter(state=State.GIVEN, client="")}
    asked = [one for one in rules.purposes().values() if one.ground == "consent" and one.offered]
    return tuple(_choice(one, rows.get(one.id)) for one in asked)


def _choice(purpose: Purpose, row: ConsentRecord | None) -> Choice:
    if row is None:
        return Choice(purpose=purpose, consent=None, standing=Standing.NONE)
    return Choice(purpose=purpose, consent=store.view(row), standing=store.standing(row))


def consents(context: Context) -> tuple[Consent, ...]:
    """All that were ever given, newest first, each with its history."""
    subject = _own(context, READ)
    rows = store.of(subject).prefetch_related("steps")
    return tuple(store.view(row, history=True) for row in rows)


def consent(context: Context, consent_id: str) -> Consent:
    row = store.find(consent_id)
    permit(context, READ, _resource(row))
    return store.view(row, history=True)


def agrees(context: Context, subject: str, purpose_id: str) -> bool:
    """Whether the whole of a purpose is agreed to; for the city's own systems."""
    permit(context, CONSULT, Resource(kind="consent", owner=subject))
    purpose = _purpose(purpose_id)
    return any(
        store.standing(row) is Standing.HOLDS and not rules.wider(store.terms(row), purpose)
        for row in store.given(subject, purpose_id)
    )


def agreeing(context: Context, purpose_id: str) -> tuple[str, ...]:
    """Everybody who agrees to the whole of a purpose; for the city's own systems."""
    permit(context, CONSULT, Resource(kind="consent"))
    purpose = _purpose(purpose_id)
    rows = ConsentRecord.objects.filter(
        purpose=purpose_id, state=State.GIVEN, until__gte=clock.today()
    )
    return tuple(
        row.subject
        for row in rows.order_by("subject")
        if store.standing(row) is Standing.HOLDS and not rules.wider(store.terms(row), purpose)
    )


# --- giving -----------------------------------------------------------------------------


def give(
    context: Context, purpose_id: str, items: Sequence[str] | None, expressly: bool, channel: str
) -> Consent:
    """Agree, or agree to more or for longer: the consent before is replaced by this one."""
    purpose = _purpose(purpose_id)
    subject = subject_of(context)
    what = Resource(kind="consent", id=purpose.id, owner=subject)
    with act(context, CHANGE, what) as acting:
        guardian = guardians.needed(context, subject)
        wanted = tuple(one for one in purpose.items if items is None or one in items)
        _refuse_empty(wanted, purpose, expressly)
        before = store.given(subject, purpose.id)
        if items is None and before and _the_same(before[0], purpose):
            acting.note(repeated=True)
            return store.view(before[0], history=True)
        row = _write(context, subject, purpose, wanted, before, guardian=guardian, channel=channel)
        acting.concerns(_resource(row))
        _tell_given(acting, row)
        return store.view(row, history=True)


def _the_same(row: ConsentRecord, purpose: Purpose) -> bool:
    holds = store.standing(row) is Standing.HOLDS
    return holds and not rules.wider(store.terms(row), purpose)


def _write(
    context: Context,
    subject: str,
    purpose: Purpose,
    items: tuple[str, ...],
    before: Sequence[ConsentRecord],
    **more: str,
) -> ConsentRecord:
    for old in before:
        ConsentRecord.objects.filter(pk=old.pk).update(state=State.REPLACED)
    count = store.of(subject).filter(purpose=purpose.id, client=more.get("client", "")).count()
    row = ConsentRecord(
        version=count + 1,
        subject=subject,
        purpose=purpose.id,
        controller=purpose.controller_zh,
        recipients=[more["client"]] if more.get("client") else list(purpose.recipients),
        items=list(items),
        special=any(rules.items()[one].special for one in items if one in rules.items()),
        mode=purpose.mode,
        frequency=purpose.frequency,
        given_at=clock.now(),
        until=rules.ends(clock.today(), purpose.months),
        notice=rules.notice(purpose),
        language=context.language[:10],
        state=State.GIVEN,
        **more,
    )
    row.seal = store.seal(row)
    row.save(force_insert=True)
    return row


def _tell_given(acting: Acting, row: ConsentRecord) -> None:
    store.step(acting, row, "given")
    told = ConsentGiven(
        subject=f"consent/{row.subject}",
        consent_id=row.id,
        purpose=row.purpose,
        client=row.client,
    )
    acting.emit(told)


def to_client(context: Context, subject: str, client: str, items: Sequence[str]) -> Consent:
    """Another application asked at sign-in, and the person agreed there."""
    purpose = _purpose(CLIENT)
    what = Resource(kind="consent", id=purpose.id, owner=subject)
    with act(context, CONSULT, what) as acting:
        before = _to_client(subject, client)
        if before and before[0].items == list(items):
            return store.view(before[0])
        row = _write(
            context, subject, purpose, tuple(items), before, client=client, channel="sign-in"
        )
        _tell_given(acting, row)
        return store.view(row)


def _to_client(subject: str, client: str) -> list[ConsentRecord]:
    return [row for row in store.given(subject, CLIENT) if row.client == client]


def client_ended(context: Context, subject: str, client: str) -> None:
    what = Resource(kind="consent", id=CLIENT, owner=subject)
    with act(context, CONSULT, what) as acting:
        for row in _to_client(subject, client):
            _end(acting, row)


# --- taking back ------------------------------------------------------------------------


def narrow(context: Context, consent_id: str, remove: Sequence[str]) -> Consent:
    """Take a part back: some of the data, or some of those who receive them. What is left of a
    consent without data is none."""
    with act(context, CHANGE, _resource(store.find(consent_id))) as acting:
        row = _open(consent_id)
        removed = tuple(one for one in remove if one in {*row.items, *row.recipients})
        row.items = [one for one in row.items if one not in removed]
        row.recipients = [one for one in row.recipients if one not in removed]
        if not removed:
            return store.view(row, history=True)
        if not row.items or not row.recipients:
            return _end(acting, row)
        if row.client:
            _disconnect(context, row.client, removed)
        row.save(update_fields=["items", "recipients"])
        store.step(acting, row, "narrowed", removed)
        acting.emit(
            ConsentNarrowed(
                subject=f"consent/{row.subject}",
                consent_id=row.id,
                purpose=row.purpose,
                removed=removed,
            )
        )
        return store.view(row, history=True)


def withdraw(context: Context, consent_id: str) -> Consent:
    """Take it back. What was done before stays lawful; nothing is read after."""
    with act(context, CHANGE, _resource(store.find(consent_id))) as acting:
        row = store.find(consent_id, lock=True)
        if row.state != State.GIVEN:
            return store.view(row, history=True)
        return _end(acting, row)


def withdraw_all(context: Context) -> int:
    """Take every consent back at once."""
    subject = subject_of(context)
    what = Resource(kind="consents", owner=subject)
    with act(context, CHANGE, what) as acting:
        rows = list(store.of(subject).select_for_update().filter(state=State.GIVEN))
        for row in rows:
            _end(acting, row)
        acting.note(withdrawn=len(rows))
        return len(rows)


def _end(acting: Acting, row: ConsentRecord) -> Consent:
    """It is over; a program's tokens end with it, whichever page the person chose."""
    if row.client and acting.context.actor.kind != "system":
        _disconnect(acting.context, row.client)
    ConsentRecord.objects.filter(pk=row.pk).update(state=State.WITHDRAWN)
    row.state = State.WITHDRAWN
    store.step(acting, row, "withdrawn")
    acting.emit(
        ConsentWithdrawn(
            subject=f"consent/{row.subject}",
            consent_id=row.id,
            purpose=row.purpose,
            client=row.client,
        )
    )
    return store.view(row, history=True)


def _disconnect(context: Context, client: str, facts: Sequence[str] = ()) -> None:
    try:
        for fact in facts:
            programs.narrow(context, client_id=client, fact=fact.removeprefix("client:"))
        if not facts:
            programs.withdraw(context, client_id=client)
    except NotFound:  # it was ended there already, and the news is on its way
        return


# --- small parts ------------------------------------------------------------------------


def _own(context: Context, action: str) -> str:
    subject = subject_of(context)
    permit(context, action, Resource(kind="data-account", id=subject, owner=subject or None))
    return subject


def _open(consent_id: str) -> ConsentRecord:
    row = store.find(consent_id, lock=True)
    if row.state != State.GIVEN:
        raise Invalid(
            code="dataaccount.consent.over",
            zh="该授权已撤回",
            en="This consent was taken back",
            next_zh="如需要，可重新授权。",
            next_en="You can give it again.",
        )
    return row


def _resource(row: ConsentRecord) -> Resource:
    return Resource(kind="consent", id=row.id, owner=row.subject)


def _purpose(purpose_id: str) -> Purpose:
    found = rules.purposes().get(purpose_id)
    if found is None or found.ground != "consent":
        raise NotFound(
            code="dataaccount.purpose.not_found",
            zh="没有需要您同意的这一用途",
            en="Nothing of that name asks for your consent",
            next_zh="请在“我的数据”中选择。",
            next_en="Choose on the page My data.",
        )
    return found


def _refuse_empty(wanted: Sequence[str], purpose: Purpose, expressly: bool) -> None:
    errors = []
    if not wanted:
        errors.append(FieldError("/items", "请至少选择一项信息", "Choose at least one of the data"))
    special = [one for one in wanted if one in rules.items() and rules.items()[one].special]
    if special and not expressly:
        errors.append(
            FieldError("/expressly", "敏感信息须单独明示同意", "Agree to sensitive data expressly")
        )
    if errors:
        raise Invalid(
            code="dataaccount.consent.invalid",
            zh="授权内容不完整",
            en="The consent is not complete",
            errors=errors,
        )
