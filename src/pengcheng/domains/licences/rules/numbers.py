"""The national identifier of a licence (GB/T 36904).

Root . type code (definer's credit code and three digits) . issuer's credit code . serial .
version . check character. The character is ISO 7064 MOD 37,36 over all parts but the root.
"""

from __future__ import annotations

import msgspec

from pengcheng.kernel.ids import ALPHABET, check_character

ROOT = "1.2.156.3005.2"
_WIDTHS = {"type_code": (21, 21), "issuer": (18, 18), "serial": (1, 40), "version": (3, 3)}


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a number that is well formed."""

    type_code: str
    issuer: str
    serial: str
    version: str

    @property
    def check(self) -> str:
        return check_character(self.type_code + self.issuer + self.serial + self.version)

    def __str__(self) -> str:
        parts = (ROOT, self.type_code, self.issuer, self.serial, self.version, self.check)
        return ".".join(parts)


def compose(*, type_code: str, issuer: str, serial: str, version: int = 1) -> str:
    """The number as text. Raises ValueError for parts that cannot stand in one."""
    number = Number(type_code=type_code, issuer=issuer, serial=serial, version=f"{version:03d}")
    if _ill_formed(number):
        raise ValueError(f"no licence number can be made of {issuer} {serial}")
    return str(number)


def parse(text: str) -> Number | None:
    """The parts of a typed number, or None when it is mistyped. Case and blanks are forgiven."""
    compact = "".join(_plain(text).split()).upper()
    if len(text) > 200 or not compact.startswith(f"{ROOT}."):
        return None
    parts = compact[len(ROOT) + 1 :].split(".")
    if len(parts) != 5:
        return None
    number = Number(type_code=parts[0], issuer=parts[1], serial=parts[2], version=parts[3])
    if _ill_formed(number) or number.check != parts[4]:
        return None
    return number


def _plain(text: str) -> str:
    """Full-width dots and characters, as Chinese keyboards make them, in their plain form."""
    return "".join(
        chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text[:200]
    ).replace("。", ".")


def _ill_formed(number: Number) -> bool:
    for name, (least, most) in _WIDTHS.items():
        part = getattr(number, name)
        if not least <= len(part) <= most or any(char not in ALPHABET for char in part):
            return True
    return not (number.version.isdigit() and number.type_code[18:].isdigit())
