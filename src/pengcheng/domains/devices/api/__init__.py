"""The only door into devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.ops import backlog, commanding, reading, registry, tending
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def _may_read(context: Context) -> None:
    permit(context, "devices.device.read", Resource(kind="devices"))


# --- profiles ---------------------------------------------------------------------------


def save_profile(*, context: Context, profile: contracts.Profile) -> None:
    """Make a kind of device, or change it. Raises Invalid."""
    registry.save_profile(context, profile)


def profiles(*, context: Context) -> tuple[contracts.Profile, ...]:
    """Every kind of device."""
    _may_read(context)
    return registry.profiles()


def profile(*, context: Context, profile_id: str) -> contracts.Profile:
    """One kind of device. Raises NotFound."""
    _may_read(context)
    return registry.profile(profile_id)


# --- devices ----------------------------------------------------------------------------


def save(
    *, context: Context, devices: Sequence[contracts.NewDevice]
) -> tuple[contracts.Shown, ...]:
    """Register devices or change them by name; tokens and codes of new ones are shown once."""
    return registry.save(context, devices)


def device(*, context: Context, device_id: str) -> contracts.Device:
    """One device by id or name. Raises NotFound."""
    _may_read(context)
    return registry.device_of(registry.row_of(device_id))


def devices(
    *,
    context: Context,
    search: str = "",
    profile: str = "",
    group: str = "",
    health: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[tuple[tuple[contracts.Device, contracts.Condition], ...], int]:
    """A page of devices with how they do, and how many there are in all."""
    _may_read(context)
    found = registry.searched(search=search, profile=profile, group=group, health=health)
    rows = found[offset : offset + limit]
    return tuple((registry.device_of(row), _condition(row)) for row in rows), found.count()


def _condition(row: models.Device) -> contracts.Condition:
    found = getattr(row, "condition", None)
    if found is None:
        return contracts.Condition()
    names = [n for n in contracts.Condition.__struct_fields__ if n != "flaws"]
    return contracts.Condition(**{name: getattr(found, name) for name in names})


def groups(*, context: Context) -> tuple[str, ...]:
    """The groups that there are."""
    _may_read(context)
    return registry.groups()


def condition(*, context: Context, device_id: str) -> contracts.Condition:
    """How a device does."""
    _may_read(context)
    return tending.condition(device_id)


def set_active(*, context: Context, device_id: str, active: bool) -> None:
    """Switch a device off, or on again."""
    registry.set_active(context, device_id, active=active)


def issue_token(*, context: Context, device_id: str) -> str:
    """A new token, shown this once; the old one is worth nothing from now on."""
    return registry.issue_token(context, device_id)


def add_certificate(*, context: Context, device_id: str, kind: str, value: str) -> None:
    """Know a device by its X.509 certificate."""
    registry.add_certificate(context, device_id, kind, value)


def claim(*, context: Context, code: str, owner: str) -> contracts.Device:
    """Make a device one's organisation's by the code on it. Raises NotFound, Conflict."""
    return registry.claim(context, code, owner=owner)


# --- what they measured -----------------------------------------------------------------


def latest(*, context: Context, device: contracts.Device) -> tuple[contracts.Latest, ...]:
    """The newest value of each measure."""
    _may_read(context)
    return reading.latest(device, registry.profile(device.profile).measures)


def history(
    *, context: Context, device: contracts.Device, attribute: str, limit: int = 200
) -> list[tuple[datetime, Any]]:
    """The last values of an attribute, oldest first."""
    _may_read(context)
    return reading.history(device, attribute, limit)


def feed(*, context: Context, said: Mapping[str, Sequence[contracts.Reading]]) -> int:
    """Take a backlog in, by names of devices, while no other process writes to the store."""
    return backlog.feed(context, said)


def judge_all(*, context: Context) -> int:
    """Look after the health of all devices; returns how many changed."""
    return tending.judge_all(context)


# --- commands ---------------------------------------------------------------------------


def command(
    *, context: Context, device_id: str, method: str, params: Any = None, seconds: int = 3600
) -> contracts.Command:
    """Tell a device to do something. Raises Invalid, NotFound."""
    return commanding.ask(context, device_id, method=method, params=params, seconds=seconds)


def commands(*, context: Context, device_id: str) -> tuple[contracts.Command, ...]:
    """The last commands of a device."""
    _may_read(context)
    return commanding.listed(device_id)


def one_command(*, context: Context, command_id: str) -> contracts.Command:
    """One command. Raises NotFound."""
    _may_read(context)
    return commanding.one(command_id)


def expire_commands() -> int:
    """End the commands whose time is over."""
    return commanding.expire()
