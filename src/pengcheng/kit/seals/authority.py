"""The city's own certificate authority: a root that names the keys of seals and of the clock.

It is nobody's official authority; who checks a seal elsewhere takes the root from the city once.
A key that is distrusted stands on the revocation list, from the day its certificate was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from pengcheng.kernel import clock
from pengcheng.kit.keys import KeyState, Ring, Signer, ring, rings

PURPOSE = "authority"
ROOT_LIFE = timedelta(days=7300)
LIFE = timedelta(days=1825)
LEAST = timedelta(days=60)
"""A certificate with less left is made anew."""
LEAST_OF_TIME = timedelta(days=730)
"""The clock's: its stamps shall be provable for long."""
CRL_LIFE = timedelta(days=7)
ORGANISATION = "Pengcheng (no official authority)"
Use = Literal["seal", "time", "data"]


def keys() -> Ring:
    return ring(PURPOSE, "ES256")


def root() -> x509.Certificate:
    """The present root; made with its key."""
    signer = keys().signer()
    path = keys().folder / f"{signer.key.kid}.crt"
    if not path.exists():
        _keep(path, _root(signer))
    return x509.load_pem_x509_certificate(path.read_bytes())


def roots() -> list[x509.Certificate]:
    """What is trusted here: roots past and present, and seals from before there was a root."""
    present = root()
    trusted = {state.kid for state in keys().states() if not state.distrusted}
    found = [one for path, one in _kept(keys()) if path.stem in trusted and one != present]
    return [present, *found, *_self_signed()]


def certificate(of: Ring, name: str, use: Use = "seal") -> x509.Certificate:
    """The present certificate of a ring's key: of the present root, with time left."""
    signer, top = of.signer(), root()
    for path, one in sorted(_kept(of), key=lambda pair: pair[1].not_valid_before_utc, reverse=True):
        if path.stem.partition(".")[0] == signer.key.kid and _serves(one, top, use):
            return one
    made = _leaf(signer, name, use, top)
    # A leaf without time in its name is one of the older, self-signed kind.
    _keep(of.folder / f"{signer.key.kid}.{made.serial_number:x}.crt", made)
    return made


def certificates(of: Ring) -> list[x509.Certificate]:
    """All that ever were made for a ring."""
    return [one for _, one in _kept(of)]


def revocation_list() -> bytes:
    """DER; what the present root takes back."""
    now = clock.now().replace(microsecond=0)
    signer, top = keys().signer(), root()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(top.subject)
        .last_update(now - timedelta(minutes=1))
        .next_update(now + CRL_LIFE)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(_issuer_id(top), critical=False)
    )
    for one, state in _lost():
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(one.serial_number)
            .revocation_date(max(one.not_valid_before_utc, datetime.fromisoformat(state.made_at)))
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    made = builder.sign(signer.private, hashes.SHA256())  # type: ignore[arg-type]
    return made.public_bytes(serialization.Encoding.DER)


def lost(serial: int) -> bool:
    """Whether the certificate's key was lost to somebody else."""
    return any(one.serial_number == serial for one, _ in _lost())


def pem(chain: list[x509.Certificate]) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)


def _lost() -> Iterator[tuple[x509.Certificate, KeyState]]:
    for one in rings().values():
        gone = {state.kid: state for state in one.states() if state.distrusted}
        if gone:
            yield from (
                (made, gone[path.stem.partition(".")[0]])
                for path, made in _kept(one)
                if path.stem.partition(".")[0] in gone
            )


def _self_signed() -> Iterator[x509.Certificate]:
    for one in rings().values():
        trusted = {state.kid for state in one.states() if not state.distrusted}
        if one.folder.name != PURPOSE:
            yield from (made for path, made in _kept(one) if path.stem in trusted)


def _kept(of: Ring) -> Iterator[tuple[Path, x509.Certificate]]:
    for path in sorted(of.folder.glob("*.crt")):
        yield path, x509.load_pem_x509_certificate(path.read_bytes())


def _serves(one: x509.Certificate, top: x509.Certificate, use: Use) -> bool:
    least = LEAST_OF_TIME if use == "time" else LEAST
    return one.issuer == top.subject and one.not_valid_after_utc > clock.now() + least


def _root(signer: Signer) -> x509.Certificate:
    name = _name(f"Pengcheng root {signer.key.kid[:12]}")
    builder = _begun(signer, name, ROOT_LIFE).issuer_name(name)
    builder = builder.add_extension(x509.BasicConstraints(True, 0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    return builder.sign(signer.private, hashes.SHA256())  # type: ignore[arg-type]


def _leaf(signer: Signer, name: str, use: Use, top: x509.Certificate) -> x509.Certificate:
    address = f"{str(settings.PENGCHENG_PUBLIC_URL).rstrip('/')}/signatures/authority.crl"
    place = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
    builder = _begun(signer, _name(name), LIFE).issuer_name(top.subject)
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(_issuer_id(top), critical=False)
    builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    if use == "time":
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return builder.sign(keys().signer().private, hashes.SHA256())  # type: ignore[arg-type]


def _begun(signer: Signer, name: x509.Name, life: timedelta) -> x509.CertificateBuilder:
    now, public = clock.now(), signer.private.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _issuer_id(top: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    known = top.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(path: Path, made: x509.Certificate) -> None:
    """Whole or not at all; the first who made one wins."""
    draft = path.with_name(f".{path.name}.{made.serial_number}")
    draft.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    if path.exists():
        draft.unlink()
    else:
        draft.replace(path)
