"""The door of the licences: kinds, issuing, the steps of a licence, reading and verifying.

`issue` may be called in the caller's own transaction and costs nine statements. Steps that the
state does not allow raise `Conflict`, a missing right `Denied`, a wrong value `Invalid`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pengcheng.domains.licences.contracts import (
    Credential,
    CredentialCheck,
    Dossier,
    Holder,
    Issuer,
    Licence,
    LicenceType,
    Page,
    Paper,
    PaperForm,
    Query,
    Row,
    Showing,
    Shown,
    Statistics,
    Step,
    Verification,
)
from pengcheng.domains.licences.ops import (
    credentials,
    expiring,
    issuing,
    papers,
    presenting,
    published,
    reading,
    showings,
    steps,
)
from pengcheng.domains.licences.ops.store import Grounds
from pengcheng.domains.licences.rules import guards, kinds
from pengcheng.domains.licences.rules import values as rules_values
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kit import seals

ON_RECORD = "licences.change"
"""Under this kind the hash of each change stands in the city's log."""


# --- kinds ------------------------------------------------------------------------------


def types() -> tuple[LicenceType, ...]:
    """All kinds of licences."""
    return tuple(kinds.types().values())


def get_type(*, type: str) -> LicenceType:
    """One kind. Raises Invalid."""
    found = kinds.types().get(type)
    if found is None:
        raise guards.no_type(type)
    return found


def shown_values(*, licence: Licence, language: str) -> tuple[tuple[str, str, bool], ...]:
    """(label, value, on the card's face) in the kind's order and the reader's language."""
    kind = kinds.types()[licence.type]
    return tuple(
        (
            field.label.text(language),
            rules_values.shown(field, licence.values[field.key], language),
            field.card,
        )
        for field in kind.fields
        if field.key in licence.values
    )


# --- issuing and what follows -----------------------------------------------------------


def issue(
    *,
    context: Context,
    type: str,
    holder: Holder,
    issuer: Issuer,
    values: Mapping[str, Any],
    idempotency_key: str,
    case_id: str = "",
    item_code: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Licence:
    """Issue a licence; the same key again answers the same one (`created` False).

    ``values`` by the kind's field keys: text, or date, int, Decimal. Without dates it holds from
    today for as long as its kind says. Use ``system_context("services", cause=…)``.
    """
    return issuing.issue(
        context,
        type,
        values,
        holder=holder,
        issuer=issuer,
        key=idempotency_key,
        case_id=case_id,
        item_code=item_code,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def renew(
    *,
    context: Context,
    licence_id: str,
    idempotency_key: str,
    values: Mapping[str, Any] | None = None,
    valid_until: date | None = None,
    case_id: str = "",
    item_code: str = "",
    reason: str = "",
) -> Licence:
    """A successor with a new number; its time goes on from the old one's end. The old is replaced.

    ``values``: only those that change.
    """
    return steps.renew(
        context,
        licence_id,
        values,
        Grounds(reason=reason),
        key=idempotency_key,
        valid_until=valid_until,
        case_id=case_id,
        item_code=item_code,
    )


def replace(
    *,
    context: Context,
    licence_id: str,
    idempotency_key: str,
    values: Mapping[str, Any],
    reason: str,
    legal_basis: str,
    case_id: str = "",
    item_code: str = "",
) -> Licence:
    """A successor with the same serial, the next version and what has changed on it."""
    return steps.replace(
        context,
        licence_id,
        values,
        Grounds(reason=reason, legal_basis=legal_basis),
        key=idempotency_key,
        case_id=case_id,
        item_code=item_code,
    )


def suspend(
    *,
    context: Context,
    licence_id: str,
    reason: str,
    legal_basis: str,
    version: int | None = None,
) -> Licence:
    """It does not hold until it is resumed."""
    grounds = Grounds(reason=reason, legal_basis=legal_basis)
    return steps.take(context, licence_id, Step.SUSPEND, grounds, version)


def resume(
    *,
    context: Context,
    licence_id: str,
    reason: str,
    legal_basis: str,
    version: int | None = None,
) -> Licence:
    """It holds again."""
    grounds = Grounds(reason=reason, legal_basis=legal_basis)
    return steps.take(context, licence_id, Step.RESUME, grounds, version)


def revoke(
    *,
    context: Context,
    licence_id: str,
    reason: str,
    legal_basis: str,
    version: int | None = None,
) -> Licence:
    """It never holds again."""
    grounds = Grounds(reason=reason, legal_basis=legal_basis)
    return steps.take(context, licence_id, Step.REVOKE, grounds, version)


def expire_due(*, context: Context) -> int:
    """Note down what has come to its last day; answers how many."""
    return expiring.expire_due(context)


# --- reading ----------------------------------------------------------------------------


def get(*, context: Context, licence_id: str) -> Licence:
    """The licence, for its holder or an official; needs a purpose in the context."""
    return reading.get(context, licence_id)


def by_number(*, context: Context, number: str) -> Licence:
    """The same by its number, as typed."""
    return reading.by_number(context, number)


def dossier(*, context: Context, licence_id: str) -> Dossier:
    """The licence, its history, who looked at it, and whether all of it is whole."""
    return reading.dossier(context, licence_id)


def list_of(*, context: Context, holder: str | None = None, case_id: str = "") -> tuple[Row, ...]:
    """Licences of a holder (an account's id; by default the asker's), newest first.

    With ``case_id`` only those that came of this case.
    """
    return reading.list_of(context, holder, case_id)


def search(*, context: Context, query: Query) -> Page:
    """An issuer's list; needs a purpose in the context and is audited."""
    return reading.search(context, query)


def verify(*, context: Context, number: str) -> Verification:
    """Whether a number holds, for anybody; says nothing about the person."""
    return reading.verify(context, number)


def statistics(*, context: Context) -> Statistics:
    """Counts of kinds and states."""
    return reading.statistics(context)


# --- licences that travel ---------------------------------------------------------------


def credential(
    *, context: Context, licence_id: str, holder_key: Mapping[str, Any] | None = None
) -> Credential:
    """The holder's licence as SD-JWT VC, bound to ``holder_key`` (a JWK) if one is given."""
    return credentials.issue(context, licence_id, holder_key)


def check_credential(
    *, context: Context, text: str, nonce: str = "", audience: str = ""
) -> CredentialCheck:
    """Whether a credential of this city holds; with ``nonce`` the holder must prove their key."""
    return presenting.check(context, text, nonce, audience)


def status_list(*, context: Context, number: int) -> str:
    """A signed Token Status List. Raises NotFound."""
    return published.status_list(context, number)


def issuer_metadata(*, context: Context) -> dict[str, Any]:
    """Issuer and public keys, as a foreign verifier asks for them."""
    return published.issuer_metadata(context)


def type_metadata(*, context: Context, type: str) -> dict[str, Any]:
    """How a foreign wallet shows a kind. Raises NotFound."""
    return published.type_metadata(context, type)


def show(*, context: Context, licence_id: str, fields: Sequence[str], purpose: str = "") -> Showing:
    """Show some lines of one's licence for ten minutes to whoever has the code."""
    return showings.show(context, licence_id, fields, purpose)


def shown(*, context: Context, code: str) -> Shown:
    """What is shown under this code. Raises NotFound when it is over."""
    return showings.look(context, code)


def offline(*, context: Context) -> dict[str, Any]:
    """Keys, kinds and states for a verifier without a network; nothing about persons."""
    return published.offline(context)


def paper(
    *,
    context: Context,
    licence_id: str,
    purpose: str = "",
    taker: str = "",
    form: PaperForm = "pdf",
) -> Paper:
    """The holder's licence, sealed; purpose and taker stand on every page."""
    return papers.make(context, licence_id, purpose, taker, form)


def seal_certificate(*, context: Context) -> bytes:
    """The certificates of the city's seal in PEM, the present one first."""
    permit(context, "licences.licence.verify")
    return seals.certificates()
