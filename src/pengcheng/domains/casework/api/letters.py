"""The door for letters: drafted before a step, made after it, kept with the case."""

from pengcheng.domains.casework.contracts import Label, Step
from pengcheng.domains.casework.contracts.letters import LetterView
from pengcheng.domains.casework.ops import letters
from pengcheng.kernel.context import Context


def draft_letter(
    *, context: Context, case_id: str, step: Step, reason: str, legal_basis: str = ""
) -> bytes:
    """The letter a step would send, as PDF with DRAFT across it; for who could take the step."""
    return letters.draft(context, case_id, step, reason=reason, legal_basis=legal_basis)


def make_letter(*, context: Context, case_id: str) -> None:
    """Make, keep and journal the letter about the last step that has one; once."""
    letters.make(context, case_id)


def read_letter(*, context: Context, case_id: str, letter_id: str) -> tuple[LetterView, bytes]:
    """One letter as it was sent."""
    return letters.read(context, case_id, letter_id)


def newest_letter(*, context: Context, case_id: str) -> tuple[LetterView, bytes]:
    """The letter about the last step that has one; made now if it was not yet."""
    return letters.newest(context, case_id)


def reason_blocks(*, step: Step) -> tuple[Label, ...]:
    """Beginnings for the reasons of a step, which an official goes on from."""
    return letters.blocks(step)
