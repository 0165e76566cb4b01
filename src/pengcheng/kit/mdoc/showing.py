"""A holder's side: chosen lines with the device's signature over this one conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

import cbor2

from pengcheng.kit.cose import ALGORITHMS
from pengcheng.kit.keys import Signer
from pengcheng.kit.mdoc.items import ALG, EMBEDDED, covered, embedded


def transcript(
    client_id: str, nonce: str, response_uri: str, jwk_thumbprint: bytes | None
) -> bytes:
    """SessionTranscript of OpenID4VP 1.0, B.2.6.1: what ties the signature to one question.

    ``jwk_thumbprint`` (RFC 7638, raw) when the answer is encrypted to a key of the verifier's.
    """
    info = cbor2.dumps([client_id, nonce, jwk_thumbprint, response_uri])
    handover = ["OpenID4VPHandover", hashlib.sha256(info).digest()]
    return cbor2.dumps([None, None, handover])


def device_authentication(session: bytes, doc_type: str, names: bytes) -> bytes:
    """DeviceAuthenticationBytes (ISO/IEC 18013-5, 9.1.3.4)."""
    told = (
        b"\x84" + cbor2.dumps("DeviceAuthentication") + session + cbor2.dumps(doc_type)
        + embedded(names)
    )  # fmt: skip
    return embedded(told)


def respond(issuer_signed: bytes, names: Collection[str], device: Signer, session: bytes) -> bytes:
    """A DeviceResponse that shows only these lines."""
    told = cbor2.loads(issuer_signed)
    doc_type = cbor2.loads(cbor2.loads(told["issuerAuth"][2]).value)["docType"]
    told["nameSpaces"] = {
        space: [one for one in items if _name(one) in names]
        for space, items in told["nameSpaces"].items()
    }
    nothing = cbor2.dumps({})
    protected = cbor2.dumps({ALG: ALGORITHMS[device.key.algorithm]})
    signature = device.sign(covered(protected, device_authentication(session, doc_type, nothing)))
    document = {
        "docType": doc_type,
        "issuerSigned": told,
        "deviceSigned": {
            "nameSpaces": cbor2.CBORTag(EMBEDDED, nothing),
            "deviceAuth": {"deviceSignature": [protected, {}, None, signature]},
        },
    }
    return cbor2.dumps({"version": "1.0", "documents": [document], "status": 0})


def _name(item: Any) -> str:
    return str(cbor2.loads(item.value)["elementIdentifier"])
