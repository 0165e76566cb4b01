"""Who may ask, who may answer, when a document is sealed: decided from facts alone."""

from __future__ import annotations

from pengcheng.domains.signatures.contracts.custody import (
    Kept,
    RequestState,
    SealState,
    SealStep,
)
from pengcheng.kernel.context import Actor

STEPS: dict[SealState, dict[SealStep, SealState]] = {
    SealState.ACTIVE: {
        SealStep.SUSPEND: SealState.SUSPENDED,
        SealStep.RETIRE: SealState.RETIRED,
    },
    SealState.SUSPENDED: {
        SealStep.RESUME: SealState.ACTIVE,
        SealStep.RETIRE: SealState.RETIRED,
    },
    SealState.RETIRED: {},
}
"""A retired seal never comes back; what it sealed stays sealed."""


def may_ask(seal: Kept, state: SealState, actor: Actor) -> bool:
    return state == SealState.ACTIVE and bool(actor.roles & set(seal.requesters))


def may_answer(
    seal: Kept, state: RequestState, actor: Actor, asker_id: str, answered: set[str]
) -> bool:
    """Never the asker, and nobody twice."""
    known = actor.id not in {asker_id, *answered}
    return state == RequestState.WAITING and known and bool(actor.roles & set(seal.approvers))


def stands(seal: Kept, state: SealState, act: str) -> bool:
    """Whether this act may seal without asking."""
    return state == SealState.ACTIVE and act in seal.standing


def enough(seal: Kept, agreed: int) -> bool:
    """A seal that nobody's approval is written for needs one all the same."""
    return agreed >= max(seal.approvals, 1)
