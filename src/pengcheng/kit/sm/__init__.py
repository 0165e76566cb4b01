"""The Chinese national algorithms behind one small door: SM2 signatures, SM3 hashes, SM4 ciphers.

gmssl-pyx computes; what it takes on trust is checked here first: lengths, ranges, points.
"""

from pengcheng.kit.sm.sm2 import IDENTITY, PrivateKey, PublicKey, decrypt, encrypt, generate
from pengcheng.kit.sm.sm3 import sm3
from pengcheng.kit.sm.sm4 import open_sealed, seal

__all__ = [
    "IDENTITY",
    "PrivateKey",
    "PublicKey",
    "decrypt",
    "encrypt",
    "generate",
    "open_sealed",
    "seal",
    "sm3",
]
