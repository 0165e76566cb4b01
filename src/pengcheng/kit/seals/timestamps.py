"""A time stamp authority after RFC 3161: what it answers to a request, asked here or over HTTP."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import msgspec
from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.keys import Ring, ring
from pengcheng.kit.seals import authority

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

PURPOSE = "time-stamps"
NAME = "Pengcheng time stamp authority"
POLICY = "2.25.251893026574846291073465893216708471541.1"
"""Our own arc, made from a UUID (ITU-T X.667): no registered authority stands behind it."""
ACCURACY_SECONDS = 1
LARGEST = 8_192
SM3 = "1.2.156.10197.1.401"
IMPRINTS = {
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    SM3: 32,
}


class Token(msgspec.Struct, frozen=True):
    """What was granted."""

    serial: int
    at: datetime
    imprint: str  # hex
    algorithm: str


class Refusal(core.Sequence):
    """A TimeStampResp without a token; asn1crypto's own insists on one."""

    _fields: ClassVar[Any] = [("status", tsp.PKIStatusInfo)]


class Refused(Exception):
    """A request that is not granted: bit of PKIFailureInfo and a text."""

    def __init__(self, failure: str, text: str) -> None:
        super().__init__(text)
        self.failure, self.text = failure, text


def keys() -> Ring:
    return ring(PURPOSE, "ES256")


def certificate() -> x509.Certificate:
    made = authority.certificate(keys(), NAME, "time")
    return _read_once(made.public_bytes(serialization.Encoding.DER))


@lru_cache(maxsize=4)
def _read_once(der: bytes) -> x509.Certificate:
    return x509.Certificate.load(der)


def answer(request: bytes) -> tuple[bytes, Token | None]:
    """The DER of a TimeStampResp, and what was granted. Never raises for what a stranger sent."""
    try:
        asked = _read(request)
        _judge(asked)
    except Refused as refused:
        status = tsp.PKIStatusInfo(
            {
                "status": "rejection",
                "status_string": [refused.text],
                "fail_info": tsp.PKIFailureInfo({refused.failure}),
            }
        )
        return Refusal({"status": status}).dump(), None
    made, token = granted(asked)
    return made.dump(), token


class Written(cms.ContentInfo):
    """A token that nobody changes any more.

    asn1crypto takes a parsed default (the hash of ESSCertIDv2) for a change, and then writes every
    part anew, twice at each level: seconds for one seal.
    """

    def _is_mutated(self) -> bool:
        return False


class Response(tsp.TimeStampResp):
    """RFC 3161, 2.4.2, with a finished token."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", Written, {"optional": True}),
    ]


def granted(asked: tsp.TimeStampReq) -> tuple[tsp.TimeStampResp, Token]:
    """The token over a request that was judged."""
    now, cert = clock.now().replace(microsecond=0), certificate()
    info = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": asked["message_imprint"],
        "serial_number": UUID(new_id()).int,
        "gen_time": now,
        "accuracy": tsp.Accuracy({"seconds": ACCURACY_SECONDS}),
        "tsa": x509.GeneralName(name="directory_name", value=cert.subject),
    }
    if asked["nonce"].native is not None:
        info["nonce"] = asked["nonce"]
    signed = _signed(tsp.TSTInfo(info).dump(), now, cert, bool(asked["cert_req"].native))
    content = Written.load(
        cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    )
    imprint = asked["message_imprint"]
    token = Token(
        info["serial_number"],
        now,
        imprint["hashed_message"].native.hex(),
        imprint["hash_algorithm"]["algorithm"].native,
    )
    status = tsp.PKIStatusInfo({"status": "granted"})
    made = Response({"status": status, "time_stamp_token": content})
    return Response.load(made.dump()), token


def token_over(digest: bytes, algorithm: str = SM3) -> bytes:
    """DER of a token over a hash of our own."""
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}
    told = {"version": 1, "message_imprint": imprint, "cert_req": True}
    response, _ = granted(tsp.TimeStampReq(told))
    return bytes(response["time_stamp_token"].dump())


def stamper() -> TimeStamper:
    """For pyHanko: the same authority, without a way through the network."""
    from pyhanko.sign.timestamps import TimeStamper

    class Here(TimeStamper):
        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            return granted(req)[0]

    return Here()


def _read(request: bytes) -> tsp.TimeStampReq:
    if len(request) > LARGEST:
        raise Refused("bad_data_format", "The request is too large")
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        if not isinstance(asked.native, dict):
            raise ValueError("no request")
    # ASN.1 that lies about itself fails in a hundred ways within asn1crypto.
    except Exception as error:
        raise Refused("bad_data_format", "This is not a TimeStampReq") from error
    return asked


def _judge(asked: tsp.TimeStampReq) -> None:
    if asked["version"].native != "v1":
        raise Refused("bad_request", "Only version 1 is known")
    imprint = asked["message_imprint"]
    size = IMPRINTS.get(imprint["hash_algorithm"]["algorithm"].native)
    if size is None:
        raise Refused("bad_alg", "Hash with SHA-256, SHA-384, SHA-512 or SM3")
    if len(imprint["hashed_message"].native) != size:
        raise Refused("bad_data_format", "The hash has not the length of its algorithm")
    if asked["req_policy"].native not in (None, POLICY):
        raise Refused("unaccepted_policy", f"Only the policy {POLICY} is known")
    if asked["extensions"].native:
        raise Refused("unaccepted_extensions", "No extension is known")


def _signed(content: bytes, now: datetime, cert: x509.Certificate, send: bool) -> cms.SignedData:
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now)})),
            _attribute("message_digest", hashlib.sha256(content).digest()),
            _attribute("signing_certificate_v2", _named(cert)),
        ]
    )
    attributes = cms.CMSAttributes.load(attributes.dump())
    raw = keys().signer().sign(attributes.dump())
    both = (int.from_bytes(part, "big") for part in (raw[:32], raw[32:]))
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    who = {"issuer": cert.issuer, "serial_number": cert.serial_number}
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", who),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": encode_dss_signature(*both),
        }
    )
    told = {
        "version": "v3",
        "digest_algorithms": [sha256],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": cms.ParsableOctetString(content),
        },
        "signer_infos": [signer],
    }
    if send:
        told["certificates"] = [cms.CertificateChoices("certificate", cert)]
    return cms.SignedData.load(cms.SignedData(told).dump())


def _named(cert: x509.Certificate) -> tsp.SigningCertificateV2:
    name = x509.GeneralName(name="directory_name", value=cert.issuer)
    known = tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "cert_hash": hashlib.sha256(cert.dump()).digest(),
            "issuer_serial": {"issuer": [name], "serial_number": cert.serial_number},
        }
    )
    return tsp.SigningCertificateV2({"certs": [known]})


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": (value,)})
