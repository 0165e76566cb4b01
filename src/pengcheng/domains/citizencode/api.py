"""The door of the citizen code: show it, join cards to it, verify it, print it, stop it."""

from __future__ import annotations

from collections.abc import Sequence

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.contracts import (
    Code,
    Paper,
    Scene,
    Taken,
    TakenVerdict,
    Use,
    Verification,
)
from pengcheng.domains.citizencode.ops import papers as printing
from pengcheng.domains.citizencode.ops import published, showing, verifying
from pengcheng.domains.citizencode.ops import taken as reporting
from pengcheng.domains.citizencode.ops import uses as joining
from pengcheng.kernel.context import Context


def scenes() -> tuple[Scene, ...]:
    """The kinds of places where codes are accepted."""
    return tuple(rules.scenes().values())


def show(*, context: Context, scene: str = "") -> Code:
    """A fresh code of one's own, for any place or for one kind alone. Raises Conflict, NotFound."""
    return showing.show(context, scene)


def uses(*, context: Context) -> tuple[Use, ...]:
    """Every kind of place and one's own card for it."""
    return joining.uses(context)


def bind(*, context: Context, scene: str, card: str) -> None:
    """Join a card. Raises Invalid or Conflict."""
    joining.bind(context, scene, card)


def unbind(*, context: Context, scene: str) -> None:
    """Take the card off."""
    joining.unbind(context, scene)


def verify(*, context: Context, text: str) -> Verification:
    """Whether a code is right; for anybody. It counts once."""
    return verifying.verify(context, text)


def resolve(*, context: Context, text: str, scene: str) -> Verification:
    """The same at a place of service, with what it may know; with a purpose."""
    return verifying.resolve(context, text, scene)


def text_in(*, picture: bytes) -> str:
    """The text of a QR code on a picture, or an empty one. Raises Invalid or TooLarge."""
    from pengcheng.domains.citizencode.ops import pictures  # with libraries that nobody else needs

    return pictures.text_in(picture)


def issue_paper(*, context: Context, username: str, confirmed: bool) -> Paper:
    """Print a code for somebody present. Raises Invalid or Denied."""
    return printing.issue(context, username, confirmed)


def papers(*, context: Context) -> tuple[Paper, ...]:
    """One's own printed codes."""
    return printing.papers(context)


def revoke_paper(*, context: Context, paper_id: str) -> Paper:
    """A printed code is lost."""
    return printing.revoke(context, paper_id)


def stop(*, context: Context) -> None:
    """The phone is lost: no code made before this moment counts."""
    printing.stop(context)


def jwks(*, context: Context) -> dict[str, object]:
    """The public keys as a JWK set."""
    return published.jwks(context)


def cose_keys(*, context: Context) -> bytes:
    """The public keys as a COSE_KeySet."""
    return published.cose_keys(context)


def revoked(*, context: Context) -> str:
    """The signed list of revoked codes (JWS), for terminals without a network."""
    return published.revoked(context)


def report_taken(
    *, context: Context, scene: str, taken: Sequence[Taken]
) -> tuple[TakenVerdict, ...]:
    """Codes that a terminal took without a network, each judged again. Raises Invalid."""
    return reporting.report(context, scene, taken)


def forget_old() -> int:
    """Forget serials that are over."""
    return reporting.forget_old()
