"""Seals on PDF documents: PAdES B-B with the city's own key and certificate.

The certificate is the installation's own (self-signed, published): who wants to check a seal
elsewhere takes it from the city once. A changed byte breaks the seal.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from pengcheng.kernel import clock
from pengcheng.kit.keys import Ring, Signer, ring

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

LIFE = timedelta(days=3650)
FIELD = "CitySeal"


class Seal(msgspec.Struct, frozen=True):
    """What a reader shows of the seal."""

    name: str
    reason: str
    place: str


def keys() -> Ring:
    return ring("seals", "ES256")


def certificate() -> bytes:
    """The present certificate in PEM; made with the key that it is for."""
    signer = keys().signer()
    path = keys().folder / f"{signer.key.kid}.crt"
    if not path.exists():
        _keep(path, _certificate(signer))
    return path.read_bytes()


def certificates() -> bytes:
    """All certificates that ever were, the present one first: old seals must be checked too."""
    present = certificate()
    paths = sorted(keys().folder.glob("*.crt"))
    others = [path.read_bytes() for path in paths if path.read_bytes() != present]
    return b"".join([present, *others])


def stamp(pdf: bytes, seal: Seal) -> bytes:
    """The document with its seal, appended behind it."""
    # Imported here: loading them takes as long as a page may, and few requests seal.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=seal.name,
        reason=seal.reason,
        location=seal.place,
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    sealed: Any = signers.PdfSigner(meta, signer=_signer()).sign_pdf(writer)
    return bytes(sealed.getvalue())


_loaded: dict[str, SimpleSigner] = {}


def _signer() -> SimpleSigner:
    """Loaded once a key: reading it for each document costs more than the signature."""
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    signer = keys().signer()
    known = _loaded.get(signer.key.kid)
    if known is None:
        der = signer.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        known = _loaded[signer.key.kid] = SimpleSigner(
            signing_cert=next(iter(load_certs_from_pemder_data(certificate()))),
            signing_key=load_private_key_from_pemder_data(der, passphrase=None),
            cert_registry=SimpleCertificateStore(),
        )
    return known


def _certificate(signer: Signer) -> bytes:
    """Named after its key, so that a reader who has several finds the right one."""
    private = signer.private
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pengcheng seal {signer.key.kid[:12]}"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pengcheng (no official authority)"),
        ]
    )
    now = clock.now()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())  # type: ignore[arg-type]
    )
    return made.public_bytes(serialization.Encoding.PEM)


def _keep(path: Path, data: bytes) -> None:
    """Whole or not at all; the first who made one wins."""
    draft = path.with_name(f".{path.name}.{clock.now().timestamp()}")
    draft.write_bytes(data)
    if path.exists():
        draft.unlink()
    else:
        draft.replace(path)
