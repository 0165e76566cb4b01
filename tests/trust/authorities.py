"""Authorities of other cities as their own programs make documents: joserfc, pycose and pyHanko,
none of it ours. All of them are simulated.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any

import cbor2
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jws as foreign_jws
from joserfc.jwk import ECKey
from pycose.headers import Algorithm
from pycose.keys import EC2Key
from pycose.messages import Sign1Message
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pengcheng.domains.trust import api
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kit.trust import rehearsal
from pengcheng.kit.trust.lists import CA_QC, EAA

DOCUMENT_SIGNER = x509.ObjectIdentifier("1.0.18013.5.1.2")


class City:
    """A city with a scheme's operator, a root on its list, and an office that issues."""

    def __init__(self, territory: str, name: str) -> None:
        self.territory, self.name = territory, name
        now = clock.now()
        self.operator = rehearsal.authority(f"{name} operator", territory, now)
        self.root = rehearsal.authority(f"{name} root", territory, now)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._issued(f"{name} office")
        self.sequence = 0

    def _issued(self, common: str) -> x509.Certificate:
        now = clock.now()
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
             "crl_sign", "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)]))
            .issuer_name(self.root.certificate.subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(
                x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), True
            )
            .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNER]), False)
            .sign(self.root.key, hashes.SHA256())
        )

    def listed(self, *, kind: str = EAA, status: str = "granted") -> City:
        """Its list is taken over here; each one is newer than the last."""
        self.sequence += 1
        told = rehearsal.trust_list(
            self.territory, self.name, clock.now(), {f"{self.name} office": self.root},
            sequence=self.sequence, status=status, kind=kind,
        )  # fmt: skip
        data = rehearsal.signed_list(told, self.operator)
        api.take(context=system_context("tests"), data=data, operator=self.operator.pem)
        return self

    def signing(self, status: str = "granted") -> City:
        return self.listed(kind=CA_QC, status=status)

    # --- documents --------------------------------------------------------------------------

    def token(self, vct: str, holder: dict[str, str], claims: dict[str, Any], **more: Any) -> str:
        """An SD-JWT VC by joserfc, every claim hidden until it is shown."""
        hidden = [
            _encoded(json_of([secrets.token_urlsafe(12), name, value]))
            for name, value in claims.items()
        ]
        payload = {
            "iss": f"https://{self.territory.lower()}.example",
            "vct": vct,
            "iat": int(clock.now().timestamp()),
            "cnf": {"jwk": holder},
            "_sd_alg": "sha-256",
            "_sd": [_encoded(hashlib.sha256(one.encode()).digest()) for one in hidden],
            **more,
        }
        header = {
            "alg": "ES256",
            "typ": "dc+sd-jwt",
            "x5c": [base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()],
        }
        signed = foreign_jws.serialize_compact(
            header, json_of(payload), ECKey.import_key(self.key), registry=_REGISTRY
        )
        return "~".join([signed, *hidden, ""])

    def mobile(self, doc_type: str, space: str, holder: Any, claims: dict[str, Any]) -> str:
        """IssuerSigned of ISO/IEC 18013-5 by pycose, in base64url."""
        items = [
            cbor2.CBORTag(24, cbor2.dumps(
                {"digestID": at, "random": secrets.token_bytes(16),
                 "elementIdentifier": name, "elementValue": value}
            ))
            for at, (name, value) in enumerate(claims.items())
        ]  # fmt: skip
        digests = {at: hashlib.sha256(cbor2.dumps(one)).digest() for at, one in enumerate(items)}
        now, point = clock.now().replace(microsecond=0), holder.public_numbers()
        security = {
            "version": "1.0",
            "digestAlgorithm": "SHA-256",
            "docType": doc_type,
            "valueDigests": {space: digests},
            "deviceKeyInfo": {"deviceKey": {
                1: 2, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big"),
            }},
            "validityInfo": {
                "signed": now, "validFrom": now, "validUntil": now + timedelta(days=30),
            },
        }  # fmt: skip
        payload = cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps(security)))
        made = Sign1Message({Algorithm: "ES256"}, {}, payload)
        own, public = self.key.private_numbers(), self.key.public_key().public_numbers()
        made.key = EC2Key(
            crv="P_256", d=own.private_value.to_bytes(32, "big"),
            x=public.x.to_bytes(32, "big"), y=public.y.to_bytes(32, "big"),
        )  # fmt: skip
        parts = cbor2.loads(made.encode(tag=False))
        chain = {33: self.certificate.public_bytes(Encoding.DER)}
        auth = [parts[0], chain, *parts[2:]]
        return _encoded(cbor2.dumps({"nameSpaces": {space: items}, "issuerAuth": auth}))

    def sealed(self, pdf: bytes) -> bytes:
        """A PDF signed by pyHanko with the office's key."""
        held = SimpleCertificateStore()
        held.register(asn1.Certificate.load(self.root.der))
        pkcs8 = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        signer = SimpleSigner(
            signing_cert=asn1.Certificate.load(self.certificate.public_bytes(Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(pkcs8),
            cert_registry=held,
        )
        facts = PdfSignatureMetadata(field_name="Office", md_algorithm="sha256")
        done = sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), facts, signer=signer)
        return bytes(done.getvalue())


_REGISTRY = foreign_jws.JWSRegistry(algorithms=["ES256"])


def json_of(value: Any) -> bytes:
    return json.dumps(value).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
