"""Certificates for what must name its signer by X.509: one authority, and its leaves.

The authority is the installation's own and says so: it is trusted where somebody took it over
from `/licences/authority.pem` or from a trusted list, and nowhere else. A certificate lies beside
its key and is made anew when either key is changed.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pengcheng.kernel import clock
from pengcheng.kit.keys.curves import Private, thumbprint, to_jwk
from pengcheng.kit.keys.ring import Key, Ring, Signer, ring

AUTHORITY_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=455)  # ISO/IEC 18013-5 allows a document signer 457 days
RENEW_BEFORE = timedelta(days=60)
COUNTRY = "CN"
DOCUMENT_SIGNER = x509.ObjectIdentifier("1.0.18013.5.1.2")
READER = x509.ObjectIdentifier("1.0.18013.5.1.6")
_SIGN = ("digital_signature",)
_ISSUE = ("key_cert_sign", "crl_sign")
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate is for."""

    name: str
    use: x509.ObjectIdentifier
    host: str = ""


def authority_keys() -> Ring:
    return ring("credential-authority", "ES256")


def authority() -> bytes:
    """The authority's present certificate (DER); made with its key."""
    signer = authority_keys().signer()
    path = authority_keys().folder / f"{signer.key.kid}.cer"
    if not path.exists():
        _keep(path, _authority(signer))
    return path.read_bytes()


def roots() -> tuple[bytes, ...]:
    """Every authority of ours that is still believed, the present one first (DER)."""
    present = authority()
    trusted = {one.kid for one in authority_keys().states() if not one.distrusted}
    paths = sorted(authority_keys().folder.glob("*.cer"))
    others = (path.read_bytes() for path in paths if path.stem in trusted)
    return (present, *(each for each in others if each != present))


def leaf(keys: Ring, wanted: Leaf) -> bytes:
    """The certificate of a ring's present key (DER)."""
    signer, issuer = keys.signer(), authority_keys().signer()
    path = keys.folder / f"{signer.key.kid}.{issuer.key.kid[:12]}.{_slug(wanted)}.cer"
    if not path.exists() or _ends_soon(path.read_bytes()):
        path.unlink(missing_ok=True)
        _keep(path, _leaf(signer, issuer, wanted))
    return path.read_bytes()


def key_of(chain: tuple[bytes, ...], trusted: tuple[bytes, ...], use: x509.ObjectIdentifier) -> Key:
    """The key of a chain's first certificate, if a trusted authority vouches for it now.

    One step only: nobody here issues through intermediates. Raises ValueError.
    """
    if len(chain) != 1:
        raise ValueError("one certificate is expected, signed by a trusted authority")
    return _judged(chain[0], trusted, use.dotted_string, int(clock.now().timestamp()) // 60)


@lru_cache(maxsize=256)
def _judged(der: bytes, trusted: tuple[bytes, ...], use: str, minute: int) -> Key:
    """Kept for a minute: the same signer comes with each of a million documents."""
    found = x509.load_der_x509_certificate(der)
    now = clock.now()
    if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
        raise ValueError("the certificate does not hold at this time")
    try:
        uses = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as error:
        raise ValueError("the certificate does not say what it is for") from error
    if use not in {each.dotted_string for each in uses}:
        raise ValueError("the certificate is for something else")
    if not any(_issued(found, x509.load_der_x509_certificate(each), now) for each in trusted):
        raise ValueError("no trusted authority has issued the certificate")
    public = found.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("the certificate's key is of another kind")
    return Key(thumbprint(to_jwk(public)), "ES256", public)


def _issued(found: x509.Certificate, by: x509.Certificate, now: object) -> bool:
    if not by.not_valid_before_utc <= now <= by.not_valid_after_utc:  # type: ignore[operator]
        return False
    try:
        found.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _authority(signer: Signer) -> bytes:
    name = _name(f"Pengcheng credential authority {signer.key.kid[:12]}")
    key = signer.private.public_key()
    made = (
        _begun(name, name, key, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(*_ISSUE), critical=True)
    )
    return _signed(made, signer.private)


def _leaf(signer: Signer, issuer: Signer, wanted: Leaf) -> bytes:
    above = x509.load_der_x509_certificate(authority())
    made = (
        _begun(_name(wanted.name), above.subject, signer.private.public_key(), LEAF_LIFE)
        .add_extension(_usage(*_SIGN), critical=True)
        .add_extension(x509.ExtendedKeyUsage([wanted.use]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                issuer.private.public_key()  # type: ignore[arg-type]
            ),
            critical=False,
        )
    )
    if wanted.host:
        names = x509.SubjectAlternativeName([x509.DNSName(wanted.host)])
        made = made.add_extension(names, critical=False)
    return _signed(made, issuer.private)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: object, life: timedelta
) -> x509.CertificateBuilder:
    now = clock.now()
    identifier = x509.SubjectKeyIdentifier.from_public_key(key)  # type: ignore[arg-type]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=10))
        .not_valid_after(now + life)
        .add_extension(identifier, critical=False)
    )


def _signed(made: x509.CertificateBuilder, key: Private) -> bytes:
    done = made.sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return done.public_bytes(Encoding.DER)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pengcheng (no official authority)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in uses for name in _USES})


def _slug(wanted: Leaf) -> str:
    return f"{wanted.use.dotted_string}.{wanted.host or 'any'}".replace("/", "_").replace(":", "_")


def _ends_soon(der: bytes) -> bool:
    return x509.load_der_x509_certificate(der).not_valid_after_utc - clock.now() < RENEW_BEFORE


def _keep(path: Path, data: bytes) -> None:
    """Whole or not at all; the first who made one wins."""
    draft = path.with_name(f".{path.name}.{clock.now().timestamp()}")
    draft.write_bytes(data)
    if path.exists():
        draft.unlink()
    else:
        draft.replace(path)
