"""Small signed messages for QR codes: COSE_Sign1 (RFC 9052) in base45 (RFC 9285)."""

from pengcheng.kit.cose.base45 import decode as from_base45
from pengcheng.kit.cose.base45 import encode as to_base45
from pengcheng.kit.cose.base45 import encode_many as many_to_base45
from pengcheng.kit.cose.sign1 import (
    ALGORITHMS,
    Malformed,
    Signed,
    byte_string,
    keyset,
    kid_of,
    read,
    sealed,
    sealed_many,
)

__all__ = [
    "ALGORITHMS",
    "Malformed",
    "Signed",
    "byte_string",
    "from_base45",
    "keyset",
    "kid_of",
    "many_to_base45",
    "read",
    "sealed",
    "sealed_many",
    "to_base45",
]
