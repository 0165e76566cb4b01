"""Base45 (RFC 9285): bytes in the 45 characters that QR codes pack most tightly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {char: value for value, char in enumerate(ALPHABET)}


@cache
def _words() -> tuple[str, ...]:
    """Every two bytes are one of 65536 words, so their texts are worked out once."""
    pairs = [first + second for second in ALPHABET for first in ALPHABET]
    return tuple([pair + third for third in ALPHABET for pair in pairs][:65536])


def encode(data: bytes) -> str:
    words = memoryview(data[: len(data) // 2 * 2])
    two = _words()
    text = "".join([two[words[i] << 8 | words[i + 1]] for i in range(0, len(words), 2)])
    if len(data) % 2:
        text += ALPHABET[data[-1] % 45] + ALPHABET[data[-1] // 45]
    return text


@cache
def _tables() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The characters of every word of two bytes and of every single byte."""
    two = np.frombuffer("".join(_words()).encode("ascii"), np.uint8).reshape(65536, 3)
    one = "".join(ALPHABET[n % 45] + ALPHABET[n // 45] for n in range(256))
    return two, np.frombuffer(one.encode("ascii"), np.uint8).reshape(256, 2)


def encode_many(messages: Sequence[bytes]) -> list[str]:
    """Messages of one length at once: a tenth of the time each."""
    size = len(messages[0]) if messages else 0
    if not size or any(len(one) != size for one in messages):
        return [encode(one) for one in messages]
    two, one = _tables()
    data = np.frombuffer(b"".join(messages), np.uint8).reshape(len(messages), size)
    even = size // 2 * 2
    words = data[:, 0:even:2].astype(np.uint16) << 8 | data[:, 1:even:2]
    text = two[words].reshape(len(messages), -1)
    if size % 2:
        text = np.concatenate([text, one[data[:, -1]]], axis=1)
    whole, length = text.tobytes().decode("ascii"), text.shape[1]
    return [whole[at : at + length] for at in range(0, len(whole), length)]


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError for anything that no encoder writes."""
    if len(text) % 3 == 1:
        raise ValueError("base45: a character is missing")
    try:
        values = [_VALUES[char] for char in text]
    except KeyError as error:
        raise ValueError("base45: a character that is none of the 45") from error
    out = bytearray()
    for place in range(0, len(values) - 2, 3):
        word = values[place] + 45 * values[place + 1] + 2025 * values[place + 2]
        if word > 0xFFFF:
            raise ValueError("base45: a word above 65535")
        out += word.to_bytes(2, "big")
    if len(values) % 3:
        last = values[-2] + 45 * values[-1]
        if last > 0xFF:
            raise ValueError("base45: a byte above 255")
        out.append(last)
    return bytes(out)
