"""The page of an OFD document: its text, set in lines, and the picture of the seal."""

from __future__ import annotations

import math
import unicodedata
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree
from PIL import Image, ImageDraw

from pengcheng.kernel import clock

if TYPE_CHECKING:
    from pengcheng.kit.seals.ofd import Sheet

WIDTH, HEIGHT, MARGIN = 210, 297, 25
WIDE = 38
"""Half-width characters that fit behind a label."""


def files(sheet: Sheet, at: datetime) -> dict[str, bytes]:
    from pengcheng.kit.seals.ofd import document_id, element, nested, written

    info = nested(
        "DocInfo",
        element("DocID", document_id(sheet.reference)),
        element("Title", sheet.title),
        element("Author", sheet.office),
        element("CreationDate", clock.local(at).strftime("%Y-%m-%d")),
        element("Creator", "Pengcheng"),
    )
    body = nested(
        "DocBody",
        info,
        element("DocRoot", "Doc_0/Document.xml"),
        element("Signatures", "/Doc_0/Signs/Signatures.xml"),
    )
    common = nested(
        "CommonData",
        element("MaxUnitID", "100"),
        nested("PageArea", element("PhysicalBox", f"0 0 {WIDTH} {HEIGHT}")),
        element("PublicRes", "PublicRes.xml"),
    )
    page = element("Page", ID="1", BaseLoc="Pages/Page_0/Content.xml")
    fonts = nested("Fonts", element("Font", ID="3", FontName="宋体", FamilyName="宋体"))
    return {
        "OFD.xml": written(nested("OFD", body, Version="1.1", DocType="OFD")),
        "Doc_0/Document.xml": written(nested("Document", common, nested("Pages", page))),
        "Doc_0/PublicRes.xml": written(nested("Res", fonts, BaseLoc="Res")),
        "Doc_0/Pages/Page_0/Content.xml": _page(sheet),
    }


def _page(sheet: Sheet) -> bytes:
    from pengcheng.kit.seals.ofd import element, nested, written

    pieces = [_text(sheet.office, MARGIN, 22, 4.5), _text(sheet.title, MARGIN, 34, 8)]
    y = 58.0
    for label, value in sheet.lines:
        pieces.append(_text(label, MARGIN, y, 4))
        for line in _wrapped(value):
            pieces.append(_text(line, 75, y, 4.5))
            y += 8
        y += 2
    pieces.append(_text(sheet.foot, MARGIN, HEIGHT - 20, 3.2))
    objects = [piece for piece in pieces if piece is not None]
    for number, one in enumerate(objects, start=10):
        one.set("ID", str(number))
    area = nested("Area", element("PhysicalBox", f"0 0 {WIDTH} {HEIGHT}"))
    layer = nested("Layer", *objects, ID="2", Type="Body")
    return written(nested("Page", area, nested("Content", layer)))


def _text(text: str, x: float, y: float, size: float) -> etree._Element | None:
    """One line; how far each sign is from the next is part of the format."""
    from pengcheng.kit.seals.ofd import element, nested

    told = "".join(char for char in text if char.isprintable())
    if not told:
        return None
    steps = " ".join(f"{size * _halves(char) / 2:g}" for char in told[:-1])
    code = element("TextCode", told, X="0", Y=f"{size:g}")
    if steps:
        code.set("DeltaX", steps)
    boundary = f"{x:g} {y:g} {WIDTH - MARGIN - x:g} {size * 1.4:g}"
    return nested("TextObject", code, Boundary=boundary, Font="3", Size=f"{size:g}")


def _wrapped(text: str) -> list[str]:
    lines, room = [""], WIDE
    for char in text:
        if char == "\n" or _halves(char) > room:
            lines.append("")
            room = WIDE
        if char != "\n":
            lines[-1] += char
            room -= _halves(char)
    return lines


def _halves(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


@cache
def picture() -> bytes:
    """A red ring with a star: the shape of official seals, without a name that could be taken."""
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, 390, 390), outline=(200, 16, 30, 255), width=12)
    draw.polygon(_star(200, 90), fill=(200, 16, 30, 255))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _star(middle: float, radius: float) -> list[tuple[float, float]]:
    """Five points, and the corners between them."""
    corners = []
    for place in range(10):
        reach = radius if place % 2 == 0 else radius * 0.382
        angle = math.pi * (place / 5 - 0.5)
        corners.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    return corners
