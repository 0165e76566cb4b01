"""What goes into a package, how long it is kept, and who may do what with it."""

import hashlib
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from pengcheng.domains.licences.contracts.archives import (
    ArchiveEvent,
    ArchiveState,
    ArchiveStep,
    Retention,
)

FILE = Path(__file__).parents[1] / "data" / "retention.toml"
PREMIS = "http://www.loc.gov/premis/v3"
OURS = "urn:pengcheng:archive:1"
EVENT_TYPES = {
    ArchiveStep.INGESTED: "ingestion",
    ArchiveStep.CHECKED: "fixity check",
    ArchiveStep.DISPOSED: "deletion",
    ArchiveStep.TAKEN: "dissemination",
}
"""Terms of the Library of Congress's vocabulary eventType; others keep our word."""


@cache
def schedule() -> dict[str, Any]:
    """The retention schedule as it stands in its file."""
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def periods() -> Mapping[str, Retention]:
    return {row["id"]: msgspec.convert(row, Retention) for row in schedule()["period"]}


def retention_of(title: str) -> Retention:
    """The period for a case of this title."""
    for rule in schedule()["rule"]:
        if rule["word"] in title:
            return periods()[rule["period"]]
    return periods()[schedule()["default"]]


def dispose_after(closed: date, period: Retention) -> date | None:
    """Kept to the end of that year: periods begin with the year after the case (order no. 8)."""
    return None if period.years is None else date(closed.year + period.years, 12, 31)


def steps(state: ArchiveState, *, held: bool, due: bool, own_proposal: bool) -> set[ArchiveStep]:
    """What may be done now. Nobody decides on their own proposal; what is held stays."""
    if state == ArchiveState.DISPOSED:
        return set()
    can = {ArchiveStep.CHECKED, ArchiveStep.TAKEN}
    can.add(ArchiveStep.LET_GO if held else ArchiveStep.HELD)
    if state == ArchiveState.PROPOSED:
        can.add(ArchiveStep.KEPT_ON)
        if not (held or own_proposal):
            can.add(ArchiveStep.DISPOSED)
    elif due and not held:
        can.add(ArchiveStep.PROPOSED)
    return can


def safe_name(text: str) -> str:
    """A name for a file made of a label: no path, no hidden file, not too long."""
    kept = "".join(c if c.isalnum() or c in "-_（）()" else "_" for c in text).strip("_")
    return kept[:60] or "file"


# --- metadata -----------------------------------------------------------------------------


def description(told: Mapping[str, str]) -> bytes:
    """The catalogue entry: one element a term, terms as archives in China call them."""
    root = ET.Element("归档信息包", xmlns=OURS)
    for name, text in told.items():
        ET.SubElement(root, name).text = text
    return _document(root)


def premis(identifier: str, files: Mapping[str, bytes], events: Iterable[ArchiveEvent]) -> bytes:
    """PREMIS 3.0: each file with its hash and size, and what has happened to the package."""
    root = ET.Element("premis", {"xmlns": PREMIS, "version": "3.0"})
    root.attrib["xmlns:xsi"] = "http://www.w3.org/2001/XMLSchema-instance"
    for path, content in sorted(files.items()):
        _object(root, path, content)
    for event in events:
        _event(root, identifier, event)
    return _document(root)


def _object(root: ET.Element, path: str, content: bytes) -> None:
    top = ET.SubElement(root, "object", {"xsi:type": "file"})
    _put(top, "objectIdentifier", objectIdentifierType="path", objectIdentifierValue=path)
    traits = ET.SubElement(top, "objectCharacteristics")
    digest = hashlib.sha256(content).hexdigest()
    _put(traits, "fixity", messageDigestAlgorithm="SHA-256", messageDigest=digest)
    ET.SubElement(traits, "size").text = str(len(content))
    kind = ET.SubElement(traits, "format")
    _put(kind, "formatDesignation", formatName=media_type(path))


def media_type(path: str) -> str:
    known = {"json": "application/json", "pdf": "application/pdf", "xml": "application/xml"}
    known |= {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
    return known.get(path.rsplit(".", 1)[-1].lower(), "application/octet-stream")


def _event(root: ET.Element, identifier: str, event: ArchiveEvent) -> None:
    top = ET.SubElement(root, "event")
    name = f"{identifier}#{event.seq}"
    _put(top, "eventIdentifier", eventIdentifierType="URN", eventIdentifierValue=name)
    ET.SubElement(top, "eventType").text = EVENT_TYPES.get(event.step, event.step.value)
    ET.SubElement(top, "eventDateTime").text = event.at.isoformat()
    if event.note:
        _put(top, "eventDetailInformation", eventDetail=event.note)
    outcome = "success" if event.good else "failure"
    _put(top, "eventOutcomeInformation", eventOutcome=outcome)
    agent = event.actor_id or "system"
    _put(
        top,
        "linkingAgentIdentifier",
        linkingAgentIdentifierType="account",
        linkingAgentIdentifierValue=agent,
    )


def _put(parent: ET.Element, name: str, **children: str) -> None:
    inner = ET.SubElement(parent, name)
    for child, text in children.items():
        ET.SubElement(inner, child).text = text


def _document(root: ET.Element) -> bytes:
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def stamp(at: datetime) -> str:
    return at.date().isoformat()
