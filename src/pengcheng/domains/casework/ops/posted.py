"""The letters of a case, and whether they are those that its journal says were sent."""

import hashlib

from pengcheng.domains.casework.contracts import JournalEntry, Label
from pengcheng.domains.casework.contracts.letters import LetterView
from pengcheng.domains.casework.models import CaseRecord, LetterRecord
from pengcheng.domains.casework.rules.letters import TEXTS


def letters_of(row: CaseRecord) -> tuple[LetterView, ...]:
    """Newest first, without their bytes."""
    return tuple(letter_view(each) for each in row.letters.defer("body").order_by("-about"))


def letter_view(row: LetterRecord) -> LetterView:
    text = TEXTS[row.kind]
    return LetterView(
        id=row.pk,
        case_id=row.case_id,
        kind=row.kind,
        title=Label(text.zh, text.en),
        sha256=row.sha256,
        at=row.at,
    )


def letter_faults(row: CaseRecord, entries: list[JournalEntry]) -> list[str]:
    """Letters that are missing or not what the journal says was sent."""
    told = {str(entry.facts["letter"]) for entry in entries if "letter" in entry.facts}
    kept = {each.sha256: bytes(each.body) for each in row.letters.all()}
    found = [f"letter {sha256[:12]} is missing" for sha256 in sorted(told - set(kept))]
    for sha256, body in kept.items():
        if hashlib.sha256(body).hexdigest() != sha256 or sha256 not in told:
            found.append(f"letter {sha256[:12]} was altered")
    return found
