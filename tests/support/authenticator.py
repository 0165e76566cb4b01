"""A device with passkeys, in a few lines: makes them, answers questions, and misbehaves when told.

The browser's own virtual device is the foreign judge (tests/identity/test_browser_passkeys.py).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

HOST = "testserver"
ORIGIN = f"http://{HOST}"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Device:
    """One authenticator with one passkey."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential: bytes = b"device-credential-0001"
    counter: int = 1
    handle: str = ""

    def _data(self, *, rp_id: str, flags: int, attested: bytes = b"") -> bytes:
        counter = self.counter.to_bytes(4, "big")
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + counter + attested

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def make(
        self, options: dict[str, Any], *, origin: str = ORIGIN, rp_id: str = HOST, flags: int = 0x45
    ) -> dict[str, Any]:
        """Answer the options of registration."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        size = len(self.credential).to_bytes(2, "big")
        data = self._data(
            rp_id=rp_id, flags=flags, attested=bytes(16) + size + self.credential + cose
        )
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"], origin)
        response = {"clientDataJSON": b64(client), "attestationObject": b64(attestation)}
        return self._told(response)

    def answer(
        self, options: dict[str, Any], *, origin: str = ORIGIN, rp_id: str = HOST, flags: int = 0x05
    ) -> dict[str, Any]:
        """Answer the question who the owner is."""
        self.counter += 1
        data = self._data(rp_id=rp_id, flags=flags)
        client = self._client("webauthn.get", options["challenge"], origin)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.handle,
        }
        return self._told(response)

    def _told(self, response: dict[str, str]) -> dict[str, Any]:
        name = b64(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def asked(client: Client, path: str = "/sign-in/passkey/question/") -> dict[str, Any]:
    """The options that the page's script would get."""
    answer = client.post(path, data="{}", content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def handed(client: Client, credential: dict[str, Any], **more: str) -> Any:
    """Hand an answer to the sign-in page."""
    sent = json.dumps({"credential": credential, **more})
    return client.post(
        "/sign-in/passkey/",
        data=sent,
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def enrolled(client: Client, device: Device | None = None) -> Device:
    """A device whose passkey the signed-in person has just added."""
    device = device or Device()
    made = device.make(asked(client, "/account/passkeys/question/"))
    answer = client.post(
        "/account/passkeys/",
        data=json.dumps({"credential": made, "name": "我的手机"}),
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 200, answer.content
    return device
