"""The door for wallets and verifiers: bindings of a licence, and what somebody shows of one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pengcheng.domains.licences.contracts.travelling import (
    FORMS,
    Asked,
    Bound,
    Claim,
    Form,
    Presented,
)
from pengcheng.domains.licences.ops import credentials, presenting
from pengcheng.domains.licences.rules import claims, guards, kinds
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kit.keys import certificates

NAMESPACE = claims.NAMESPACE
BOUND = credentials.BOUND


def bind(
    *,
    context: Context,
    licence_id: str,
    form: Form,
    holder_keys: Sequence[Mapping[str, Any]],
    longest: timedelta = BOUND,
) -> tuple[Bound, ...]:
    """The holder's licence, one copy for each of their wallet's keys (JWK)."""
    return credentials.bind(context, licence_id, form, holder_keys, longest)


def present(*, context: Context, text: str, asked: Asked) -> Presented:
    """What somebody shows a verifier; its holder sees in their log that it was shown."""
    return presenting.present(context, text, asked)


def claims_of(*, type: str) -> tuple[Claim, ...]:
    """What a holder of this kind can show line by line. Raises Invalid."""
    kind = kinds.types().get(type)
    if kind is None:
        raise guards.no_type(type)
    return tuple(Claim(key=field.key, label=field.label) for field in claims.fields(kind))


def vct(*, type: str) -> str:
    """The kind's name among SD-JWT VC."""
    return credentials.vct(type)


def doc_type(*, type: str) -> str:
    """The kind's name among mobile documents."""
    return claims.doc_type(type)


def authority_certificates(*, context: Context) -> tuple[bytes, ...]:
    """Whoever trusts these trusts our mobile documents and requests (DER)."""
    permit(context, "licences.licence.verify")
    return certificates.roots()


__all__ = [
    "BOUND",
    "FORMS",
    "NAMESPACE",
    "authority_certificates",
    "bind",
    "claims_of",
    "doc_type",
    "present",
    "vct",
]
