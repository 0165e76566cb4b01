"""Lists of our own making, for rehearsals: the shape of TS 119 612, signed as XAdES."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from lxml import etree

from pengcheng.kit.trust.lists import TSL, XML, Service, TrustList

APPROACH = "http://uri.etsi.org/TrstSvc/TrustedList/StatusDetn/"


def write(told: TrustList, key: ec.EllipticCurvePrivateKey, certificate_pem: bytes) -> bytes:
    """The signed list."""
    from signxml import SignatureMethod
    from signxml.xades import XAdESSigner

    root = etree.Element(f"{{{TSL}}}TrustServiceStatusList", nsmap={None: TSL}, Id="list")
    root.set("TSLTag", "http://uri.etsi.org/19612/TSLTag")
    _scheme(root, told)
    providers = _add(root, "TrustServiceProviderList")
    for name in dict.fromkeys(one.provider for one in told.services):
        provider = _add(providers, "TrustServiceProvider")
        _names(_add(provider, "TSPInformation"), "TSPName", name)
        services = _add(provider, "TSPServices")
        for one in told.services:
            if one.provider == name:
                _service(services, one)
    signer = XAdESSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = signer.sign(root, key=pem, cert=certificate_pem.decode())
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def _scheme(root: Any, told: TrustList) -> None:
    scheme = _add(root, "SchemeInformation")
    _add(scheme, "TSLVersionIdentifier", "6")
    _add(scheme, "TSLSequenceNumber", str(told.sequence))
    _add(scheme, "TSLType", "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/CClist")
    _names(scheme, "SchemeOperatorName", told.operator)
    _names(scheme, "SchemeName", told.scheme)
    _add(scheme, "StatusDeterminationApproach", f"{APPROACH}CC")
    _add(scheme, "SchemeTerritory", told.territory)
    _add(scheme, "HistoricalInformationPeriod", "65535")
    _add(scheme, "ListIssueDateTime", told.issued.strftime("%Y-%m-%dT%H:%M:%SZ"))
    update = _add(scheme, "NextUpdate")
    _add(update, "dateTime", told.next_update.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _service(services: Any, one: Service) -> None:
    told = _add(_add(services, "TSPService"), "ServiceInformation")
    _add(told, "ServiceTypeIdentifier", one.kind)
    _names(told, "ServiceName", one.name)
    identity = _add(told, "ServiceDigitalIdentity")
    for der in one.certificates:
        _add(_add(identity, "DigitalId"), "X509Certificate", base64.b64encode(der).decode())
    _add(told, "ServiceStatus", one.status)
    _add(told, "StatusStartingTime", one.since.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    found = etree.SubElement(parent, f"{{{TSL}}}{name}")
    found.text = text
    return found


def _names(parent: Any, name: str, text: str) -> None:
    _add(_add(parent, name), "Name", text).set(XML, "en")
