"""Mandates: given, accepted, used and ended; each step audited and told to both sides."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts.mandates import MandateView, NewMandate, Ward
from pengcheng.domains.identity.events import MandateChanged
from pengcheng.domains.identity.models import Account, Mandate, RegisterFact
from pengcheng.domains.identity.ops.accounts import account_or_problem
from pengcheng.domains.identity.ops.accounts import view as account_view
from pengcheng.domains.identity.rules import mandates as judged
from pengcheng.kernel import clock
from pengcheng.kernel import context as kernel
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound

GIVE = "identity.mandate.give"
ANSWER = "identity.mandate.answer"
END = "identity.mandate.end"
USE = "identity.mandate.use"
READ = "identity.own.read"
REGISTER = "identity.person"
KEY = "identity_acting"
KINDS_BY_REGISTER = ("parent", "guardian")


def give(context: Context, new: NewMandate, *, principal_id: str) -> MandateView:
    """Let somebody act for the principal: oneself, or an organisation one manages."""
    owner = _manager(context, principal_id)
    with act(context, GIVE, Resource(kind="mandate", owner=owner)) as acting:
        principal = account_or_problem(principal_id)
        agent = Account.objects.filter(
            username=rules.normal_username(new.username), disabled_at=None
        ).first()
        organisation = principal.kind == "organisation"
        new = msgspec.structs.replace(new, kind="employee" if organisation else "agent")
        agent = _fit(new, principal, agent)
        row = Mandate.objects.create(
            principal=principal,
            agent=agent,
            kind=new.kind,
            role=new.role if organisation else "",
            powers=list(judged.powers_of(new)),
            items=list(new.items),
            starts_on=new.starts_on or clock.today(),
            ends_on=new.ends_on,
            given_at=clock.now(),
            given_by=context.actor.id,
        )
        _told(acting, row, "given")
    return view(row)


def _fit(new: NewMandate, principal: Account, agent: Account | None) -> Account:
    """Whoever may become the agent. Raises Invalid."""
    organisation = principal.kind == "organisation"
    errors = judged.wrong_fields(new, organisation=organisation, today=clock.today())
    if agent is None or agent.kind == "organisation":
        zh, en = "没有该个人账户", "No person has this account"
        errors.append(FieldError("/username", zh, en))
    elif agent.pk == principal.pk:
        errors.append(FieldError("/username", "不能委托本人", "That is yourself"))
    elif _open(agent, principal).exists():
        zh, en = "该人员已有委托", "This person has a mandate already"
        errors.append(FieldError("/username", zh, en))
    if errors or agent is None:
        raise Invalid(
            code="identity.mandate.invalid",
            zh="委托信息有误",
            en="Some of the mandate's details are wrong",
            next_zh="请更正后重新提交。",
            next_en="Correct them and send the form again.",
            errors=errors,
        )
    return agent


def _open(agent: Account, principal: Account) -> QuerySet[Mandate]:
    rows = Mandate.objects.filter(agent=agent, principal=principal, ended_at=None)
    return rows.exclude(ends_on__lt=clock.today())


def member_of(context: Context, *, username: str, principal_id: str) -> bool:
    """Whether this person has a living mandate there already; for the system's own use."""
    permit(context, GIVE, Resource(kind="mandate"))
    agents = Account.objects.filter(username=rules.normal_username(username))
    principal = Account(pk=principal_id)
    return any(_open(agent, principal).exists() for agent in agents)


def answer(context: Context, mandate_id: str, *, accepted: bool) -> MandateView:
    """Whoever is to act accepts the mandate, or does not."""
    row = _row(mandate_id)
    resource = Resource(kind="mandate", id=row.id, owner=row.agent_id)
    with act(context, ANSWER, resource) as acting:
        if view(row).state != "waiting":
            raise _over()
        if accepted:
            row.accepted_at = clock.now()
        else:
            row.ended_at, row.ended_by = clock.now(), context.actor.id
        row.save(update_fields=["accepted_at", "ended_at", "ended_by"])
        _told(acting, row, "accepted" if accepted else "declined")
    return view(row)


def end(context: Context, mandate_id: str) -> MandateView:
    """Either side ends it, at once and without a reason."""
    row = _row(mandate_id)
    owner = (
        row.agent_id if context.actor.id == row.agent_id else _manager(context, row.principal_id)
    )
    with act(context, END, Resource(kind="mandate", id=row.id, owner=owner)) as acting:
        if row.ended_at is not None:
            raise _over()
        row.ended_at, row.ended_by = clock.now(), context.actor.id
        row.save(update_fields=["ended_at", "ended_by"])
        _told(acting, row, "ended")
    return view(row)


def held(context: Context) -> tuple[MandateView, ...]:
    """For whom the asker acts, may act or did."""
    own = context.actor.id
    permit(context, READ, Resource(kind="mandate", owner=own))
    rows = Mandate.objects.filter(agent_id=own).select_related("agent", "principal")
    return tuple(view(row) for row in rows[: judged.MOST_MANDATES])


def given(context: Context, *, principal_id: str) -> tuple[MandateView, ...]:
    """Who acts, may act or did for the asker or for an organisation they manage."""
    owner = _manager(context, principal_id)
    permit(context, READ, Resource(kind="mandate", owner=owner))
    rows = Mandate.objects.filter(principal_id=principal_id).select_related("agent", "principal")
    return tuple(view(row) for row in rows[: judged.MOST_MANDATES])


def principal_name(context: Context, principal_id: str) -> str:
    """The name of an organisation that the asker manages, or their own."""
    permit(context, READ, Resource(kind="mandate", owner=_manager(context, principal_id)))
    account = Account.objects.filter(pk=principal_id).first()
    return account_view(account).name(context.language) if account else ""


def _manager(context: Context, principal_id: str) -> str:
    """The owner as permits see it: the asker, when they may manage the principal's mandates."""
    if context.actor.id == principal_id:
        return principal_id
    rows = Mandate.objects.filter(agent_id=context.actor.id, principal_id=principal_id)
    managing = any(judged.manages(row.role) and view(row).state == "in_force" for row in rows)
    return context.actor.id if managing else principal_id


# --- by register ----------------------------------------------------------------------------


def wards(context: Context) -> tuple[Ward, ...]:
    """Those whom a register names the asker's children or wards, without a mandate yet."""
    own = context.actor.id
    permit(context, READ, Resource(kind="mandate", owner=own))
    facts = RegisterFact.objects.filter(
        register=REGISTER, attribute__in=KINDS_BY_REGISTER, value__contains=own
    ).select_related("account")
    found = [_ward(fact, context.language) for fact in facts if own in fact.value.split()]
    me = Account.objects.filter(pk=own).first()
    return tuple(
        ward
        for ward in found
        if (ward.until is None or ward.until > clock.today())
        and me is not None
        and not _open(me, Account(pk=ward.account_id)).exists()
    )


def _ward(fact: RegisterFact, language: str) -> Ward:
    told = RegisterFact.objects.filter(
        account=fact.account, register=REGISTER, attribute="birth_date"
    ).first()
    until = judged.of_age_on(told.value) if told else None
    name = account_view(fact.account).name(language)
    return Ward(account_id=fact.account_id, name=name, kind=fact.attribute, until=until)


def claim(context: Context, ward_id: str) -> MandateView:
    """Take up what the register says: acting for one's child or ward until they are of age."""
    with act(context, GIVE, Resource(kind="mandate", owner=context.actor.id)) as acting:
        ward = next((each for each in wards(context) if each.account_id == ward_id), None)
        if ward is None:
            raise _missing()
        now = clock.now()
        row = Mandate.objects.create(
            principal_id=ward.account_id,
            agent_id=context.actor.id,
            kind=ward.kind,
            powers=list(judged.ALL_POWERS),
            source=REGISTER,
            starts_on=clock.today(),
            ends_on=ward.until - timedelta(days=1) if ward.until else None,
            given_at=now,
            given_by=REGISTER,
            accepted_at=now,
        )
        _told(acting, row, "claimed")
    return view(row)


def begin(request: HttpRequest, mandate_id: str) -> MandateView:
    """From now on act for somebody on the pages of services. Raises Conflict or NotFound."""
    context: Context = request.context  # type: ignore[attr-defined]
    found = acting_for(context, mandate_id)
    if found is None:
        raise _missing()
    resource = Resource(kind="mandate", id=mandate_id, owner=context.actor.id)
    with act(context, USE, resource) as acting:
        if found[1].state != "in_force":
            raise _over()
        acting.note(principal=found[1].principal)
    request.session[KEY] = mandate_id
    return found[1]


def stop(request: HttpRequest) -> None:
    """Be oneself again."""
    request.session.pop(KEY, None)


# --- acting -----------------------------------------------------------------------------------


def acting_for(context: Context, mandate_id: str) -> tuple[Context, MandateView] | None:
    """The circumstances of acting by this mandate. When it no longer holds, permits refuse."""
    row = (
        Mandate.objects.filter(pk=mandate_id, agent_id=context.actor.id)
        .select_related("agent", "principal")
        .first()
    )
    if row is None:
        return None
    found = view(row)
    mandate = kernel.Mandate(
        id=row.id,
        kind=row.kind,
        powers=frozenset(row.powers),
        items=frozenset(row.items),
        in_force=found.state == "in_force" and row.principal.disabled_at is None,
    )
    # Whoever acts for another does so as a citizen does, whatever else they are here.
    actor = msgspec.structs.replace(context.actor, roles=frozenset({"citizen"}))
    changed = {"actor": actor, "on_behalf_of": row.principal_id, "mandate": mandate}
    return msgspec.structs.replace(context, **changed), found


def view(row: Mandate) -> MandateView:
    return MandateView(
        id=row.id,
        kind=row.kind,
        role=row.role,
        principal=row.principal_id,
        principal_name=row.principal.name_zh,
        agent=row.agent_id,
        agent_name=row.agent.name_zh,
        powers=tuple(row.powers),
        items=tuple(row.items),
        source=row.source,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        given_at=row.given_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        state=judged.state_of(
            accepted=row.accepted_at,
            ended=row.ended_at,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            today=clock.today(),
        ),
    )


def _row(mandate_id: str) -> Mandate:
    rows = Mandate.objects.select_related("agent", "principal")
    row = rows.filter(pk=mandate_id).first()
    if row is None:
        raise _missing()
    return row


def _told(acting: Acting, row: Mandate, change: str) -> None:
    acting.concerns(Resource(kind="mandate", id=row.id, owner=row.principal_id))
    acting.note(change=change, kind=row.kind, powers=row.powers, agent=row.agent_id)
    acting.emit(
        MandateChanged(
            subject=f"mandate/{row.id}",
            change=change,
            principal=row.principal_id,
            agent=row.agent_id,
        )
    )


def _missing() -> NotFound:
    return NotFound(code="identity.mandate.not_found", zh="没有该委托", en="No such mandate")


def _over() -> Conflict:
    return Conflict(
        code="identity.mandate.over",
        zh="该委托已处理或已终止",
        en="This mandate was answered already, or has ended",
    )
