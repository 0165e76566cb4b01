"""What command does when sensing and the rules on its stream speak."""

from __future__ import annotations

from pengcheng.domains.cameras.events import AlarmRaised
from pengcheng.domains.command import api
from pengcheng.domains.devices.events import DeviceBack, DeviceIll, DeviceLate
from pengcheng.domains.poles.events import FaultOpened, FaultRepaired
from pengcheng.domains.sensing.events import LimitCleared, LimitCrossed
from pengcheng.domains.streams.events import RuleFired
from pengcheng.kernel.events import Envelope, hears


@hears(LimitCrossed)
def on_limit_crossed(envelope: Envelope, event: LimitCrossed) -> None:
    """A crossed limit becomes an incident, or one more line in the open one."""
    api.raise_from_limit(context=envelope.context("command"), crossing=event)


@hears(LimitCleared)
def on_limit_cleared(envelope: Envelope, event: LimitCleared) -> None:
    """The open incident learns that the readings are within the limit again."""
    api.note_limit_cleared(context=envelope.context("command"), cleared=event)


@hears(RuleFired)
def on_rule_fired(envelope: Envelope, event: RuleFired) -> None:
    """A rule that is to open incidents opens one, or writes into the open one."""
    if event.incident:
        api.raise_from_rule(context=envelope.context("command"), fired=event)


@hears(DeviceLate)
def on_device_late(envelope: Envelope, event: DeviceLate) -> None:
    """A device that fell silent becomes an incident, once."""
    api.raise_from_device(context=envelope.context("command"), late=event, at=envelope.time)


@hears(DeviceIll)
def on_device_ill(envelope: Envelope, event: DeviceIll) -> None:
    """A device that comes and goes, stands still or is out of range becomes one too."""
    api.raise_from_illness(context=envelope.context("command"), ill=event, at=envelope.time)


@hears(DeviceBack)
def on_device_back(envelope: Envelope, event: DeviceBack) -> None:
    """It is over: what nobody took up closes by itself, the rest learns of it."""
    api.note_device_back(context=envelope.context("command"), back=event, at=envelope.time)


@hears(FaultOpened)
def on_fault_opened(envelope: Envelope, event: FaultOpened) -> None:
    """A fault on a pole becomes an incident, once."""
    api.raise_from_fault(context=envelope.context("command"), fault=event)


@hears(FaultRepaired)
def on_fault_repaired(envelope: Envelope, event: FaultRepaired) -> None:
    """It works again: what nobody took up closes by itself, the rest learns of it."""
    api.note_fault_repaired(context=envelope.context("command"), repaired=event)


@hears(AlarmRaised)
def on_alarm_raised(envelope: Envelope, event: AlarmRaised) -> None:
    """A grave alarm of a camera becomes an incident, or one more line in the open one."""
    api.raise_from_alarm(context=envelope.context("command"), alarm=event)
