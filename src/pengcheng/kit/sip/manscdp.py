"""MANSCDP: what GB/T 28181 devices and platforms say to each other, as XML in SIP messages."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from xml.sax.saxutils import escape

import msgspec
from lxml import etree

from pengcheng.kernel import clock

TYPE = "Application/MANSCDP+xml"
LARGEST = 65_535
DEEPEST = 8
MOST_ITEMS = 1_000  # of a catalogue, in one message
LONGEST = 512
DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,20})[\"']")
DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]{0,200}\?>")
ENCODINGS = {
    **{"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030"},
    **{"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8"},
}
ROOTS = ("Query", "Control", "Notify", "Response")
SERIAL = re.compile(r"[0-9]{1,10}\Z")
Root = Literal["Query", "Control", "Notify", "Response"]


class Unreadable(ValueError):
    """No MANSCDP that we take."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a catalogue."""

    number: str
    name: str = ""
    manufacturer: str = ""
    model: str = ""
    owner: str = ""
    address: str = ""
    division: str = ""
    parent: str = ""
    on: bool = True
    longitude: float | None = None
    latitude: float | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A command with the values of its own level, and its list if it has one."""

    root: Root
    command: str
    serial: int
    number: str
    values: dict[str, str]
    total: int | None = None
    items: tuple[Item, ...] = ()


def read(body: bytes) -> Said:
    """Raises Unreadable."""
    root = _tree(body)
    if root.tag not in ROOTS:
        raise Unreadable("no such root")
    values = {each.tag: _text(each) for each in root if isinstance(each.tag, str) and not len(each)}
    values |= {f"Info/{e.tag}": _text(e) for e in root.findall("Info/*") if not len(e)}
    serial, total = values.get("SN", "0"), values.get("SumNum", "")
    if not SERIAL.match(serial) or (total and not SERIAL.match(total)):
        raise Unreadable("SN and SumNum are numbers")
    return Said(
        root=root.tag,  # type: ignore[arg-type]
        command=values.get("CmdType", ""),
        serial=int(serial),
        number=values.get("DeviceID", ""),
        values=values,
        total=int(total) if total else None,
        items=tuple(_items(root)),
    )


def _tree(body: bytes) -> etree._Element:
    if len(body) > LARGEST:
        raise Unreadable("too large")
    told = decoded(body)
    if "<!" in told:
        raise Unreadable("a document type or comment")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(DECLARATION.sub("", told).strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as reason:
        raise Unreadable("no XML") from reason
    level, depth = [root], 1
    while level := [child for each in level for child in each]:
        depth += 1
        if depth > DEEPEST:
            raise Unreadable("too deep")
    return root


def decoded(body: bytes) -> str:
    """By what it declares; what is no UTF-8 is GB 18030, whatever it says of itself."""
    told = DECLARED.match(body)
    name = ENCODINGS.get(told[1].decode().lower() if told else "utf-8")
    if name is None:
        raise Unreadable("an encoding that we do not take")
    for each in (name, "gb18030"):
        try:
            return body.decode(each)
        except UnicodeDecodeError:
            continue
    raise Unreadable("neither UTF-8 nor GB 18030")


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    told = "".join(char for char in (element.text or "").strip() if char.isprintable())
    return told[:LONGEST]


def _items(root: etree._Element) -> Iterator[Item]:
    lines = root.findall("DeviceList/Item")
    if len(lines) > MOST_ITEMS:
        raise Unreadable("too many lines")
    for each in lines:
        given = dict.fromkeys(FIELDS, "") | {child.tag: _text(child) for child in each}
        place = position(given["Longitude"], given["Latitude"])
        yield Item(
            number=given["DeviceID"],
            name=given["Name"],
            manufacturer=given["Manufacturer"],
            model=given["Model"],
            owner=given["Owner"],
            address=given["Address"],
            division=given["CivilCode"],
            parent=given["ParentID"],
            on=given["Status"].upper() not in {"OFF", "OFFLINE"},
            longitude=place[0] if place else None,
            latitude=place[1] if place else None,
        )


FIELDS = (
    *("DeviceID", "Name", "Manufacturer", "Model", "Owner", "CivilCode", "Address", "ParentID"),
    *("Status", "Longitude", "Latitude"),
)


def position(longitude: str, latitude: str) -> tuple[float, float] | None:
    """Degrees, if it is a place: many devices send noughts when they do not know."""
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return None
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90):
        return None
    return None if (x, y) == (0, 0) else (x, y)


def moment(told: str) -> datetime | None:
    """A device's time, which is that of the city unless it says otherwise."""
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.CITY_ZONE)


def write(root: Root, command: str, serial: int, number: str, **values: str) -> bytes:
    """Declared and encoded as devices of all ages expect it."""
    told = {"CmdType": command, "SN": str(serial), "DeviceID": number, **values}
    lines = [f"<{name}>{escape(value)}</{name}>" for name, value in told.items()]
    inner = "\r\n".join(lines)
    text = f'<?xml version="1.0" encoding="GB2312"?>\r\n<{root}>\r\n{inner}\r\n</{root}>\r\n'
    return text.encode("gb18030")
