"""Seals on PDF documents, PAdES B-B to B-LTA, with a key and certificate of the city."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate

from pengcheng.kernel import clock
from pengcheng.kit.keys import Ring, ring
from pengcheng.kit.seals import authority, timestamps

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator import ValidationContext

# It warns at each seal that nothing is fetched: all that is needed is at hand here.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)
FIELD = "CitySeal"
LONGEST = 72  # bytes of an ECDSA signature in DER
NAME = "Pengcheng licence seal"
Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]


class Seal(msgspec.Struct, frozen=True):
    """What a reader shows of the seal."""

    name: str
    reason: str
    place: str


def keys() -> Ring:
    """The licence seal's."""
    return ring("seals", "ES256")


def certificate() -> bytes:
    """The licence seal's present certificate in PEM."""
    return authority.pem([authority.certificate(keys(), NAME)])


def certificates() -> bytes:
    """Roots, and all certificates of the licence seal: old seals must be checked too."""
    authority.certificate(keys(), NAME)
    return authority.pem([*authority.roots(), *authority.certificates(keys())])


def stamp(
    pdf: bytes, seal: Seal, *, of: Ring | None = None, name: str = NAME, level: Level = "B-LTA"
) -> bytes:
    """The document with its seal, appended behind it."""
    # Imported here: loading them takes as long as a page may, and few requests seal.
    from pyhanko.sign import fields, signers

    lasting = level in ("B-LT", "B-LTA")
    writer = _writer(pdf)
    meta = signers.PdfSignatureMetadata(
        field_name=_free(writer),
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=seal.name,
        reason=seal.reason,
        location=seal.place,
        embed_validation_info=lasting,
        use_pades_lta=level == "B-LTA",
        validation_context=knowing() if lasting else None,
    )
    clockwork = None if level == "B-B" else timestamps.stamper()
    signer = signers.PdfSigner(meta, signer=_signer(of or keys(), name), timestamper=clockwork)
    sealed: Any = _apart(lambda: signer.sign_pdf(writer))
    return bytes(sealed.getvalue())


def renew(pdf: bytes) -> bytes:
    """Another document time stamp over all that is there, before the last one runs out."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.signers import PdfTimeStamper

    stamper, reader = PdfTimeStamper(timestamps.stamper()), PdfFileReader(BytesIO(pdf))
    made: Any = _apart(
        lambda: stamper.update_archival_timestamp_chain(reader, knowing(), in_place=False)
    )
    return bytes(made.getvalue())


def knowing(**facts: Any) -> ValidationContext:
    """What this city trusts, as of now: its roots and what they took back; nothing is fetched."""
    from asn1crypto import crl, x509
    from pyhanko_certvalidator import ValidationContext

    found = [one.public_bytes(serialization.Encoding.DER) for one in authority.roots()]
    told: dict[str, Any] = {
        "trust_roots": [x509.Certificate.load(one) for one in found],
        "crls": [crl.CertificateList.load(authority.revocation_list())],
        "allow_fetching": False,
        "revocation_mode": "soft-fail",
        "retroactive_revinfo": True,
        "moment": clock.now(),
    }
    return ValidationContext(**(told | facts))


def _apart(work: Callable[[], Any]) -> Any:
    """pyHanko drives a loop of its own; where one runs already, it gets a thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(work).result()


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    return IncrementalPdfFileWriter(BytesIO(pdf))


def _free(writer: IncrementalPdfFileWriter) -> str:
    """A name for the seal's field that no earlier seal of the document has."""
    from pyhanko.sign.fields import enumerate_sig_fields

    taken = {name for name, _, _ in enumerate_sig_fields(writer)}
    names = (FIELD, *(f"{FIELD}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


_loaded: dict[int, Signer] = {}


def _signer(of: Ring, name: str) -> Signer:
    """Made once a certificate: reading them for each document costs more than signing it."""
    made = authority.certificate(of, name)
    known = _loaded.get(made.serial_number)
    if known is None:
        private = cast(ec.EllipticCurvePrivateKey, of.signer().private)
        known = _loaded[made.serial_number] = _signing(private, [made, authority.root()])
    return known


def _signing(private: ec.EllipticCurvePrivateKey, certificates: list[Certificate]) -> Signer:
    """For pyHanko: the ring's key, wherever it is held."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Here(Signer):
        async def async_sign_raw(
            self, data: bytes, digest_algorithm: str, dry_run: bool = False
        ) -> bytes:
            return bytes(LONGEST) if dry_run else private.sign(data, ec.ECDSA(hashes.SHA256()))

    chain = list(load_certs_from_pemder_data(authority.pem(certificates)))
    return Here(
        signing_cert=chain[0],
        cert_registry=SimpleCertificateStore.from_certs(chain[1:]),
        signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
    )
