"""Look-up codes: shown once to the applicant, kept only as a keyed hash."""

import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: people copy it by hand
GROUPS, SIZE = 3, 4


def new_code() -> str:
    """About 59 bits, as `XXXX-XXXX-XXXX`."""
    number = secrets.randbelow(len(ALPHABET) ** (GROUPS * SIZE))
    chars = []
    for _ in range(GROUPS * SIZE):
        number, place = divmod(number, len(ALPHABET))
        chars.append(ALPHABET[place])
    return "-".join("".join(chars[at : at + SIZE]) for at in range(0, len(chars), SIZE))


def hashed(case_id: str, code: str) -> str:
    compact = "".join(char for char in code.upper() if char.isalnum())
    key = settings.PENGCHENG_MASTER_KEY
    return salted_hmac(f"casework.code/{case_id}", compact, key, algorithm="sha256").hexdigest()


def fits(case_id: str, code: str, stored: str) -> bool:
    return constant_time_compare(hashed(case_id, code), stored)
