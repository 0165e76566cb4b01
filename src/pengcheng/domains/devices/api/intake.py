"""The door for the process that hears devices: the intake, and what stands behind its listeners."""

from pengcheng.domains.devices.ops import commanding, crew
from pengcheng.domains.devices.ops.bodies import readings_of, senml_readings
from pengcheng.domains.devices.ops.crew import Crew
from pengcheng.domains.devices.ops.directory import Directory, Known
from pengcheng.domains.devices.ops.hearing import House
from pengcheng.domains.devices.ops.intake import Full, Intake
from pengcheng.domains.devices.ops.outside import Outside
from pengcheng.domains.devices.ops.things import visitor
from pengcheng.domains.devices.rules.firmware import split
from pengcheng.domains.devices.rules.plain import Unreadable, mapped, read, table, written
from pengcheng.domains.devices.rules.thingsboard import failed, gateway_telemetry

__all__ = [
    "Crew",
    "Directory",
    "Full",
    "House",
    "Intake",
    "Known",
    "Outside",
    "Unreadable",
    "commanding",
    "crew",
    "failed",
    "gateway_telemetry",
    "mapped",
    "read",
    "readings_of",
    "senml_readings",
    "split",
    "table",
    "visitor",
    "written",
]
