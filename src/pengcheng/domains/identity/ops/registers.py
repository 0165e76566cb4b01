"""The simulated registers: what they know, who may read it, and when they do not answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count

from pengcheng.domains.identity.contracts import REGISTERS, Extract, Register, RegisterState
from pengcheng.domains.identity.events import RegisterCorrected
from pengcheng.domains.identity.models import RegisterFact, RegisterOutage
from pengcheng.domains.identity.ops.accounts import account_or_problem
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid, NotFound, Unavailable


def register_of(register_id: str) -> Register:
    found = next((each for each in REGISTERS if each.id == register_id), None)
    if found is None:
        raise NotFound(
            code="identity.register.not_found",
            zh="没有这个登记库",
            en="There is no such register",
            next_zh="请核对名称。",
            next_en="Check the name.",
        )
    return found


def read(
    context: Context, register_id: str, account_id: str, attributes: Sequence[str] | None = None
) -> Extract:
    """Each reading leaves a line in the audit; what was read does not stand in it."""
    register = register_of(register_id)
    resource = Resource(
        kind="register",
        id=register.id,
        owner=account_id,
        data=tuple(f"{register.id}:{one}" for one in attributes or ()),
    )
    with act(context, "identity.register.read", resource) as acting:
        _refuse_down(register)
        facts = RegisterFact.objects.filter(account_id=account_id, register=register.id)
        if attributes is not None:
            facts = facts.filter(attribute__in=attributes)
        values = dict(facts.values_list("attribute", "value"))
        acting.note(attributes=sorted(values))
    return Extract(register=register.id, values=values, retrieved_at=clock.now())


def _refuse_down(register: Register) -> None:
    if RegisterOutage.objects.filter(pk=register.id).exists():
        raise Unavailable(
            code="identity.register.down",
            zh=f"{register.zh}暂时无法访问",
            en=f"{register.en} does not answer at the moment",
            next_zh="您可以先保存，稍后再试。",
            next_en="Save what you have and try again later.",
        )


def enter(context: Context, register_id: str, account_id: str, values: Mapping[str, str]) -> None:
    """Write what the register's owner found to be right. Entering the same changes nothing."""
    register = register_of(register_id)
    resource = Resource(kind="register", id=register.id)
    with act(context, "identity.register.enter", resource) as acting:
        account = account_or_problem(account_id)
        _refuse_unknown(register, values)
        facts = RegisterFact.objects.filter(account=account, register=register.id)
        before = dict(facts.values_list("attribute", "value"))
        changed = tuple(sorted(key for key in values if before.get(key) != values[key]))
        for attribute in changed:
            RegisterFact.objects.update_or_create(
                account=account,
                register=register.id,
                attribute=attribute,
                defaults={"value": values[attribute], "changed_at": clock.now()},
            )
        acting.note(account=account_id, attributes=list(changed))
        if changed:
            told = RegisterCorrected(
                subject=f"account/{account_id}", register=register.id, attributes=changed
            )
            acting.emit(told)


def _refuse_unknown(register: Register, values: Mapping[str, str]) -> None:
    errors = [
        FieldError(f"/values/{key}", "登记库没有此项或内容有误", "The register has no such entry")
        for key, value in values.items()
        if key not in register.attributes or not 0 < len(value) <= 200
    ]
    if errors:
        raise Invalid(
            code="identity.register.wrong_entry",
            zh="登记内容有误",
            en="The entry is not right",
            errors=errors,
        )


def states(context: Context) -> tuple[RegisterState, ...]:
    permit(context, "identity.register.switch", Resource(kind="register"))
    down = dict(RegisterOutage.objects.values_list("register", "since"))
    counted = RegisterFact.objects.values_list("register")
    known = dict(counted.annotate(n=Count("account", distinct=True)).order_by())
    return tuple(
        RegisterState(register=each, known=known.get(each.id, 0), down_since=down.get(each.id))
        for each in REGISTERS
    )


def switch(context: Context, register_id: str, *, available: bool) -> None:
    """Take a simulated register off the net to rehearse its failure, or bring it back."""
    register = register_of(register_id)
    resource = Resource(kind="register", id=register.id)
    with act(context, "identity.register.switch", resource) as acting:
        acting.note(available=available)
        if available:
            RegisterOutage.objects.filter(pk=register.id).delete()
        else:
            since = {"since": clock.now()}
            RegisterOutage.objects.get_or_create(register=register.id, defaults=since)
