"""The only door into cameras; ``listening`` is that of the process that hears them."""

from __future__ import annotations

from pengcheng.domains.cameras import contracts
from pengcheng.domains.cameras.ops import alarms, catalogue, finding, presence, sources
from pengcheng.domains.cameras.rules import checks
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kit.sip import numbers


def add(*, context: Context, source: contracts.NewSource) -> contracts.Shown:
    """Let a device or platform register; its password is shown now and never again. Raises
    Invalid, Conflict (number taken).
    """
    return sources.add(context, source)


def renew(*, context: Context, number: str) -> contracts.Shown:
    """A new password; what was ended may register again. Raises NotFound."""
    return sources.renew(context, number)


def end(*, context: Context, number: str) -> contracts.Source:
    """It may register no more. Raises NotFound."""
    return sources.end(context, number)


def listed(
    *, context: Context, words: str = "", offset: int = 0, limit: int = 50
) -> tuple[tuple[contracts.Source, ...], int]:
    """Who may register, by number or name, and how many fit in all."""
    _may_read(context)
    return sources.listed(words, offset, limit)


def source(*, context: Context, number: str) -> contracts.Source:
    """One of them. Raises NotFound."""
    _may_read(context)
    return sources.one(number)


def search(*, context: Context, asked: contracts.Search) -> contracts.Found:
    """Cameras by words, state, district and source; those that went only when asked for."""
    _may_read(context)
    return finding.search(context, asked)


def camera(*, context: Context, camera_id: str) -> contracts.Camera:
    """One camera by id or number. Raises NotFound."""
    _may_read(context)
    return finding.one(context, camera_id)


def districts(*, context: Context) -> dict[str, str]:
    """The districts in which cameras are, by code."""
    _may_read(context)
    return finding.districts(context)


def alarms_of(
    *, context: Context, source: str = "", number: str = ""
) -> tuple[contracts.Alarm, ...]:
    """Alarms of a source or a camera, newest first."""
    _may_read(context)
    return alarms.listed(source=source, number=number)


def take_catalogue(
    *, context: Context, number: str, items: tuple[contracts.Item, ...], whole: bool = False
) -> int:
    """Take in lines of a source's catalogue; returns how many cameras are another's. ``whole``:
    what is not among them has gone. Raises NotFound.
    """
    others = catalogue.take(context, number, items)
    if whole:
        catalogue.finish(context, number, frozenset(each.number for each in items), len(items))
    return others


def take_alarm(*, context: Context, number: str, alarm: contracts.NewAlarm) -> contracts.Alarm:
    """Keep an alarm; grave ones are told to the city. Raises NotFound."""
    return alarms.record(context, number, alarm)


def show_simulated(*, context: Context, number: str) -> None:
    """Let a simulated source count as being there. Raises NotFound."""
    presence.simulate(context, number)


def desk() -> contracts.Desk:
    """How we are called, and where we listen."""
    return sources.desk()


def method(code: int) -> tuple[str, str]:
    """The way an alarm came about, in Chinese and English."""
    return checks.method(code)


def kind(number: str) -> tuple[str, str]:
    """What a number says it is, in Chinese and English."""
    found = numbers.read(number)
    code = found.kind if found else ""
    return numbers.kind(code, english=False), numbers.kind(code, english=True)


def industry(number: str) -> tuple[str, str]:
    """The industry that a number names, in Chinese and English."""
    found = numbers.read(number)
    code = found.industry if found else ""
    return numbers.industry(code, english=False), numbers.industry(code, english=True)


def _may_read(context: Context) -> None:
    permit(context, "cameras.camera.read", Resource(kind="cameras"))
