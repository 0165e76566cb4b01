"""A trusted list as XML in the shape of ETSI TS 119 612, signed by its scheme's operator.

What is read is only what the signature covers. Document types, entities and addresses of others
are refused before anything is believed.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from lxml import etree

TSL = "http://uri.etsi.org/02231/v2#"
STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
GRANTED = frozenset({f"{STATUS}granted", f"{STATUS}recognisedatnationallevel"})
CA_QC = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
CA = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC"
EAA = "http://uri.etsi.org/TrstSvc/Svctype/EAA"
ATTESTERS = frozenset({EAA, f"{EAA}/Q", f"{EAA}/Pub-EAA"})
"""Who may vouch for licences and other documents in wallets."""
SIGNERS = frozenset({CA_QC, CA})
"""Who may vouch for people and offices that sign and seal files."""
LARGEST = 5_000_000
XML = "{http://www.w3.org/XML/1998/namespace}lang"
_T = {"t": TSL}
_TERRITORY = re.compile(r"[A-Z]{2,3}(-[A-Z0-9]{1,3})?")


class ListError(ValueError):
    """A list that is not believed; ``code`` says why in a word."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code = code


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider is trusted for, since when, and by which certificates (DER)."""

    provider: str
    name: str
    kind: str
    status: str
    since: datetime
    certificates: tuple[bytes, ...]

    @property
    def granted(self) -> bool:
        return self.status in GRANTED


class TrustList(msgspec.Struct, frozen=True, kw_only=True):
    """A list whose signature holds."""

    territory: str
    scheme: str
    operator: str
    sequence: int
    issued: datetime
    next_update: datetime
    services: tuple[Service, ...]


def read(data: bytes, operator: x509.Certificate) -> TrustList:
    """The list, if this operator signed it. Raises ListError."""
    return _told(_signed(data, operator))


def _signed(data: bytes, operator: x509.Certificate) -> Any:
    # Imported here: few requests read a list, and loading it takes long.
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    root = _parsed(data)
    try:
        found = XMLVerifier().verify(
            root,
            x509_cert=operator,
            expect_config=SignatureConfiguration(expect_references=False),
        )
    except (SignXMLException, InvalidSignature, ValueError, etree.LxmlError) as error:
        raise ListError("signature", "the operator's signature does not hold") from error
    results = found if isinstance(found, list) else [found]
    for one in results:
        told = one.signed_xml
        if told is not None and told.tag == f"{{{TSL}}}TrustServiceStatusList":
            return told
    raise ListError("signature", "the signature does not cover the list")


def _parsed(data: bytes) -> Any:
    if len(data) > LARGEST or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ListError("xml", "the file is too large, or brings a document type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListError("xml", "this is no XML") from error
    if root.tag != f"{{{TSL}}}TrustServiceStatusList" or root.getroottree().docinfo.doctype:
        raise ListError("xml", "this is no trusted list")
    return root


def _told(root: Any) -> TrustList:
    try:
        territory = _text(root, "t:SchemeInformation/t:SchemeTerritory")
        if not _TERRITORY.fullmatch(territory):
            raise ListError("form", "the territory is not named as it should be")
        return TrustList(
            territory=territory,
            scheme=_name(root, "t:SchemeInformation/t:SchemeName"),
            operator=_name(root, "t:SchemeInformation/t:SchemeOperatorName"),
            sequence=int(_text(root, "t:SchemeInformation/t:TSLSequenceNumber")),
            issued=_time(_text(root, "t:SchemeInformation/t:ListIssueDateTime")),
            next_update=_time(_text(root, "t:SchemeInformation/t:NextUpdate/t:dateTime")),
            services=tuple(_services(root)),
        )
    except (binascii.Error, ValueError) as error:
        if isinstance(error, ListError):
            raise
        raise ListError("form", f"the list cannot be read: {error}") from error


def _services(root: Any) -> list[Service]:
    found = []
    providers = "t:TrustServiceProviderList/t:TrustServiceProvider"
    for provider in root.iterfind(providers, _T):
        name = _name(provider, "t:TSPInformation/t:TSPName")
        for one in provider.iterfind("t:TSPServices/t:TSPService/t:ServiceInformation", _T):
            found.append(_service(one, name))
    return found


def _service(one: Any, provider: str) -> Service:
    told = one.iterfind("t:ServiceDigitalIdentity/t:DigitalId/t:X509Certificate", _T)
    certificates = tuple(base64.b64decode("".join((each.text or "").split())) for each in told)
    for der in certificates:
        x509.load_der_x509_certificate(der)
    return Service(
        provider=provider,
        name=_name(one, "t:ServiceName"),
        kind=_text(one, "t:ServiceTypeIdentifier"),
        status=_text(one, "t:ServiceStatus").rstrip("/"),
        since=_time(_text(one, "t:StatusStartingTime")),
        certificates=certificates,
    )


def _text(node: Any, path: str) -> str:
    found = node.find(path, _T)
    told = (found.text or "").strip() if found is not None else ""
    if not told or len(told) > 400:
        raise ListError("form", f"{path.rpartition(':')[2]} is missing or too long")
    return str(told)


def _name(node: Any, path: str) -> str:
    """The English name, or the first."""
    names = node.findall(f"{path}/t:Name", _T)
    english = [each for each in names if each.get(XML) == "en"] or names
    if not english or not (english[0].text or "").strip():
        raise ListError("form", f"{path.rpartition(':')[2]} is missing")
    return str(english[0].text).strip()[:200]


def _time(told: str) -> datetime:
    found = datetime.fromisoformat(told.replace("Z", "+00:00"))
    if found.tzinfo is None:
        raise ListError("form", "a time has no zone")
    return found
