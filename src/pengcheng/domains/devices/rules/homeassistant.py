"""Discovery as Home Assistant understands it: devices say themselves what they will say where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pengcheng.domains.devices.contracts import Measure, Reading
from pengcheng.domains.devices.rules import plain

PREFIX = "homeassistant/"
STATUS = "homeassistant/status"
TOPIC = re.compile(
    r"homeassistant/(?P<component>[a-z_]+)/((?P<node>[\w-]+)/)?(?P<object>[\w-]+)/config\Z"
)
TEMPLATE = re.compile(r"\{\{\s*value_json(?P<path>[\w.\[\]'\"]+)\s*(\|\s*\w+(\([^)]*\))?\s*)*\}\}")
SHORT = {
    "stat_t": "state_topic",
    "val_tpl": "value_template",
    "unit_of_meas": "unit_of_measurement",
    "dev_cla": "device_class",
    "uniq_id": "unique_id",
    "dev": "device",
    "cmps": "components",
    "p": "platform",
    "pl_on": "payload_on",
    "pl_off": "payload_off",
    "avty_t": "availability_topic",
    "o": "origin",
    "ids": "identifiers",
    "mf": "manufacturer",
    "mdl": "model",
}
# Units as devices write them -> UN/CEFACT Rec. 20.
UNITS = {
    **{"°C": "CEL", "°F": "FAH", "%": "P1", "hPa": "A97", "Pa": "PAL", "lx": "LUX", "W": "WTT"},
    **{"kW": "KWT", "kWh": "KWH", "V": "VLT", "A": "AMP", "Hz": "HTZ", "m/s": "MTS", "mm": "MMT"},
    **{"km/h": "KMH", "m": "MTR", "dB": "2N", "µg/m³": "GQ", "ppm": "59", "mV": "2Z", "s": "SEC"},
}
READ = frozenset({"sensor", "binary_sensor", "number", "switch", "select", "text"})


class Source(NamedTuple):
    """Where a measure is said: the topic, the way into its message, and its words."""

    topic: str
    path: str
    measure: Measure
    on: str = ""
    off: str = ""


class Discovered(NamedTuple):
    device: str
    title: str
    sources: tuple[Source, ...]


def discovered(topic: str, document: Any) -> Discovered | None:
    """What a discovery message announces; None when there is nothing to read in it."""
    found = TOPIC.match(topic)
    if found is None or not isinstance(document, Mapping):
        return None
    config = long(document)
    about = config.get("device")
    about = about if isinstance(about, Mapping) else {}
    base = str(config.get("~", ""))
    if found["component"] == "device":
        parts = config.get("components")
        listed = dict(parts) if isinstance(parts, Mapping) else {}
        shared = config.get("state_topic", "")
    else:
        listed, shared = {found["object"]: {**config, "platform": found["component"]}}, ""
    sources = [
        source
        for name, part in listed.items()
        if isinstance(part, Mapping) and (source := _source(name, long(part), base, str(shared)))
    ]
    if not sources:
        return None
    name = _identity(about) or found["node"] or found["object"]
    return Discovered(name, str(about.get("name", ""))[:120], tuple(sources))


def long(document: Mapping[str, Any]) -> dict[str, Any]:
    """Names written out: discovery allows short ones."""
    found = {SHORT.get(key, key): value for key, value in document.items()}
    if isinstance(found.get("device"), Mapping):
        found["device"] = {SHORT.get(k, k): v for k, v in found["device"].items()}
    return found


def _identity(about: Mapping[str, Any]) -> str:
    given = about.get("identifiers")
    first = given[0] if isinstance(given, list) and given else given
    return re.sub(r"[^\w.\-]+", "_", str(first))[:100] if first else ""


def _source(name: str, part: dict[str, Any], base: str, shared: str) -> Source | None:
    topic = str(part.get("state_topic") or shared).replace("~", base)
    if not topic or part.get("platform") not in READ:
        return None
    path = path_of(str(part.get("value_template", "")))
    if path is None:
        return None  # a template that computes is not run here
    unit = str(part.get("unit_of_measurement") or "")
    words = str(part.get("name") or name)[:120]
    key = re.sub(r"[^\w.\-]+", "_", str(part.get("unique_id") or name))[:60]
    key = re.sub(r"[^\w]+", "_", path)[:60] if path else key
    measure = Measure(key=key, en=words, zh=words, unit=unit, unit_code=UNITS.get(unit, ""))
    binary = part.get("platform") in {"binary_sensor", "switch"}
    on, off = (str(part.get(f"payload_{each}", each.upper())) for each in ("on", "off"))
    return Source(topic, path, measure, *((on, off) if binary else ("", "")))


def path_of(template: str) -> str | None:
    """The way into a message that a template goes; empty: the whole; None: it does more."""
    if not template or re.fullmatch(r"\{\{\s*value\s*(\|\s*\w+(\([^)]*\))?\s*)*\}\}", template):
        return ""
    found = TEMPLATE.fullmatch(template.strip())
    if found is None:
        return None
    return re.sub(r"\[['\"]?([^\]'\"]+)['\"]?\]", r".\1", found["path"]).strip(".")


def state(source: Source, payload: bytes, document: Any) -> Reading | None:
    """The reading of a source in a message on its topic."""
    value = plain.find(document, source.path) if source.path else document
    if value is None:
        value = payload.decode("utf-8", "replace") if not source.path else None
    if value is None or isinstance(value, (dict, list)):
        return None
    if source.on and str(value) in {source.on, source.off}:
        return Reading(source.measure.key, str(value) == source.on)
    return Reading(source.measure.key, _number(value))


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
