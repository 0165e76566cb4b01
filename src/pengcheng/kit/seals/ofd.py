"""A plain OFD document (GB/T 33190-2016) of one page, and an electronic seal on it."""

from __future__ import annotations

import base64
import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid5

import msgspec
from lxml import etree

from pengcheng.kernel import clock
from pengcheng.kit.seals import eseal, ofdface, smcerts
from pengcheng.kit.sm import sm3

NAMESPACE = "http://www.ofdspec.org/2016"
SM3_OID = "1.2.156.10197.1.401"
SIGN = "Doc_0/Signs/Sign_0"
EPOCH = (1980, 1, 1, 0, 0, 0)


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the page."""

    title: str
    office: str
    lines: tuple[tuple[str, str], ...]
    foot: str = ""
    reference: str = ""


def make(sheet: Sheet, *, seal: str, number: str, until: datetime) -> bytes:
    """The page, sealed with the city's SM2 seal of the name ``seal``."""
    at = clock.now()
    files = ofdface.files(sheet, at)
    owner = smcerts.certificate(smcerts.seal_ring(), "Pengcheng licence seal")
    stamp = eseal.make_seal(
        number=number, name=seal, owner=owner, until=until, at=at, png=ofdface.picture()
    )
    files["Doc_0/Signs/Signatures.xml"] = _list()
    files[f"{SIGN}/Seal.esl"] = stamp.dump()
    about = f"{SIGN}/Signature.xml"
    files[about] = _signature(files, at)
    files[f"{SIGN}/SignedValue.dat"] = eseal.sign(
        seal=stamp,
        owner=owner,
        key=smcerts.seal_ring().signer().private,
        data=files[about],
        about=f"/{about}",
        at=at,
    )
    return packed(files)


def packed(files: dict[str, bytes]) -> bytes:
    """OFD.xml first; the same files give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files, key=lambda name: (name != "OFD.xml", name)):
            target.writestr(zipfile.ZipInfo(name, EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def element(name: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ofd": NAMESPACE}, **attributes)
    made.text = text or None
    return made


def written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def nested(name: str, *children: Any, **attributes: str) -> etree._Element:
    made = element(name, **attributes)
    made.extend(children)
    return made


def document_id(reference: str) -> str:
    from uuid import NAMESPACE_URL

    return uuid5(NAMESPACE_URL, reference).hex


def _list() -> bytes:
    one = element("Signature", ID="1", Type="Seal", BaseLoc="/" + f"{SIGN}/Signature.xml")
    return written(nested("Signatures", element("MaxSignId", "1"), one))


def _signature(files: dict[str, bytes], at: datetime) -> bytes:
    """Every file of the document and its SM3, the seal's among them."""
    references = [
        nested(
            "Reference",
            element("CheckValue", base64.b64encode(sm3(data)).decode()),
            FileRef=f"/{name}",
        )
        for name, data in sorted(files.items())
        if name != "Doc_0/Signs/Signatures.xml"
    ]
    told = nested(
        "SignedInfo",
        element("Provider", ProviderName="Pengcheng", Version="1.0", Company="Pengcheng"),
        element("SignatureMethod", smcerts.SM2_WITH_SM3),
        element("SignatureDateTime", clock.local(at).strftime("%Y%m%d%H%M%S")),
        nested("References", *references, CheckMethod=SM3_OID),
        element("StampAnnot", ID="1", PageRef="1", Boundary="140 230 40 40"),
        nested("Seal", element("BaseLoc", f"/{SIGN}/Seal.esl")),
    )
    value = element("SignedValue", f"/{SIGN}/SignedValue.dat")
    return written(nested("Signature", told, value))
