"""The door of wallets and verifiers; keyword-only.

Programs are refused with OidcError, in the words of the standards; people with a Problem.
"""

from collections.abc import Collection, Mapping
from typing import Any

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import OidcError
from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.wallets.contracts import (
    Asking,
    Choice,
    Copy,
    Mode,
    Offer,
    Question,
    Result,
)
from pengcheng.domains.wallets.ops import answering, asking, describing, issuing
from pengcheng.domains.wallets.rules import questions as rules
from pengcheng.domains.wallets.rules import refusals
from pengcheng.kernel.context import Context

# --- wallet apps fetch (OpenID4VCI) -----------------------------------------------------------


def offer(*, context: Context, licence_id: str) -> Offer:
    """A link with which a wallet app fetches one of the asker's licences, once."""
    return issuing.offer(context, licence_id)


def issuer_metadata(*, context: Context) -> dict[str, Any]:
    """What can be fetched here, and how."""
    return describing.metadata(context)


def nonce() -> str:
    """A nonce for proofs; it costs no row until it is used."""
    return issuing.nonce()


def key_proof(*, header: str | None, path: str, token: str) -> str:
    """The key that a DPoP header proves. Raises OidcError."""
    return oidc.key_proof(header=header, method="POST", place=issuing.base() + path, token=token)


def fetch(*, token: str, jkt: str, body: bytes) -> dict[str, Any]:
    """The credential endpoint. Raises OidcError."""
    return issuing.fetch(token, jkt, body)


def notify(*, token: str, jkt: str, body: bytes) -> None:
    """The notification endpoint. Raises OidcError."""
    issuing.notify(token, jkt, body)


def copies(*, context: Context) -> tuple[Copy, ...]:
    """The asker's licences in wallet apps."""
    return issuing.copies_of(context, context.actor.id)


def refused(*, context: Context, action: str, error: OidcError, address: str) -> None:
    """Count a refusal, then write it down. Raises TooMany."""
    oidc.count_refusal(address=address, client_id="wallets")
    issuing.refused(context, action, error)


# --- verifiers ask (OpenID4VP) ----------------------------------------------------------------


def questions() -> tuple[Question, ...]:
    """What can be asked with one press."""
    return tuple(rules.questions().values())


def ask(*, context: Context, question: str, mode: Mode = "direct_post.jwt") -> str:
    """Ask one of the questions; answers its id. Raises Invalid."""
    found = rules.questions().get(question)
    if found is None:
        raise refusals.bad_question()
    return asking.ask(context, found, mode)


def ask_own(*, context: Context, kind: str, claims: Collection[str]) -> str:
    """Ask for one kind of licence and some of its lines. Raises Invalid."""
    known = [claim.key for claim in travelling.claims_of(type=kind)]
    wanted = [key for key in known if key in claims]
    if not wanted or len(wanted) != len(set(claims)):
        raise refusals.bad_question()
    type_ = licences.get_type(type=kind)
    return asking.ask(context, rules.own(kind, type_.zh, type_.en, wanted), "direct_post.jwt")


def see(*, context: Context, question_id: str) -> Asking:
    """How the asker's own question stands. Raises NotFound, Denied."""
    return asking.see(context, question_id)


def request_object(*, context: Context, question_id: str, wallet_nonce: str = "") -> str:
    """The signed question for a wallet app. Raises OidcError."""
    return asking.request_object(context, question_id, wallet_nonce)


def receive(*, context: Context, question_id: str, form: Mapping[str, str]) -> None:
    """The answer of a wallet app. Raises OidcError."""
    asking.receive(context, question_id, form)


# --- the city wallet --------------------------------------------------------------------------


def asked(*, context: Context, question_id: str) -> tuple[Asking, tuple[Choice, ...]]:
    """A question as the holder sees it, and which of their licences answer it."""
    row = asking.find(question_id)
    found = asking.asking_of(row)
    return found, answering.choices(context, found.question)


def answer(
    *, context: Context, question_id: str, licence_id: str, optional: Collection[str] = ()
) -> Result:
    """Show one of one's own licences to whoever asked."""
    return answering.answer(context, question_id, licence_id, optional)


def decline(*, context: Context, question_id: str) -> None:
    """Show nothing."""
    answering.decline(context, question_id)


def forget_old() -> int:
    """Delete what is over."""
    return asking.forget_old()
