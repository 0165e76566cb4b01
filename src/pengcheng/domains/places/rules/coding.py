"""The stable id of an address: the same door gives the same id, however it is written.

An id reads `440305-7Z3K…`: six digits of the district, then 80 bits of SHA-256, in Crockford's
base 32, over the normalised path below the district. What is left out on purpose: street and
community (people omit them, and they are redrawn), a place's name where road and number say the
same, the floor where the room is given. What is even: full-width signs, Chinese numerals,
号楼/栋/幢/座, 楼/层, 室/房/号. The leading `v1` changes whenever these rules do.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from pengcheng.domains.places.contracts import AddressPart

VERSION: Final = "v1"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS: Final = 16
_ENDINGS: Final = {
    "number": re.compile("号$"),
    "subnumber": re.compile("号$"),
    "building": re.compile("^第|(号楼|号|[幢栋座排楼])$"),
    "unit": re.compile("(单元|号门|门|号)$"),
    "floor": re.compile("^第|[楼层F]$"),
    "room": re.compile("(号?[室房铺店户]|号)$"),
}
_PATH: Final = (
    "road", "number", "subroad", "subnumber", "place", "subplace", "building", "unit", "floor",
    "room",
)  # fmt: skip


def address_id(parts: Sequence[AddressPart], district: str) -> tuple[str, tuple[str, ...]]:
    """The id, or nothing and what is missing for one."""
    path = _path(parts)
    missing: tuple[str, ...] = () if district else ("district",)
    if not {"number", "place"} & path.keys() and not ({"community", "building"} <= path.keys()):
        missing += ("door",)
    if missing:
        return "", missing
    steps = [VERSION, district, *(f"{label}={path[label]}" for label in path)]
    digest = hashlib.sha256("\x1f".join(steps).encode()).digest()
    return f"{district}-{_base32(digest)}", ()


def _path(parts: Sequence[AddressPart]) -> dict[str, str]:
    found = {part.label: bare(part) for part in reversed(parts)}
    path = {label: found[label] for label in _PATH if found.get(label)}
    if "number" in path and "road" in path:
        path.pop("place", None)
        path.pop("subplace", None)
    elif "community" in found:
        # Without a road, a house number counts within its village or community.
        path = {"community": found["community"], **path}
    if "room" in path:
        path.pop("floor", None)
    return path


def bare(part: AddressPart) -> str:
    """A part without the word that says what it is: 3栋, 三栋 and 3号楼 are all 3."""
    text = (part.normal or part.text).replace(" ", "")
    ending = _ENDINGS.get(part.label)
    return ending.sub("", text) if ending else text


def _base32(digest: bytes) -> str:
    value = int.from_bytes(digest[:10], "big")
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(_SIGNS)))
