"""Signing keys of the city: made at first use, kept 0600 in its home, changed while it runs."""

from pengcheng.kit.keys import token
from pengcheng.kit.keys.ring import Key, KeyState, Ring, Signer, ring, rings

__all__ = ["Key", "KeyState", "Ring", "Signer", "ring", "rings", "token"]
