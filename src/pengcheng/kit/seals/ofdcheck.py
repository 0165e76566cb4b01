"""Looking at the seals of an OFD: each file it names, the seal itself, who used it, and when."""

from __future__ import annotations

import base64
import hashlib
import posixpath
from datetime import datetime
from typing import Any

import msgspec
from asn1crypto import x509
from lxml import etree

from pengcheng.kernel import clock
from pengcheng.kit.seals import cms, eseal, smcerts
from pengcheng.kit.seals.findings import Checked, Point, Signed, Unreadable
from pengcheng.kit.seals.hostile import inside, unzipped, xml
from pengcheng.kit.seals.judging import subject
from pengcheng.kit.seals.ofd import NAMESPACE, SM3_OID
from pengcheng.kit.sm import sm3

MOST_SIGNATURES = 20
HASHES = {SM3_OID: sm3, "SHA256": lambda data: hashlib.sha256(data).digest()}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One signature's files."""

    path: str
    xml: bytes
    root: Any
    value: Any  # SesSignature


def check(content: bytes) -> Checked:
    """Every seal of the document. Raises Unreadable."""
    files = unzipped(content)
    if "OFD.xml" not in files:
        raise Unreadable("unknown_kind")
    lists = _lists(files)
    places = [place for path in lists for place in _entries(files, path)]
    if len(places) > MOST_SIGNATURES:
        raise Unreadable("too_many")
    own = _own_files(files, lists, places)
    return Checked(
        kind="ofd",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        signed=tuple(_looked(files, path, own) for path in places),
    )


def _lists(files: dict[str, bytes]) -> list[str]:
    """Where the documents' lists of signatures are."""
    found = xml(files["OFD.xml"]).iterfind(f".//{{{NAMESPACE}}}Signatures")
    return [inside("", (one.text or "").strip()) for one in found]


def _entries(files: dict[str, bytes], path: str) -> list[str]:
    """Where each signature of a list is."""
    if path not in files:
        raise Unreadable("not_readable")
    base = posixpath.dirname(path)
    found = xml(files[path]).iterfind(f"{{{NAMESPACE}}}Signature")
    return [inside(base, one.get("BaseLoc", "")) for one in found]


def _own_files(files: dict[str, bytes], lists: list[str], signatures: list[str]) -> set[str]:
    """What belongs to the signatures themselves and cannot be under them."""
    folders = {posixpath.dirname(path) for path in signatures} - {""}
    below = {name for name in files if posixpath.dirname(name) in folders}
    return {*lists, *below}


def _looked(files: dict[str, bytes], path: str, own: set[str]) -> Signed:
    try:
        part = _part(files, path)
        if part is None:
            return Signed(form="ofd", points=(Point("intact", False, "algorithm"),))
        return _judged(files, part, own)
    except Unreadable:
        raise
    # ASN.1 that lies about itself fails in a hundred ways.
    except Exception:
        return Signed(form="ofd", points=(Point("intact", False, "structure"),))


def _part(files: dict[str, bytes], path: str) -> Part | None:
    """None for another version of seals than 4."""
    content = files[path]
    root, base = xml(content), posixpath.dirname(path)
    place = root.findtext(f"{{{NAMESPACE}}}SignedValue") or ""
    value = eseal.SesSignature.load(files[inside(base, place.strip())], strict=True)
    try:
        version = value["to_sign"]["version"].native
        known = version == eseal.VERSION and value["algorithm"].native == smcerts.SM2_WITH_SM3
    except (ValueError, TypeError):
        known = False
    return Part(path=path, xml=content, root=root, value=value) if known else None


def _judged(files: dict[str, bytes], part: Part, own: set[str]) -> Signed:
    value = part.value
    to_sign = value["to_sign"]
    info = to_sign["seal"]["info"]
    cert = x509.Certificate.load(value["cert"].native)
    maker = x509.Certificate.load(to_sign["seal"]["cert"].native)
    stamped, proof = _time(value)
    at = stamped or to_sign["time"].native
    return Signed(
        form="ofd",
        signer=f"{info['property']['name'].native} · {subject(cert.subject)}",
        issuer=subject(maker.subject),
        claimed_at=to_sign["time"].native,
        proved_at=stamped,
        points=(
            Point("intact", _intact(files, part, cert)),
            _covered(files, part.root, posixpath.dirname(part.path), own),
            *_seal(to_sign["seal"], cert, maker, at),
            Point("trusted", smcerts.trusted(maker) and smcerts.issued_by(cert, maker)),
            Point("revoked", not (smcerts.lost(cert) or smcerts.lost(maker))),
            _valid(cert, at),
            proof,
        ),
    )


def _intact(files: dict[str, bytes], part: Part, cert: x509.Certificate) -> bool:
    """Signature over the hash over Signature.xml, and every hash in that."""
    to_sign = part.value["to_sign"]
    whole = to_sign["data_hash"].native == sm3(part.xml)
    about = to_sign["property"].native.lstrip("/") in (part.path, "")
    signed = eseal.verifies(cert, part.value["signature"].native, to_sign.dump())
    return whole and about and signed and _references(files, part)


def _references(files: dict[str, bytes], part: Part) -> bool:
    listed = part.root.find(f".//{{{NAMESPACE}}}References")
    if listed is None:
        return False
    hashed = HASHES.get(listed.get("CheckMethod", ""))
    base = posixpath.dirname(part.path)
    found = list(listed.iterfind(f"{{{NAMESPACE}}}Reference"))
    return bool(found) and all(_fits(files, one, base, hashed) for one in found)


def _fits(files: dict[str, bytes], one: etree._Element, base: str, hashed: Any) -> bool:
    data = files.get(inside(base, one.get("FileRef", "")))
    told = (one.findtext(f"{{{NAMESPACE}}}CheckValue") or "").strip()
    if data is None or hashed is None:
        return False
    return base64.b64encode(hashed(data)).decode() == told


def _covered(files: dict[str, bytes], root: etree._Element, base: str, own: set[str]) -> Point:
    """A file of the document that the seal does not name may have come later."""
    found = root.iterfind(f".//{{{NAMESPACE}}}Reference")
    named = {inside(base, one.get("FileRef", "")) for one in found}
    return Point("changed", set(files) <= named | own)


def _seal(seal: Any, cert: x509.Certificate, maker: x509.Certificate, at: datetime) -> list[Point]:
    """The seal is whole, this signer's, and was valid."""
    info = seal["info"]
    whole = eseal.verifies(maker, seal["signature"].native, info.dump())
    begun, ended = (info["property"][name].native for name in ("valid_from", "valid_until"))
    return [
        Point("seal", whole),
        Point("seal_user", eseal.may_use(info, cert)),
        Point("seal_valid", begun <= at <= ended),
    ]


def _time(value: Any) -> tuple[datetime | None, Point]:
    token = value["time_stamp"].native
    if token is None:
        return None, Point("time", None, "claimed")
    try:
        (found,) = cms.check(token, value["signature"].native).signed
    except Unreadable:
        return None, Point("time", False)
    if found.verdict == "holds":
        return found.proved_at, Point("time", True)
    return None, Point("time", None if found.verdict == "unknown" else False, "unknown")


def _valid(cert: x509.Certificate, at: datetime) -> Point:
    moment = min(at, clock.now())
    return Point("valid", cert.not_valid_before <= moment <= cert.not_valid_after)
