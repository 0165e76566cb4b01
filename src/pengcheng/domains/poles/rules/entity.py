"""A pole as an NGSI-LD entity, normalized, in the names of the core @context."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pengcheng.domains.poles.contracts import Mount, Pole

TYPE = "SmartPole"
DEVICES = "refDevice"  # of a pole: what of its mounts the broker knows
POLE = "refPole"  # of a device: where it is mounted


def document(pole: Pole, mounts: Iterable[Mount]) -> dict[str, Any]:
    """What the register says of it; what it does not say is left out."""
    hung = tuple(mounts)
    said: dict[str, Any] = {
        "code": pole.code,
        "status": pole.state,
        "owner": pole.owner,
        "road": pole.road,
        "district": pole.district,
        "circuit": pole.circuit,
        "phases": pole.phases,
        "openFaults": pole.faults,
        "simulated": pole.simulated,
        "mounts": [_mount(each) for each in hung],
    }
    found: dict[str, Any] = {"id": pole.entity, "type": TYPE}
    found |= {name: _property(value) for name, value in said.items() if value != ""}
    if pole.height:
        found["height"] = _property(pole.height, "MTR")
    found["powerBudget"] = _property(pole.power, "WTT")
    found["powerDemand"] = _property(sum(each.watts for each in hung), "WTT")
    at = {"type": "Point", "coordinates": [pole.longitude, pole.latitude]}
    found["location"] = {"type": "GeoProperty", "value": at}
    return found


def _property(value: Any, unit: str = "") -> dict[str, Any]:
    found = {"type": "Property", "value": value}
    return found | {"unitCode": unit} if unit else found


def _mount(each: Mount) -> dict[str, Any]:
    return {
        "code": each.code,
        "kind": each.kind,
        "owner": each.owner,
        "watts": each.watts,
        "phase": each.phase,
        "faulty": each.faulty,
    }
