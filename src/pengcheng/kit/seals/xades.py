"""Signatures on XML (XAdES B-B and B-T): for data messages between programs."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from lxml import etree

from pengcheng.kernel import clock
from pengcheng.kit.keys import Ring, ring
from pengcheng.kit.seals import abroad, authority, cms, timestamps
from pengcheng.kit.seals.findings import Checked, Point, Signed, Unreadable
from pengcheng.kit.seals.hostile import xml

PURPOSE = "data-messages"
NAME = "Pengcheng data messages"
MOST_SIGNATURES = 10
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"


def keys() -> Ring:
    return ring(PURPOSE, "ES256")


def sign(message: bytes) -> bytes:
    """The message with its signature within, and a time stamp over that (B-T)."""
    # Imported here: few requests sign or check XML.
    from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
    from signxml.xades import XAdESSigner

    made = authority.certificate(keys(), NAME, "data")
    signer = XAdESSigner(
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_1,
    )
    chain = [made, authority.root()]
    key: Any = keys().signer().private
    signed = signer.sign(xml(message), key=key, cert=chain, always_add_key_value=False)
    _stamp(signed)
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def check(content: bytes) -> Checked:
    """Every signature of a file of XML. Raises Unreadable."""
    root = xml(content)
    found = list(root.iter(f"{{{DS}}}Signature"))
    if len(found) > MOST_SIGNATURES:
        raise Unreadable("too_many")
    return Checked(
        kind="xml",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        signed=tuple(_looked(content, root, one, len(found)) for one in found),
    )


def _stamp(signed: etree._Element) -> None:
    """What is not signed itself: the proof of when the signature value was there."""
    value = signed.find(f".//{{{DS}}}SignatureValue")
    properties = signed.find(f".//{{{XADES}}}QualifyingProperties")
    if value is None or properties is None:
        raise ValueError("not signed")
    digest = hashlib.sha256(_canonical(value)).digest()
    place = properties
    for name in ("UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
        place = etree.SubElement(place, f"{{{XADES}}}{name}")
    etree.SubElement(place, f"{{{DS}}}CanonicalizationMethod", Algorithm=C14N)
    token = etree.SubElement(place, f"{{{XADES}}}EncapsulatedTimeStamp")
    token.text = base64.b64encode(timestamps.token_over(digest, "sha256")).decode()


def _canonical(value: etree._Element) -> bytes:
    return bytes(etree.tostring(value, method="c14n", exclusive=True, with_comments=False))


def _looked(content: bytes, root: etree._Element, one: etree._Element, count: int) -> Signed:
    try:
        cert = _certificate(one)
    except (ValueError, TypeError):
        return Signed(form="xades", points=(Point("intact", False, "structure"),))
    stamped, time = _time(one)
    at = stamped or clock.now()
    whole, covers = _verified(content, root, one, cert, count)
    known, listed = abroad.looked(trusted(cert), cert, _others(one), stamped, walked=False)
    return Signed(
        form="xades",
        signer=name(cert.subject),
        issuer=name(cert.issuer),
        claimed_at=_claimed(one),
        proved_at=stamped,
        points=(
            Point("intact", whole),
            Point("changed", covers, "" if covers else "part"),
            known,
            Point("revoked", not authority.lost(cert.serial_number)),
            Point(
                "valid",
                cert.not_valid_before_utc <= at <= cert.not_valid_after_utc,
                "" if stamped else "now",
            ),
            time,
        ),
        listed=listed,
    )


def _verified(
    content: bytes, root: etree._Element, one: etree._Element, cert: x509.Certificate, count: int
) -> tuple[bool, bool]:
    """(whole, the whole file is signed): by the certificate it carries, whoever that is."""
    from signxml import InvalidSignature, SignatureConfiguration, XMLVerifier
    from signxml.exceptions import SignXMLException

    enveloped = count == 1 and one.getparent() is not None
    expected = SignatureConfiguration(require_x509=True, expect_references=True)
    pem = cert.public_bytes(serialization.Encoding.PEM).decode()
    try:
        found: Any = XMLVerifier().verify(
            content if enveloped else etree.tostring(one), x509_cert=pem, expect_config=expected
        )
    except (InvalidSignature, SignXMLException, ValueError, TypeError, etree.LxmlError):
        return False, True
    except Exception:  # what a stranger's XML does to it is the file's fault
        return False, True
    results = found if isinstance(found, list) else [found]
    signed = (getattr(result, "signed_xml", None) for result in results)
    return True, enveloped and any(part is not None and part.tag == root.tag for part in signed)


def _certificate(one: etree._Element) -> x509.Certificate:
    """The first that the signature carries. Raises ValueError."""
    text = one.findtext(f".//{{{DS}}}X509Certificate")
    if not text:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))


def _others(one: etree._Element) -> list[x509.Certificate]:
    """The further certificates that the signature carries."""
    found = []
    for text in [str(each.text or "") for each in one.iter(f"{{{DS}}}X509Certificate")][1:9]:
        try:
            der = base64.b64decode("".join(text.split()), validate=True)
            found.append(x509.load_der_x509_certificate(der))
        except (ValueError, TypeError):
            continue
    return found


def trusted(cert: x509.Certificate) -> bool:
    """Issued by one of our roots; they issue certificates that sign, and nothing between."""
    for top in authority.roots():
        try:
            cert.verify_directly_issued_by(top)
        except Exception:  # noqa: S112 — another root may have
            continue
        return True
    return False


def _time(one: etree._Element) -> tuple[datetime | None, Point]:
    text = one.findtext(f".//{{{XADES}}}EncapsulatedTimeStamp")
    value = one.find(f"{{{DS}}}SignatureValue")
    if not text or value is None:
        return None, Point("time", None, "claimed")
    try:
        token = base64.b64decode("".join(text.split()), validate=True)
        (found,) = cms.check(token, _canonical(value)).signed
    except (Unreadable, ValueError):
        return None, Point("time", False)
    if found.verdict == "holds":
        return found.proved_at, Point("time", True)
    if found.verdict == "unknown":
        return None, Point("time", None, "unknown")
    return None, Point("time", False)


def _claimed(one: etree._Element) -> datetime | None:
    text = one.findtext(f".//{{{XADES}}}SigningTime")
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if found.tzinfo else None


def name(told: x509.Name) -> str:
    wanted = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
    parts = [str(one.value) for oid in wanted for one in told.get_attributes_for_oid(oid)]
    return " · ".join(dict.fromkeys(parts))
