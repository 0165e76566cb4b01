"""The bodies of messages: plain JSON by the mapping of a profile, SenML."""

from __future__ import annotations

from typing import Any

import cbor2
import orjson

from pengcheng.domains.devices.contracts import Reading
from pengcheng.domains.devices.ops.directory import Known
from pengcheng.domains.devices.rules import plain
from pengcheng.kernel import clock
from pengcheng.kit import senml


def readings_of(known: Known, document: Any) -> list[Reading]:
    """Plain JSON, by the mapping of the profile if it has one."""
    if known.profile.mapping:
        return plain.mapped(known.profile.mapping, document, known.profile.time_path)
    return plain.read(document)


def senml_readings(payload: bytes) -> list[Reading]:
    """SenML in JSON or CBOR. Raises SenmlError."""
    try:
        pack = orjson.loads(payload) if payload[:1] in b"[ \n\r\t" else cbor2.loads(payload)
    except Exception as reason:
        raise senml.SenmlError("neither JSON nor CBOR") from reason
    records = senml.resolve(pack, now=clock.now().timestamp())
    short = senml.last_part(each.name for each in records)
    return [
        Reading(
            short[each.name],
            each.total if each.value is None else each.value,
            int(each.time * 1_000_000),
        )
        for each in records
    ]
