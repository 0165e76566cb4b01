"""The door for firmware: packages, roll-outs, and what devices report."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.devices import contracts
from pengcheng.domains.devices.ops import packages as kept
from pengcheng.domains.devices.ops import progress
from pengcheng.domains.devices.ops import rollouts as going
from pengcheng.domains.devices.rules.firmware import STEPS, Step, statement
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

__all__ = ["STEPS", "Step", "statement"]


def _may_read(context: Context) -> None:
    permit(context, "devices.device.read", Resource(kind="devices"))


def upload(
    *, context: Context, profile: str, title: str, version: str, file: Any
) -> contracts.Package:
    """Take a firmware in. Raises Conflict, Invalid, NotFound."""
    return kept.upload(context, profile_id=profile, title=title, version=version, file=file)


def release(*, context: Context, package_id: str) -> contracts.Package:
    """Release what somebody else uploaded; it is signed. Raises Conflict, Denied, NotFound."""
    return kept.release(context, package_id)


def withdraw(*, context: Context, package_id: str) -> contracts.Package:
    """No new roll-out takes it any more. Raises NotFound."""
    return kept.withdraw(context, package_id)


def packages(*, context: Context) -> tuple[contracts.Package, ...]:
    """All firmware, the newest first."""
    _may_read(context)
    return kept.listed()


def package(*, context: Context, package_id: str) -> contracts.Package:
    """One firmware. Raises NotFound."""
    _may_read(context)
    return kept.one(package_id)


def keys() -> dict[str, Any]:
    """The public keys by which devices know the city's signature."""
    return kept.keys()


def start(*, context: Context, plan: contracts.Plan) -> contracts.Rollout:
    """Begin a roll-out. Raises Conflict, Invalid, NotFound."""
    return going.start(context, plan)


def steer(*, context: Context, rollout_id: str, step: Step) -> contracts.Rollout:
    """Pause, resume, cancel a roll-out, or take it back. Raises Conflict, NotFound."""
    return going.steer(context, rollout_id, step)


def rollouts(*, context: Context) -> tuple[contracts.Rollout, ...]:
    """All roll-outs, the newest first."""
    _may_read(context)
    return progress.listed()


def rollout(*, context: Context, rollout_id: str) -> contracts.Rollout:
    """One roll-out. Raises NotFound."""
    _may_read(context)
    return progress.one(rollout_id)


def updates(
    *, context: Context, rollout_id: str, state: str = "", offset: int = 0, limit: int = 50
) -> tuple[tuple[contracts.Update, ...], int]:
    """The devices of a roll-out, and how many there are in all."""
    _may_read(context)
    return progress.updates(rollout_id, state=state, offset=offset, limit=limit)


def step_all(*, context: Context) -> int:
    """Take all roll-outs further by the clock; returns how many moved."""
    return going.step_all(context)
