"""What others see of the log: frozen values, free of tables and of Django."""

from datetime import datetime

from msgspec import Struct


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The log's head at one size: its root, signed. `note` is the text that verifiers keep."""

    origin: str
    size: int
    root: str
    at: datetime
    note: str


class Entry(Struct, frozen=True, kw_only=True):
    """What the log holds at `index`: a hash and what kind of thing it is of. `leaf` is hashed."""

    index: int
    kind: str
    digest: str
    at: datetime
    leaf: str


class Proof(Struct, frozen=True, kw_only=True):
    """That an entry stands in the log whose head is `checkpoint` (RFC 9162, 2.1.3)."""

    entry: Entry
    path: tuple[str, ...]
    checkpoint: Checkpoint


class Consistency(Struct, frozen=True, kw_only=True):
    """That the log of `old` entries is the beginning of the log of `new` ones (2.1.4)."""

    old: int
    new: int
    path: tuple[str, ...]


class Standing(Struct, frozen=True, kw_only=True):
    """How far a digest is: unknown, waiting for the next head, or proved."""

    digest: str
    waiting: bool
    proof: Proof | None


class Overview(Struct, frozen=True, kw_only=True):
    """The log in a few words, for its page."""

    origin: str
    checkpoint: Checkpoint | None
    waiting: int
    kinds: dict[str, int]
    verifiers: tuple[str, ...]  # keys in the form that signed-note tools read


class LogReport(Struct, frozen=True, kw_only=True):
    """Whether entries, tiles and signed heads fit each other."""

    size: int
    root: str
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.faults
