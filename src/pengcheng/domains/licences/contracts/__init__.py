"""What others see of licences: frozen values, free of tables and of Django."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

HolderKind = Literal["person", "organisation"]
FieldKind = Literal["text", "date", "number", "choice", "code"]


class State(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Step(StrEnum):
    """Everything that can be done to a licence; `states.toml` says from where and by whom."""

    ISSUE = "issue"
    RENEW = "renew"
    REPLACE = "replace"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"


class Label(Struct, frozen=True):
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


# --- types ------------------------------------------------------------------------------


class Choice(Struct, frozen=True):
    """One of the values that a field may have."""

    id: str
    zh: str
    en: str


class Field(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a licence. `card`: shown on its face, not only below it."""

    key: str
    zh: str
    en: str
    kind: FieldKind = "text"
    required: bool = True
    card: bool = False
    choices: tuple[Choice, ...] = ()
    longest: int = 400

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)


class Party(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An authority: its names and its unified social credit code (18 characters)."""

    code: str
    zh: str
    en: str = ""

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") and self.en else self.zh


class LicenceType(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of licence. `code` is the type code of GB/T 36904: definer's code and three digits."""

    id: str
    code: str
    zh: str
    en: str
    authority: Party
    holders: tuple[HolderKind, ...]
    fields: tuple[Field, ...]
    years: int = 0
    months: int = 0
    days: int = 0
    items: tuple[str, ...] = ()
    legal_basis: str = ""
    renew_days: int = 30
    provisional: bool = True  # the three digits are ours, not the national catalogue's
    tone: str = "sea"  # colour family of the card

    @property
    def name(self) -> Label:
        return Label(self.zh, self.en)

    @property
    def long_term(self) -> bool:
        return not (self.years or self.months or self.days)


# --- licences ---------------------------------------------------------------------------


class Holder(Struct, frozen=True, kw_only=True):
    """Whose it is: an account of this city."""

    kind: HolderKind
    id: str
    name: str


class Issuer(Struct, frozen=True, kw_only=True):
    """Who issues: name and unified social credit code (18 characters)."""

    code: str
    zh: str
    en: str = ""

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") and self.en else self.zh


class Licence(Struct, frozen=True, kw_only=True):
    """A licence with all that stands on it. `commitment` is a salted hash: it tells nothing."""

    id: str
    number: str
    type: str
    name: Label
    state: State
    version: int
    holder: Holder
    issuer: Issuer
    values: dict[str, str]
    issued_at: datetime
    updated_at: datetime
    valid_from: date
    valid_until: date | None  # None: long term
    case_id: str
    item_code: str
    predecessor: str
    successor: str
    commitment: str
    status_index: int
    created: bool = True  # False: the same key was used before and this is what came of it


class Row(Struct, frozen=True, kw_only=True):
    """A licence in a list: nothing of what stands on it but the name of its holder."""

    id: str
    number: str
    type: str
    name: Label
    state: State
    holder: Holder
    issuer: Issuer
    issued_at: datetime
    valid_from: date
    valid_until: date | None


class Query(Struct, frozen=True, kw_only=True):
    """Filters of an issuer's list; what is left out does not filter."""

    text: str = ""  # in number and holder's name
    type: str = ""
    state: State | None = None
    issuer: str = ""
    ends_within: int | None = None  # days
    page: int = 1
    size: int = 20


class Page(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


class Change(Struct, frozen=True, kw_only=True):
    """One step of a licence: who, when, why, on which law; sealed over the one before."""

    licence_id: str
    seq: int
    step: Step
    state: State
    at: datetime
    actor_id: str
    actor_kind: str
    office: str
    reason: str
    legal_basis: str
    cause: str
    commitment: str
    previous: str
    hash: str


class Look(Struct, frozen=True, kw_only=True):
    """Someone read the licence: when, who (by office), for what purpose."""

    at: datetime
    action: str
    actor_kind: str
    purpose: str


class Dossier(Struct, frozen=True, kw_only=True):
    """A licence with its history, its looks and whether the chain is whole."""

    licence: Licence
    changes: tuple[Change, ...]
    looks: tuple[Look, ...]
    faults: tuple[str, ...]
    steps: frozenset[Step]  # what the asker may do now

    @property
    def intact(self) -> bool:
        return not self.faults


Verdict = Literal[
    "valid", "not_yet", "expired", "suspended", "replaced", "revoked", "unknown", "mistyped"
]


class Verification(Struct, frozen=True, kw_only=True):
    """What anybody may know of a number: whether it holds, for what, who issued. No holder."""

    verdict: Verdict
    number: str
    checked_at: datetime
    name: Label | None = None
    issuer: Issuer | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    holder_kind: HolderKind | None = None
    since: datetime | None = None  # when the present state began

    @property
    def holds(self) -> bool:
        return self.verdict == "valid"


class TypeCount(Struct, frozen=True, kw_only=True):
    type: str
    name: Label
    valid: int
    suspended: int
    ended: int
    issued_30_days: int


class Statistics(Struct, frozen=True, kw_only=True):
    """Counts for boards, at `at`; no persons."""

    at: datetime
    total: int
    states: dict[str, int]
    types: tuple[TypeCount, ...]
    issued_30_days: int
    ends_30_days: int


# --- licences that travel ---------------------------------------------------------------


class Credential(Struct, frozen=True, kw_only=True):
    """A licence as SD-JWT VC, for a wallet or a file."""

    text: str
    licence_id: str
    expires_at: datetime
    bound: bool  # to a key of the holder's


class CredentialCheck(Struct, frozen=True, kw_only=True):
    """Whether a credential holds, and what its holder chose to show. `code` says why not."""

    verdict: Verdict | Literal["forged"]
    code: str
    checked_at: datetime
    name: Label | None = None
    number: str = ""
    issuer: str = ""
    values: tuple[tuple[Label, str, str], ...] = ()  # (label, Chinese, English)
    bound: bool = False

    @property
    def holds(self) -> bool:
        return self.verdict == "valid"


class Showing(Struct, frozen=True, kw_only=True):
    """Some lines of a licence shown for some minutes. `code` opens it; only its hash is kept.

    `credential` says the same, signed, to a verifier without a network.
    """

    code: str
    licence_id: str
    expires_at: datetime
    credential: str


class Shown(Struct, frozen=True, kw_only=True):
    """What a verifier sees of a showing: the chosen lines and whether the licence holds now."""

    verification: Verification
    values: tuple[tuple[Label, str, str], ...]
    purpose: str
    expires_at: datetime


PaperForm = Literal["pdf", "ofd"]


class Paper(Struct, frozen=True, kw_only=True):
    """A licence sealed, as PDF or OFD. `sha256` stands in the audit: a leaked copy is found."""

    content: bytes
    form: PaperForm
    sha256: str
    licence_id: str
