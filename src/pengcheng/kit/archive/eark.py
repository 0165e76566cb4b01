"""A package in the form that archives of Europe take over: E-ARK SIP and CSIP 2.1.

Written by the specifications' own requirement numbers (CSIP1 …, CSIPSTR1 …); what is optional and
would say nothing (schemas, extension schemas of ours) is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from lxml import etree

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
NAMES = {None: METS, "xlink": XLINK, "xsi": XSI, "csip": CSIP}
PROFILES = {
    "root": "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml",
    "part": "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml",
}
REP = "representations/rep1"
TYPES = {
    "json": "application/json",
    "pdf": "application/pdf",
    "xml": "application/xml",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Who hands over what. `identifier` is the name of the package's folder too."""

    identifier: str
    title: str
    creator: str
    date: str
    at: datetime
    software: str = "Pengcheng"
    version: str = "1"


def sip(
    about: About,
    *,
    data: Mapping[str, bytes],
    descriptive: Mapping[str, bytes],
    premis: bytes,
    documentation: Mapping[str, bytes],
) -> dict[str, bytes]:
    """Path → content of a whole package below a folder named by the identifier."""
    part = {f"data/{path}": content for path, content in data.items()}
    files = {f"{REP}/{path}": content for path, content in part.items()}
    files[f"{REP}/METS.xml"] = _mets(about, f"{about.identifier}/rep1", part, kind="part")
    files["metadata/descriptive/dc.xml"] = _dublin_core(about)
    files |= {f"metadata/descriptive/{name}": body for name, body in descriptive.items()}
    files["metadata/preservation/premis.xml"] = premis
    files |= {f"documentation/{name}": body for name, body in documentation.items()}
    files["METS.xml"] = _mets(about, about.identifier, files, kind="root")
    return files


def _mets(about: About, identifier: str, files: Mapping[str, bytes], *, kind: str) -> bytes:
    root = etree.Element(_in(METS, "mets"), nsmap=NAMES)
    root.set("OBJID", identifier)
    root.set("LABEL", about.title)
    root.set("TYPE", "Mixed")
    root.set(_in(CSIP, "CONTENTINFORMATIONTYPE"), "MIXED")
    root.set("PROFILE", PROFILES[kind])
    _header(root, about)
    names = {path: f"id-{place}" for place, path in enumerate(sorted(files), 1)}
    if kind == "root":
        _descriptive(root, about, files, names)
        _preservation(root, about, files, names)
    groups = _groups(files, kind)
    _file_section(root, about, files, names, groups)
    _map(root, identifier, names, groups, kind)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _header(root: etree._Element, about: About) -> None:
    header = etree.SubElement(root, _in(METS, "metsHdr"), CREATEDATE=_time(about))
    header.set("LASTMODDATE", _time(about))
    header.set("RECORDSTATUS", "NEW")
    header.set(_in(CSIP, "OAISPACKAGETYPE"), "SIP")
    _agent(header, about.software, about.version, "SOFTWARE VERSION", "OTHER", "SOFTWARE")
    _agent(header, about.creator, about.creator, "IDENTIFICATIONCODE", "ORGANIZATION")


def _agent(
    header: etree._Element, name: str, note: str, note_type: str, kind: str, other: str = ""
) -> None:
    agent = etree.SubElement(header, _in(METS, "agent"), ROLE="CREATOR", TYPE=kind)
    if other:
        agent.set("OTHERTYPE", other)
    etree.SubElement(agent, _in(METS, "name")).text = name
    told = etree.SubElement(agent, _in(METS, "note"))
    told.set(_in(CSIP, "NOTETYPE"), note_type)
    told.text = note


def _descriptive(
    root: etree._Element, about: About, files: Mapping[str, bytes], names: Mapping[str, str]
) -> None:
    for path in sorted(files):
        if path.startswith("metadata/descriptive/"):
            section = etree.SubElement(root, _in(METS, "dmdSec"), ID=f"dmd-{names[path]}")
            section.set("CREATED", _time(about))
            section.set("STATUS", "CURRENT")
            kind = "DC" if path.endswith("/dc.xml") else "OTHER"
            _reference(section, about, path, files[path], kind)


def _preservation(
    root: etree._Element, about: About, files: Mapping[str, bytes], names: Mapping[str, str]
) -> None:
    section = etree.SubElement(root, _in(METS, "amdSec"), ID="amd")
    for path in sorted(files):
        if path.startswith("metadata/preservation/"):
            proof = etree.SubElement(section, _in(METS, "digiprovMD"), ID=f"dig-{names[path]}")
            proof.set("CREATED", _time(about))
            proof.set("STATUS", "CURRENT")
            _reference(proof, about, path, files[path], "PREMIS")


def _reference(section: etree._Element, about: About, path: str, content: bytes, kind: str) -> None:
    told = etree.SubElement(section, _in(METS, "mdRef"), LOCTYPE="URL", MDTYPE=kind)
    if kind == "OTHER":
        told.set("OTHERMDTYPE", "PENGCHENG")
    _located(told, path)
    _measured(told, about, path, content)


def _groups(files: Mapping[str, bytes], kind: str) -> dict[str, list[str]]:
    """CSIP's groups of files. Of a representation the root names its METS alone (CSIP101)."""
    if kind == "part":
        return {"Data": sorted(files)}
    found = {"Documentation": [path for path in sorted(files) if path.startswith("documentation/")]}
    found["Representations/rep1"] = [f"{REP}/METS.xml"]
    return {name: paths for name, paths in found.items() if paths}


def _file_section(
    root: etree._Element,
    about: About,
    files: Mapping[str, bytes],
    names: Mapping[str, str],
    groups: Mapping[str, list[str]],
) -> None:
    section = etree.SubElement(root, _in(METS, "fileSec"), ID="files")
    for use, paths in groups.items():
        group = etree.SubElement(section, _in(METS, "fileGrp"), ID=_group(use), USE=use)
        if use.startswith("Representations"):
            group.set(_in(CSIP, "CONTENTINFORMATIONTYPE"), "MIXED")
        for path in paths:
            file = etree.SubElement(group, _in(METS, "file"), ID=names[path])
            _measured(file, about, path, files[path])
            place = etree.SubElement(file, _in(METS, "FLocat"), LOCTYPE="URL")
            _located(place, path)


def _map(
    root: etree._Element,
    identifier: str,
    names: Mapping[str, str],
    groups: Mapping[str, list[str]],
    kind: str,
) -> None:
    struct = etree.SubElement(root, _in(METS, "structMap"), ID="map", TYPE="PHYSICAL", LABEL="CSIP")
    top = etree.SubElement(struct, _in(METS, "div"), ID="package", LABEL=identifier)
    told = etree.SubElement(top, _in(METS, "div"), ID="metadata", LABEL="Metadata")
    if kind == "root":
        told.set("ADMID", " ".join(_ids("dig-", names, "metadata/preservation/")))
        told.set("DMDID", " ".join(_ids("dmd-", names, "metadata/descriptive/")))
    for use in groups:
        division = etree.SubElement(top, _in(METS, "div"), ID=f"div-{_group(use)}", LABEL=use)
        if use.startswith("Representations"):
            pointer = etree.SubElement(division, _in(METS, "mptr"), LOCTYPE="URL")
            _located(pointer, f"{REP}/METS.xml")
            pointer.set(_in(XLINK, "title"), _group(use))
        else:
            etree.SubElement(division, _in(METS, "fptr"), FILEID=_group(use))


def _ids(prefix: str, names: Mapping[str, str], folder: str) -> list[str]:
    return [prefix + name for path, name in names.items() if path.startswith(folder)]


def _group(use: str) -> str:
    return "group-" + use.lower().replace("/", "-")


def _located(element: etree._Element, path: str) -> None:
    element.set(_in(XLINK, "type"), "simple")
    element.set(_in(XLINK, "href"), path)


def _measured(element: etree._Element, about: About, path: str, content: bytes) -> None:
    ending = path.rsplit(".", 1)[-1].lower()
    element.set("MIMETYPE", TYPES.get(ending, "application/octet-stream"))
    element.set("SIZE", str(len(content)))
    element.set("CREATED", _time(about))
    element.set("CHECKSUM", hashlib.sha256(content).hexdigest())
    element.set("CHECKSUMTYPE", "SHA-256")


def _dublin_core(about: About) -> bytes:
    space = "http://purl.org/dc/elements/1.1/"
    root = etree.Element("metadata", nsmap={"dc": space})
    told = {
        "identifier": about.identifier,
        "title": about.title,
        "creator": about.creator,
        "date": about.date,
        "type": "case file",
        "language": "zh",
    }
    for name, text in told.items():
        etree.SubElement(root, _in(space, name)).text = text
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _time(about: About) -> str:
    return about.at.isoformat(timespec="seconds")


def _in(space: str, name: str) -> str:
    return f"{{{space}}}{name}"
