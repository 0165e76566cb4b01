"""A test authority of another city, made here: its operator, its signed list, its documents."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pengcheng.kit.credentials import jws
from pengcheng.kit.keys import Key, Signer, curves
from pengcheng.kit.trust.lists import EAA, STATUS, Service, TrustList
from pengcheng.kit.trust.writing import write

SIMULATED = "simulated"


class Authority(msgspec.Struct, frozen=True):
    """A key and the certificate that names it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def authority(
    name: str, country: str, now: datetime, above: Authority | None = None, *, ca: bool = True
) -> Authority:
    """With a certificate of its own, or issued by the one above it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country[:2]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:60]),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.certificate.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=730))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(above.key if above else key, hashes.SHA256())
    )
    return Authority(key, made)


def trust_list(
    territory: str,
    place: str,
    now: datetime,
    providers: dict[str, Authority],
    *,
    sequence: int = 1,
    status: str = "granted",
    days: int = 180,
    kind: str = EAA,
) -> TrustList:
    """A list that names these providers; everything about it says that it is simulated."""
    services = tuple(
        Service(
            provider=name,
            name=f"{name}: electronic licences ({SIMULATED})",
            kind=kind,
            status=f"{STATUS}{status}",
            since=now - timedelta(days=1),
            certificates=(one.der,),
        )
        for name, one in providers.items()
    )
    return TrustList(
        territory=territory,
        scheme=f"{place} trusted list ({SIMULATED})",
        operator=f"{place} scheme operator ({SIMULATED})",
        sequence=sequence,
        issued=now.replace(microsecond=0),
        next_update=(now + timedelta(days=days)).replace(microsecond=0),
        services=services,
    )


def signed_list(told: TrustList, operator: Authority) -> bytes:
    return write(told, operator.key, operator.pem)


def document(issuer: Authority, chain: tuple[Authority, ...], claims: dict[str, Any]) -> str:
    """An SD-JWT VC without hidden claims, with its issuer's certificates in the header."""
    jwk = curves.to_jwk(issuer.key.public_key())
    key = Key(curves.thumbprint(jwk), "ES256", curves.from_jwk(jwk))
    x5c = [base64.b64encode(one.der).decode() for one in (issuer, *chain)]
    return jws.sign(claims, Signer(key, issuer.key), typ="dc+sd-jwt", x5c=x5c) + "~"
