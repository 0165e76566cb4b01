"""SM2 certificates: the root of the electronic seals, and the certificate of whoever seals."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import algos, core, x509

from pengcheng.kernel import clock
from pengcheng.kit.seals.authority import LEAST, LIFE, ORGANISATION, ROOT_LIFE
from pengcheng.kit.sm import PublicKey
from pengcheng.kit.sm.ring import SmRing, SmSigner, sm_ring
from pengcheng.kit.sm.sm2 import der, raw

SM2_WITH_SM3 = "1.2.156.10197.1.501"
ROOT, SEALS = "seal-maker", "seals-sm2"
ROOT_NAME = "Pengcheng SM2 seal maker"


def root_ring() -> SmRing:
    return sm_ring(ROOT)


def seal_ring() -> SmRing:
    return sm_ring(SEALS)


def root() -> x509.Certificate:
    """Of the seal maker (制章人), which is also the root; made with its key."""
    return _present(root_ring(), ROOT_NAME, None)


def certificate(of: SmRing, name: str) -> x509.Certificate:
    return _present(of, name, root())


def trusted(maker: x509.Certificate) -> bool:
    """Whether this very certificate is one of our roots, and was not lost."""
    good = {state.kid for state in root_ring().states() if not state.distrusted}
    own = {one.dump() for path, one in _kept(root_ring()) if path.name.split(".")[0] in good}
    return maker.dump() in own


def lost(cert: x509.Certificate) -> bool:
    for of in (root_ring(), seal_ring()):
        gone = {state.kid for state in of.states() if state.distrusted}
        for path, one in _kept(of):
            if path.name.split(".")[0] in gone and one.dump() == cert.dump():
                return True
    return False


def issued_by(cert: x509.Certificate, top: x509.Certificate) -> bool:
    """Whether the certificate is signed with the key of the other. Never raises."""
    try:
        signature = raw(cert["signature_value"].native)
        return key_of(top).verify(signature, cert["tbs_certificate"].dump())
    except (ValueError, TypeError, KeyError):
        return False


def key_of(cert: x509.Certificate) -> PublicKey:
    """Raises ValueError for a certificate of another kind of key."""
    return PublicKey.from_info(cert["tbs_certificate"]["subject_public_key_info"])


def _present(of: SmRing, name: str, top: x509.Certificate | None) -> x509.Certificate:
    signer = of.signer()
    for path, one in _kept(of):
        left = one.not_valid_after - clock.now()
        fits = top is None or one.issuer == top.subject
        if path.name.startswith(signer.kid) and left > LEAST and fits:
            return one
    by = signer if top is None else root_ring().signer()
    made = _made(signer, name, top, by)
    path = of.folder / f"{signer.kid}.{made.serial_number:x}.der"
    draft = path.with_name(f".{path.name}")
    draft.write_bytes(made.dump())
    draft.replace(path)
    return made


def _kept(of: SmRing) -> Iterator[tuple[Path, x509.Certificate]]:
    for path in sorted(of.folder.glob("*.der"), reverse=True):
        yield path, x509.Certificate.load(path.read_bytes())


def _made(
    signer: SmSigner, name: str, top: x509.Certificate | None, by: SmSigner
) -> x509.Certificate:
    now = clock.now().astimezone(UTC).replace(microsecond=0)
    subject = x509.Name.build(
        {
            "organization_name": ORGANISATION,
            "common_name": f"{name} {signer.kid[:8]}" if top is None else name,
        }
    )
    usage = {"digital_signature", "non_repudiation"} | ({"key_cert_sign"} if top is None else set())
    method = algos.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3})
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(127) + 1,
            "signature": method,
            "issuer": subject if top is None else top.subject,
            "validity": {
                "not_before": _time(now - timedelta(days=1)),
                "not_after": _time(now + (ROOT_LIFE if top is None else LIFE)),
            },
            "subject": subject,
            "subject_public_key_info": signer.private.public_key().info(),
            "extensions": [
                _extension("basic_constraints", x509.BasicConstraints({"ca": top is None})),
                _extension("key_usage", x509.KeyUsage(usage)),
            ],
        }
    )
    signature = core.OctetBitString(der(by.private.sign(body.dump())))
    told = {"tbs_certificate": body, "signature_algorithm": method, "signature_value": signature}
    return x509.Certificate(told)


def _extension(kind: str, value: core.Asn1Value) -> x509.Extension:
    told = {"extn_id": kind, "critical": True, "extn_value": core.ParsableOctetString(value.dump())}
    return x509.Extension(told)


def _time(at: datetime) -> x509.Time:
    """UTCTime until 2049, as RFC 5280 wants it."""
    if at.year < 2050:
        return x509.Time("utc_time", core.UTCTime(at))
    return x509.Time("general_time", core.GeneralizedTime(at))
