"""What the applicant hands in, and what a decision table concludes from it."""

from datetime import datetime

from msgspec import Struct, field

from pengcheng.domains.casework.contracts.bundles import Label
from pengcheng.domains.casework.contracts.states import Outcome, Trust


class Answer(Struct, frozen=True, kw_only=True):
    """One answer with its origin; `record` is what the registry says, when it was asked."""

    key: str
    label: Label
    value: str
    source: Label = Label(zh="申请人填写", en="Stated by the applicant")
    trust: Trust = "D"
    retrieved_at: datetime | None = None
    record: str | None = None
    value_en: str = ""  # an answer chosen from a list has English words too
    fact: bool | int | str | tuple[str, ...] | None = None  # for rules; None: they see `value`

    def text(self, language: str) -> str:
        return self.value_en if language.startswith("en") and self.value_en else self.value


class Evidence(Struct, frozen=True, kw_only=True):
    """A material or a registry extract; `url` leads to it if it can be opened."""

    key: str
    label: Label
    source: Label
    trust: Trust
    sha256: str = ""
    url: str = ""
    retrieved_at: datetime | None = None


class Submission(Struct, frozen=True, kw_only=True):
    answers: tuple[Answer, ...]
    evidence: tuple[Evidence, ...] = ()


class TraceLine(Struct, frozen=True, kw_only=True):
    """One rule that was looked at: what it says, the facts it saw, whether it fired."""

    rule: str
    text: Label
    matched: bool
    facts: dict[str, str] = field(default_factory=dict)


class RuleDecision(Struct, frozen=True, kw_only=True):
    """What a decision table concluded. `model_sha256` must be the table the case is pinned to."""

    outcome: Outcome
    reason: Label
    model_sha256: str
    trace: tuple[TraceLine, ...]
    legal_basis: str = ""
