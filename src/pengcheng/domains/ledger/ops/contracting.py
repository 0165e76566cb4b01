"""Contracts in the embedded machine: one step after the other, each with its hash in the log."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pengcheng.domains.ledger.contracts import (
    CallView,
    ContractView,
    LockView,
    StepView,
    TemplateView,
)
from pengcheng.domains.ledger.models import LogEntry, MachineStep, MachineValue
from pengcheng.domains.ledger.ops import log
from pengcheng.domains.ledger.ops.refusals import told as refusal
from pengcheng.domains.ledger.rules import machine, templates
from pengcheng.domains.ledger.rules.language import Refused
from pengcheng.domains.ledger.rules.machine import Receipt, Step
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import NotFound

READ, RUN, ISSUE = "ledger.contract.read", "ledger.contract.run", "ledger.contract.issue"
KIND, ISSUER = "contracts.call", "city"
MACHINE = "machine"


class Table:
    """The machine's store in the database."""

    def get(self, key: str) -> Any:
        row = MachineValue.objects.filter(key=key[:200]).first()
        return row.value if row else None

    def put(self, key: str, value: Any) -> None:
        MachineValue.objects.update_or_create(key=key, defaults={"value": value})

    def items(self) -> Iterator[tuple[str, Any]]:
        rows = MachineValue.objects.exclude(key=MACHINE).values_list("key", "value")
        return iter(sorted(rows))


def party(context: Context) -> str:
    """In whose name somebody acts: their organisation, or themselves."""
    return context.organisation or context.actor.id


def run(context: Context, step: Step) -> Receipt:
    """Apply one step in the asker's name. Raises Conflict or Invalid when it is refused."""
    return _run(context, RUN, step, party(context))


def issue(context: Context, to: str, amount: int) -> Receipt:
    """Make test units; they stand for nothing outside."""
    return _run(context, ISSUE, {"do": "issue", "to": to, "amount": amount}, ISSUER)


def _run(context: Context, permission: str, step: Step, sender: str) -> Receipt:
    with act(context, permission, Resource(kind="contract")) as acting:
        now = _locked()
        try:
            receipt = machine.apply(Table(), step, sender, now)
        except Refused as no:
            raise refusal(no) from no
        _remember(step, sender, now, receipt)
        acting.concerns(Resource(kind="contract", id=receipt.place))
        acting.note(step=str(step["do"]), gas=receipt.gas)
    return receipt


def _locked() -> int:
    """One step at a time; the block's clock never goes back."""
    MachineValue.objects.get_or_create(key=MACHINE, defaults={"value": 0})
    row = MachineValue.objects.select_for_update().get(key=MACHINE)
    now = max(int(row.value), int(clock.now().timestamp()))
    MachineValue.objects.filter(key=MACHINE).update(value=now)
    MachineValue.objects.get_or_create(key="issuer", defaults={"value": ISSUER})
    return now


def _remember(step: Step, sender: str, now: int, receipt: Receipt) -> None:
    salt = os.urandom(16).hex()
    told = [salt, step, sender, now, receipt.place]
    digest = hashlib.sha256(machine.canonical(told)).hexdigest()
    MachineStep.objects.create(
        place=receipt.place,
        sender=sender,
        now=now,
        step=step,
        gas=receipt.gas,
        salt=salt,
        digest=digest,
    )
    log.append(system_context("ledger"), KIND, digest)


def replayed() -> bytes:
    """The digest of the state that the steps give when they are taken again from the first."""
    store = machine.Memory({"issuer": ISSUER})
    for row in MachineStep.objects.order_by("position").iterator():
        machine.apply(store, row.step, row.sender, row.now)
    return store.digest()


def sound(context: Context) -> bool:
    """Whether the state is what its steps give, and no unit came or went."""
    permit(context, READ)
    if not MachineStep.objects.exists():
        return True
    issued = Table().get("issued") or 0
    same = machine.digest_of(Table().items()) == replayed()
    return same and machine.total(Table().items()) == issued


def template_list(context: Context) -> tuple[TemplateView, ...]:
    permit(context, READ)
    return tuple(
        TemplateView(name=name, params=dict(told["params"]))
        for name, told in templates.TEMPLATES.items()
    )


def deploy(context: Context, template: str, params: dict[str, Any]) -> ContractView:
    program = templates.TEMPLATES.get(template)
    if program is None:
        raise _missing()
    receipt = run(context, {"do": "deploy", "program": program, "params": params})
    return contract(context, receipt.place)


def contract(context: Context, id: str) -> ContractView:
    permit(context, READ)
    found = Table().get(f"contract/{id}")
    if found is None:
        raise _missing()
    return _view(id, found)


def listed(context: Context) -> tuple[ContractView, ...]:
    """The newest first."""
    permit(context, READ)
    rows = MachineValue.objects.filter(key__startswith="contract/")
    found = [_view(row.key.partition("/")[2], row.value) for row in rows]
    return tuple(sorted(found, key=lambda one: -int(one.id.split("-")[1])))


def _view(id: str, told: dict[str, Any]) -> ContractView:
    program = told["program"]
    return ContractView(
        id=id,
        template=program["name"],
        by=told["by"],
        params=told["params"],
        state=told["state"],
        held=told["held"],
        calls=tuple(
            CallView(name=name, args=dict(call.get("args", {})))
            for name, call in program["calls"].items()
        ),
    )


def locks(context: Context) -> tuple[LockView, ...]:
    """Those of hash-locked exchanges, the newest first."""
    permit(context, READ)
    rows = MachineValue.objects.filter(key__startswith="lock/")
    found = [(row.key.partition("/")[2], row.value) for row in rows]
    views = [
        LockView(
            id=id,
            by=told["by"],
            to=told["to"],
            amount=told["amount"],
            hash=told["hash"],
            until=datetime.fromtimestamp(min(told["until"], 2**35), UTC),
            stage=told["stage"],
            preimage=told["preimage"],
        )
        for id, told in found
    ]
    return tuple(sorted(views, key=lambda one: -int(one.id.split("-")[1])))


def history(context: Context, place: str) -> tuple[StepView, ...]:
    """What happened to a contract or lock, the newest first; all when none is named."""
    permit(context, READ)
    rows = MachineStep.objects.order_by("-position")
    rows = rows.filter(place=place) if place else rows
    some = list(rows[:100])
    stood = LogEntry.objects.filter(kind=KIND, digest__in=[row.digest for row in some])
    places = dict(stood.values_list("digest", "index"))
    return tuple(_step(row, places.get(row.digest)) for row in some)


def _step(row: MachineStep, index: int | None) -> StepView:
    told = row.step
    named = {"do", "contract", "call", "args", "program", "params"}
    args = told.get("args") or told.get("params") or {k: told[k] for k in told if k not in named}
    return StepView(
        position=row.position,
        place=row.place,
        do=told.get("call") or told["do"],
        sender=row.sender,
        at=datetime.fromtimestamp(row.now, UTC),
        gas=row.gas,
        digest=row.digest,
        args=args,
        index=index,
    )


def balance(context: Context, who: str) -> int:
    permit(context, READ)
    return machine.balance(Table(), who)


def _missing() -> NotFound:
    return NotFound(
        code="ledger.contract.not_found",
        zh="没有该合约",
        en="There is no such contract",
        next_zh="请从合约列表进入。",
        next_en="Go on from the list of contracts.",
    )
