"""What others see of the log: frozen values, free of tables and of Django."""

from datetime import datetime

from msgspec import Struct


class Countersigned(Struct, frozen=True, kw_only=True):
    """A witness that saw a head, and its line below it."""

    witness: str
    at: datetime
    line: str


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The log's head at one size: its root, signed. `note` is the text that verifiers keep."""

    origin: str
    size: int
    root: str
    at: datetime
    note: str
    cosignatures: tuple[Countersigned, ...] = ()

    @property
    def whole(self) -> str:
        """The note with the lines of the witnesses."""
        return self.note + "".join(one.line for one in self.cosignatures)


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


class Page(Struct, frozen=True, kw_only=True):
    """Some entries, the newest first, and where to go on."""

    entries: tuple[Entry, ...]
    size: int
    older: int | None
    newer: int | None


class Watched(Struct, frozen=True, kw_only=True):
    """Another's log that we are a witness of."""

    origin: str
    verifier: str
    size: int
    root: str
    seen_at: datetime | None


class WitnessView(Struct, frozen=True, kw_only=True):
    """Who is asked to cosign our heads, and how it went."""

    name: str
    verifier: str
    url: str
    seen: int
    trouble: str
    tried_at: datetime | None


class Answer(Struct, frozen=True):
    """What a witness answers: an HTTP status and a text; `size` when the text is one."""

    status: int
    text: str
    size: bool = False


class StampView(Struct, frozen=True, kw_only=True):
    """What somebody had put on record; `index` once it stands."""

    digest: str
    name: str
    at: datetime
    index: int | None


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether a proof that somebody kept holds, against our keys alone."""

    holds: bool
    reason: str = ""
    entry: Entry | None = None
    size: int = 0
    fits: bool | None = None  # whether the entry is of the file that came along


class CallView(Struct, frozen=True, kw_only=True):
    """What can be called, and with what: names and kinds of arguments."""

    name: str
    args: dict[str, str]


class StepView(Struct, frozen=True, kw_only=True):
    """A step that was taken. `index` is its place in the log, once it stands there."""

    position: int
    place: str
    do: str
    sender: str
    at: datetime
    gas: int
    digest: str
    args: dict[str, object]
    index: int | None = None


class ContractView(Struct, frozen=True, kw_only=True):
    """A contract as it stands."""

    id: str
    template: str
    by: str
    params: dict[str, object]
    state: dict[str, object]
    held: int
    calls: tuple[CallView, ...] = ()


class LockView(Struct, frozen=True, kw_only=True):
    """Units that open with a secret until a moment, and go back after it."""

    id: str
    by: str
    to: str
    amount: int
    hash: str
    until: datetime
    stage: str
    preimage: str = ""


class TemplateView(Struct, frozen=True, kw_only=True):
    """A contract to begin with, and what it asks for."""

    name: str
    params: dict[str, str]


class PayloadView(Struct, frozen=True, kw_only=True):
    """An envelope for readers, and its commitment."""

    commitment: str
    contract: str
    by: str
    at: datetime
    readers: tuple[str, ...]
    envelope: dict[str, object]
