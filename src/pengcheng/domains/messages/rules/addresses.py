"""Phone numbers and e-mail addresses: which can be right, and how much of one the log shows."""

import re

PHONE = re.compile(r"1\d{10}", re.ASCII)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}", re.ASCII)


def is_phone(text: str) -> bool:
    """A mobile number of the mainland: eleven digits that begin with 1."""
    return PHONE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    return len(text) <= 254 and EMAIL.fullmatch(text) is not None


def masked(address: str) -> str:
    """Enough of an address to recognise one's own, too little to use it."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-4:]}" if len(address) >= 11 else "***"
