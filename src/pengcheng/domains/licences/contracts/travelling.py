"""Licences on their way: bindings for wallets, and what a verifier learns of one."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from pengcheng.domains.licences.contracts import Label

Form = Literal["dc+sd-jwt", "mso_mdoc"]
FORMS: tuple[Form, ...] = ("dc+sd-jwt", "mso_mdoc")


class Claim(Struct, frozen=True, kw_only=True):
    """A line that a holder can show by itself."""

    key: str
    label: Label


class Bound(Struct, frozen=True, kw_only=True):
    """A licence bound to a wallet's key. `text`: as it stands in a credential response."""

    text: str
    form: Form
    licence_id: str
    key: str  # thumbprint of the wallet's key
    expires_at: datetime


class Asked(Struct, frozen=True, kw_only=True):
    """What a presentation must answer: one verifier's one question."""

    form: Form
    client_id: str
    nonce: str
    response_uri: str
    key_thumbprint: bytes | None = None  # of the key that the answer was encrypted to


class Listed(Struct, frozen=True, kw_only=True):
    """The trusted list that names a foreign document's issuer."""

    territory: str
    scheme: str
    provider: str
    since: datetime | None = None


class Presented(Struct, frozen=True, kw_only=True):
    """A licence that was shown and holds, or why it does not. `code` is the word for the reason."""

    holds: bool
    code: str
    type: str = ""
    name: Label | None = None
    issuer: Label | None = None
    claims: dict[str, Any] = {}
    lines: tuple[tuple[Label, str, str], ...] = ()  # (label, Chinese, English)
    holder_id: str = ""  # for the caller's own records, never for a screen
    listed: Listed | None = None  # of another city: by which list
