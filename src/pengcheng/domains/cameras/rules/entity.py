"""A camera as an NGSI-LD entity, normalized, in the names of the core @context."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.cameras.contracts import Camera

TYPE = "Camera"
# What a catalogue may leave out, and then is to go. Attributes of others stay.
OPTIONAL = ("cameraName", "manufacturer", "model", "owner", "address", "district", "location")


def document(camera: Camera) -> dict[str, Any]:
    """What is known of it; nothing of a picture, for there is none."""
    said = {
        "cameraName": camera.name,
        "deviceId": camera.number,  # the model has cameraNum, a number: twenty digits are too many
        "status": camera.state,
        "manufacturer": camera.manufacturer,
        "model": camera.model,
        "owner": camera.owner,
        "address": {"streetAddress": camera.address} if camera.address else "",
        "district": camera.district,
        "source": camera.source,
        "simulated": camera.simulated,
    }
    found: dict[str, Any] = {"id": camera.entity, "type": TYPE}
    found |= {name: {"type": "Property", "value": v} for name, v in said.items() if v != ""}
    if camera.longitude is not None and camera.latitude is not None:
        at = {"type": "Point", "coordinates": [camera.longitude, camera.latitude]}
        found["location"] = {"type": "GeoProperty", "value": at}
    return found
