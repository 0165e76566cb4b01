"""Invented people, an invented service and short ways to bring a case into any state."""

from __future__ import annotations

import hashlib
from itertools import count

import msgspec

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    Answer,
    Case,
    Clock,
    DecisionModel,
    Definition,
    Evidence,
    Label,
    Notice,
    RuleDecision,
    State,
    Submission,
    TraceLine,
)
from pengcheng.kernel import clock
from pengcheng.kernel.context import Actor, Context, system_context

DMN = b"<definitions>an invented table</definitions>"
DMN_HASH = hashlib.sha256(DMN).hexdigest()
KEYS = count(1)


def context(name: str, role: str, **facts: object) -> Context:
    kind = "official" if role == "official" else "person"
    actor = Actor(id=name, kind=kind, name=f"{name}（虚构）", roles=frozenset({role}))
    return Context(actor=actor, purpose="test", **facts)  # type: ignore[arg-type]


CHEN = context("chen", "citizen")
STRANGER = context("liu", "citizen")
WANG = context("wang", "official")
ZHAO = context("zhao", "official")
RULES = system_context("services")


def definition(**changes: object) -> Definition:
    base = Definition(
        kind="services.application",
        title=Label("居住登记（虚构事项）", "Residence registration (invented)"),
        item_code="TEST-001",
        candidate_group=ONE_WINDOW,
        clock=Clock(days=5, warn_days=2, appeal_within_days=60, appeal_days=10),
        decision=DecisionModel(name="residence", sha256=DMN_HASH, dmn=DMN),
        legal_basis="《虚构条例》第七条",
        department="虚构人口局",
        notices=(Notice(state=State.SUBMITTED, text=Label("已收到", "We have it")),),
    )
    return msgspec.structs.replace(base, **changes)


def registered(**changes: object) -> str:
    return api.register_definition(context=RULES, definition=definition(**changes))


def submission(address: str = "莲花路1号") -> Submission:
    return Submission(
        answers=(
            Answer(key="address", label=Label("住址", "Address"), value=address),
            Answer(
                key="name",
                label=Label("姓名", "Name"),
                value="陈晓明",
                source=Label("人口库", "Population registry"),
                trust="A",
                retrieved_at=clock.now(),
                record="陈晓明",
            ),
        ),
        evidence=(
            Evidence(
                key="lease",
                label=Label("租赁合同", "Lease"),
                source=Label("申请人上传", "Uploaded"),
                trust="C",
                sha256="ab" * 32,
            ),
        ),
    )


def opened(by: Context = CHEN, **changes: object) -> Case:
    receipt = api.open_case(
        context=by,
        definition=registered(**changes),
        submission=submission(),
        idempotency_key=f"test-key-{next(KEYS)}",
    )
    return receipt.case


def by_rule(outcome: str = "granted", **changes: object) -> RuleDecision:
    decision = RuleDecision(
        outcome=outcome,  # type: ignore[arg-type]
        reason=Label("符合条件", "The conditions are met"),
        model_sha256=DMN_HASH,
        trace=(
            TraceLine(
                rule="r1",
                text=Label("住址在本市", "The address is in the city"),
                matched=True,
                facts={"address": "莲花路1号"},
            ),
        ),
    )
    return msgspec.structs.replace(decision, **changes)


# --- the shortest way to each state, one step after the other ---------------------------


def accepted(case: Case) -> Case:
    return api.accept(context=WANG, case_id=case.id)


def claimed(case: Case, by: Context = WANG) -> Case:
    return api.claim(context=by, case_id=case.id)


def correction(case: Case, by: Context = WANG) -> Case:
    return api.request_correction(
        context=by, case_id=case.id, version=case.version, reason="缺租赁合同第二页"
    )


def supplemented(case: Case) -> Case:
    return api.supplement(context=CHEN, case_id=case.id, submission=submission("莲花路2号"))


def suspended(case: Case, by: Context = WANG) -> Case:
    return api.suspend(
        context=by,
        case_id=case.id,
        version=case.version,
        reason="现场勘验",
        legal_basis="《行政许可法》第四十五条",
        days=10,
    )


def resumed(case: Case, by: Context = WANG) -> Case:
    return api.resume(context=by, case_id=case.id, version=case.version)


def decided(case: Case, outcome: str, by: Context = WANG) -> Case:
    return api.decide(
        context=by,
        case_id=case.id,
        version=case.version,
        outcome=outcome,  # type: ignore[arg-type]
        reason="经审查",
    )


def appealed(case: Case) -> Case:
    return api.appeal(context=CHEN, case_id=case.id, reason="地址已更正")


def appeal_decided(case: Case, outcome: str, by: Context = ZHAO) -> Case:
    case = api.claim(context=by, case_id=case.id)
    return api.decide_appeal(
        context=by,
        case_id=case.id,
        version=case.version,
        outcome=outcome,  # type: ignore[arg-type]
        reason="经复核",
    )


def in_state(state: State) -> Case:
    """A fresh case brought into ``state`` through the door alone."""
    case = opened()
    for step in _WAYS[state]:
        case = step(case)
    assert case.state == state
    return case


def _withdrawn(case: Case) -> Case:
    return api.withdraw(context=CHEN, case_id=case.id)


def _closed(case: Case) -> Case:
    with clock.frozen(clock.now()) as hand:
        hand.advance(days=61)
        api.check_clocks(context=system_context("casework"))
    return api.get_case(context=WANG, case_id=case.id)


def _refused(case: Case) -> Case:
    return decided(case, "refused")


_TO_APPEAL = (claimed, _refused, appealed)
_WAYS = {
    State.SUBMITTED: (),
    State.ACCEPTED: (accepted,),
    State.IN_REVIEW: (claimed,),
    State.CORRECTION_REQUESTED: (claimed, correction),
    State.SUPPLEMENTED: (claimed, correction, supplemented),
    State.SUSPENDED: (claimed, lambda case: suspended(case)),
    State.GRANTED: (claimed, lambda case: decided(case, "granted")),
    State.REFUSED: (claimed, _refused),
    State.WITHDRAWN: (_withdrawn,),
    State.APPEALED: _TO_APPEAL,
    State.UPHELD: (*_TO_APPEAL, lambda case: appeal_decided(case, "upheld")),
    State.OVERTURNED: (*_TO_APPEAL, lambda case: appeal_decided(case, "overturned")),
    State.CLOSED: (_withdrawn, _closed),
}
