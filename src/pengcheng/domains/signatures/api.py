"""The door of the signatures: look at any file, ask for the time, seal under custody."""

from __future__ import annotations

from pengcheng.domains.signatures.contracts import Checked, MessageForm, Told
from pengcheng.domains.signatures.contracts.custody import (
    NewRequest,
    Overview,
    RequestState,
    RequestView,
    SealState,
    SealStep,
    SealView,
    Use,
)
from pengcheng.domains.signatures.ops import checking, custody, reading, stamping
from pengcheng.kernel.context import Context
from pengcheng.kit.seals import Seal, authority, certificates

RENEW_BEFORE_DAYS = 366


def check_file(*, context: Context, content: bytes, original: bytes = b"") -> Checked:
    """What holds of a signed file and what does not, each with its reason; nothing is kept.

    ``original`` is the content that a detached signature belongs to.
    """
    return checking.check_file(context, content, original)


def check_text(*, context: Context, content: bytes) -> Told | None:
    """A licence number, a credential, the text of a QR code: what its owner says of it."""
    return checking.check_text(context, content)


def teach_reader(*, name: str, reader: checking.Reader) -> None:
    """A domain above says how its own texts are read; called once, when the city starts."""
    checking.teach(name, reader)


def time_stamp(*, context: Context, request: bytes) -> bytes:
    """RFC 3161: the DER answer to a DER request, also when it is refused."""
    return stamping.stamp(context, request)


def sign_message(*, context: Context, message: bytes, form: MessageForm = "xml") -> bytes:
    """A data message with the city's signature and a time stamp: XAdES B-T, or JAdES B-T for JSON.

    ``context`` is a system's. Raises Unreadable for what is no XML (or has entities), or no JSON.
    """
    return stamping.sign_message(context, message, form)


def authority_certificates() -> bytes:
    """The roots and every certificate of the licence seal, in PEM: with these others can check."""
    return certificates()


def revocation_list() -> bytes:
    """What the root has taken back (DER)."""
    return authority.revocation_list()


# --- custody ----------------------------------------------------------------------------


def seal_standing(*, context: Context, seal: str, about: str, content: bytes, face: Seal) -> bytes:
    """Seal a PDF that another act decided, by the seal's standing approval for that act.

    ``context`` is a system's. Raises Conflict when the seal is suspended or does not allow it.
    """
    return custody.use_standing(context, seal, about, content, face)


def note_standing(*, context: Context, seal: str, about: str, sealed: bytes) -> None:
    """The same for a document that was made with its seal (OFD). Raises Conflict."""
    custody.use_standing_made(context, seal, about, sealed)


def ask_for_seal(*, context: Context, new: NewRequest) -> str:
    """Hand in a PDF; answers the request's id. Raises Invalid or Conflict."""
    return custody.ask(context, new)


def answer_request(
    *, context: Context, request_id: str, agreed: bool, note: str = ""
) -> RequestState:
    """Another person agrees or refuses; the last agreement needed seals at once."""
    return custody.answer(context, request_id, agreed, note)


def withdraw_request(*, context: Context, request_id: str) -> None:
    """The asker takes it back while it waits."""
    custody.withdraw(context, request_id)


def seal_step(*, context: Context, seal: str, step: SealStep, reason: str) -> SealState:
    """Suspend, resume or retire a seal. Raises Invalid or Conflict."""
    return custody.take_step(context, seal, step, reason)


def overview(*, context: Context) -> Overview:
    """All seals, what waits for oneself, what one asked for."""
    return reading.overview(context)


def seal(*, context: Context, seal: str) -> SealView:
    """One seal and where it stands. Raises NotFound."""
    return reading.seal(context, seal)


def uses(*, context: Context, seal: str) -> tuple[Use, ...]:
    """What a seal was used for last."""
    return reading.uses(context, seal)


def request(*, context: Context, request_id: str) -> RequestView:
    """One request. Raises NotFound."""
    return reading.request(context, request_id)


def document(*, context: Context, request_id: str, sealed: bool) -> tuple[str, bytes]:
    """(file name, PDF) of a request, before or after; for those concerned. Audited."""
    return reading.document(context, request_id, sealed)


def renew_stamps(*, context: Context) -> int:
    """Stamp anew what could be proved for less than a year; answers how many."""
    return custody.renew(context, RENEW_BEFORE_DAYS)
