"""SM2 (GB/T 32918): sign, verify, encrypt. The hash of the signer, Z, is computed once a key."""

from __future__ import annotations

from functools import lru_cache

import gmssl_pyx
from asn1crypto import core, keys, pem

from pengcheng.kit.sm.sm3 import sm3

CURVE = "1.2.156.10197.1.301"
keys.NamedCurve.register("sm2p256v1", CURVE, 32)
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = bytes.fromhex(
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
IDENTITY = b"1234567812345678"
"""The signer's name where none is agreed (GM/T 0009)."""
_SIZE = 32
LONGEST_PLAIN = 255
"""More than a key is not what SM2 encrypts: seal the rest with SM4."""


class PublicKey:
    """A point of the curve; raises ValueError for any other."""

    def __init__(self, point: bytes) -> None:
        x, y = (int.from_bytes(part, "big") for part in (point[:_SIZE], point[_SIZE:]))
        on_curve = (y * y - (x * x * x + A * x + B)) % P == 0
        if len(point) != 2 * _SIZE or x >= P or y >= P or not on_curve:
            raise ValueError("not a point of the SM2 curve")
        self.point = point

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.point == self.point

    def __hash__(self) -> int:
        return hash(self.point)

    def digest(self, data: bytes, identity: bytes = IDENTITY) -> bytes:
        return sm3(_z(self.point, identity) + data)

    def verify(self, signature: bytes, data: bytes, identity: bytes = IDENTITY) -> bool:
        """``signature`` is r and s of 32 bytes each."""
        r, s = (int.from_bytes(part, "big") for part in (signature[:_SIZE], signature[_SIZE:]))
        if len(signature) != 2 * _SIZE or not (0 < r < N and 0 < s < N):
            return False
        try:
            digest = self.digest(data, identity)
            return bool(gmssl_pyx.sm2_verify_sm3_digest(self.point, digest, der(signature)))
        except gmssl_pyx.GmsslInnerError:
            return False

    def info(self) -> keys.PublicKeyInfo:
        """As it stands in a certificate."""
        algorithm = keys.PublicKeyAlgorithm(
            {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", CURVE)}
        )
        point = keys.ECPointBitString(b"\x04" + self.point)
        return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": point})

    @classmethod
    def from_info(cls, info: keys.PublicKeyInfo) -> PublicKey:
        """Raises ValueError for every other kind of key."""
        chosen = info["algorithm"]["parameters"]
        if info.algorithm != "ec" or chosen.chosen.dotted != CURVE:
            raise ValueError("not an SM2 key")
        raw: bytes = info["public_key"].native
        if raw[:1] != b"\x04":
            raise ValueError("compressed points are not taken")
        return cls(raw[1:])


class PrivateKey:
    """The secret number and its point."""

    def __init__(self, secret: bytes, public: PublicKey) -> None:
        if len(secret) != _SIZE or not 0 < int.from_bytes(secret, "big") < N - 1:
            raise ValueError("not an SM2 key")
        self.secret, self._public = secret, public

    def public_key(self) -> PublicKey:
        return self._public

    def sign(self, data: bytes, identity: bytes = IDENTITY) -> bytes:
        """r and s, 64 bytes."""
        digest = self._public.digest(data, identity)
        return raw(gmssl_pyx.sm2_sign_sm3_digest(self.secret, digest))

    def to_pem(self) -> bytes:
        """PKCS #8 in PEM, which openssl reads."""
        point = keys.ECPointBitString(b"\x04" + self._public.point)
        inner = keys.ECPrivateKey(
            {
                "version": "ecPrivkeyVer1",
                "private_key": int.from_bytes(self.secret, "big"),
                "public_key": point,
            }
        )
        inner["private_key"].set_encoded_width(_SIZE)
        told = keys.PrivateKeyInfo(
            {
                "version": 0,
                "private_key_algorithm": {
                    "algorithm": "ec",
                    "parameters": keys.ECDomainParameters("named", CURVE),
                },
                "private_key": inner,
            }
        )
        return bytes(pem.armor("PRIVATE KEY", told.dump()))

    @classmethod
    def from_pem(cls, text: bytes) -> PrivateKey:
        told = keys.PrivateKeyInfo.load(pem.unarmor(text)[2], strict=True)
        inner = keys.ECPrivateKey.load(told["private_key"].parsed.dump())
        public = PublicKey(inner["public_key"].native[1:])
        return cls(inner["private_key"].native.to_bytes(_SIZE, "big"), public)


def generate() -> PrivateKey:
    public, secret = gmssl_pyx.sm2_key_generate()
    return PrivateKey(bytes(secret), PublicKey(bytes(public)))


def encrypt(public: PublicKey, plain: bytes) -> bytes:
    """DER of C1 C3 C2 (GM/T 0009)."""
    if not 0 < len(plain) <= LONGEST_PLAIN:
        raise ValueError(f"1 to {LONGEST_PLAIN} bytes")
    return bytes(gmssl_pyx.sm2_encrypt(public.point, plain))


def decrypt(private: PrivateKey, sealed: bytes) -> bytes:
    """Raises ValueError for what was not encrypted for this key."""
    try:
        return bytes(gmssl_pyx.sm2_decrypt(private.secret, sealed))
    except gmssl_pyx.GmsslInnerError as error:
        raise ValueError("not encrypted for this key") from error


class _Pair(core.Sequence):
    _fields = [("r", core.Integer), ("s", core.Integer)]


def der(signature: bytes) -> bytes:
    parts = (signature[:_SIZE], signature[_SIZE:])
    r, s = (int.from_bytes(part, "big") for part in parts)
    return bytes(_Pair({"r": r, "s": s}).dump())


def raw(signature: bytes) -> bytes:
    """r and s out of DER, in one form only. Raises ValueError."""
    try:
        pair = _Pair.load(signature, strict=True)
        parts = [pair[name].native.to_bytes(_SIZE, "big") for name in ("r", "s")]
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError("not a signature") from error
    if der(b"".join(parts)) != signature:
        raise ValueError("not a signature")
    return b"".join(parts)


@lru_cache(maxsize=256)
def _z(point: bytes, identity: bytes) -> bytes:
    length = (len(identity) * 8).to_bytes(2, "big")
    curve = A.to_bytes(_SIZE, "big") + B.to_bytes(_SIZE, "big") + G
    return sm3(length + identity + curve + point)
