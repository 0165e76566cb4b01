"""The only door into poles."""

from __future__ import annotations

from pengcheng.domains.poles import contracts
from pengcheng.domains.poles.ops import assets, faults, planning
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def save(*, context: Context, pole: contracts.NewPole, new: bool = False) -> contracts.Pole:
    """Register a pole, or change the one with this code unless it is to be ``new``. Raises
    Invalid, Conflict (code taken, more mounted than it could feed).
    """
    return assets.save(context, pole, new=new)


def search(*, context: Context, asked: contracts.Search) -> contracts.Found:
    """Poles by words, kind of mount, owner and state."""
    _may_read(context)
    return assets.search(asked)


def pole(*, context: Context, pole_id: str) -> contracts.Pole:
    """One pole by id or code. Raises NotFound."""
    _may_read(context)
    return assets.one(pole_id)


def owners(*, context: Context) -> tuple[str, ...]:
    """Everyone who owns a pole or something on one."""
    _may_read(context)
    return assets.owners()


def mounts(*, context: Context, pole_id: str, past: bool = False) -> tuple[contracts.Mount, ...]:
    """What is on a pole; ``past`` adds what was."""
    _may_read(context)
    return assets.mounts(pole_id, past=past)


def loads(*, context: Context, pole: contracts.Pole) -> tuple[contracts.PhaseLoad, ...]:
    """What hangs on each phase."""
    _may_read(context)
    return assets.loads(pole)


def mount(*, context: Context, pole_id: str, given: contracts.NewMount) -> contracts.Mount:
    """Put something on a pole. Raises Invalid, Conflict (power, code), NotFound."""
    return assets.mount(context, pole_id, given)


def unmount(*, context: Context, mount_id: str) -> contracts.Mount:
    """Take something down. Raises NotFound."""
    return assets.unmount(context, mount_id)


def report(
    *,
    context: Context,
    pole_id: str,
    text: str,
    mount_id: str = "",
    severity: contracts.Severity = "moderate",
) -> contracts.Fault:
    """Report a fault of a mount, or of the pole itself. Raises Invalid, NotFound."""
    return faults.report(context, pole_id, mount_id=mount_id, severity=severity, text=text)


def move_fault(
    *, context: Context, fault_id: str, to: contracts.FaultState, note: str = ""
) -> contracts.Fault:
    """Take a fault up or say that it is repaired. Raises Conflict, NotFound."""
    return faults.move(context, fault_id, to=to, note=note)


def fault(*, context: Context, fault_id: str) -> contracts.Fault:
    """One fault with its journal. Raises NotFound."""
    _may_read(context)
    return faults.one(fault_id)


def faults_of(*, context: Context, pole_id: str = "") -> tuple[contracts.Fault, ...]:
    """Faults of a pole, or of all, newest first."""
    _may_read(context)
    return faults.listed(pole_id)


def areas(*, context: Context) -> tuple[str, ...]:
    """The areas of which roads are held."""
    _may_read(context)
    return planning.areas(context)


def credit(*, context: Context) -> str:
    """Whose the roads are, to be said beside every map of them."""
    return planning.credit(context)


def classes() -> dict[str, float]:
    """The classes of roads that are planned for, with the metres between poles."""
    return planning.classes()


def plan(*, context: Context, asked: contracts.Asked, roads: bytes = b"") -> contracts.Plan:
    """Compute where poles should stand, along the roads held or those of a GeoJSON file in
    WGS 84; the poles there are count. Raises Invalid.
    """
    return planning.plan(context, asked, roads)


def plans(*, context: Context) -> tuple[contracts.Plan, ...]:
    """The last plans, newest first."""
    _may_read(context)
    return planning.listed()


def one_plan(*, context: Context, plan_id: str) -> contracts.Plan:
    """One plan. Raises NotFound."""
    _may_read(context)
    return planning.one(plan_id)


def near(
    *, context: Context, pole: contracts.Pole
) -> tuple[tuple[tuple[tuple[float, float], ...], ...], tuple[contracts.Pole, ...]]:
    """The roads and the other poles within some hundred metres of a pole."""
    _may_read(context)
    return planning.near(context, pole)


def _may_read(context: Context) -> None:
    permit(context, "poles.pole.read", Resource(kind="poles"))
