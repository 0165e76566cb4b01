"""The door of the signatures: look at any file, ask for the time, seal under custody."""

from __future__ import annotations

from pengcheng.domains.signatures.contracts import Checked, Told
from pengcheng.domains.signatures.ops import checking, stamping
from pengcheng.kernel.context import Context
from pengcheng.kit.seals import authority, certificates


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


def authority_certificates() -> bytes:
    """The roots and every certificate of the licence seal, in PEM: with these others can check."""
    return certificates()


def revocation_list() -> bytes:
    """What the root has taken back (DER)."""
    return authority.revocation_list()
