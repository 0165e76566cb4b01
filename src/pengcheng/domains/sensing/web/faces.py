"""The other standards that are spoken over the broker's store, beside NGSI-LD."""

from __future__ import annotations

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.web.ngsild.app import Face
from pengcheng.domains.sensing.web.ogc.app import OgcApis
from pengcheng.domains.sensing.web.sta.app import SensorThings


def faces(broker: Broker) -> tuple[Face, ...]:
    things = SensorThings(broker)
    return (things, OgcApis(broker, things.readers))
