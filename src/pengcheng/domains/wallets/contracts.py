"""What others see of wallets and verifiers: frozen values."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

Mode = Literal["direct_post.jwt", "direct_post"]


class Label(Struct, frozen=True):
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


# --- fetching -------------------------------------------------------------------------------


class Offer(Struct, frozen=True, kw_only=True):
    """A link for a wallet app, and the digits that its owner types there."""

    link: str
    digits: str
    expires_at: datetime


class Copy(Struct, frozen=True, kw_only=True):
    """Copies of a licence in a wallet app."""

    id: str
    licence_id: str
    name: Label
    form: str
    client: Label
    copies: int
    issued_at: datetime
    expires_at: datetime
    outcome: str


# --- asking ---------------------------------------------------------------------------------


class Question(Struct, frozen=True, kw_only=True):
    """What a verifier wants to know: which kinds of licences will do, and which lines.

    ``expect``: what the lines must say for a yes. ``optional``: lines that the holder may add.
    """

    id: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    claims: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    expect: dict[str, Any] = {}
    hint_zh: str = ""
    hint_en: str = ""

    @property
    def title(self) -> Label:
        return Label(self.zh, self.en)

    @property
    def hint(self) -> Label:
        return Label(self.hint_zh, self.hint_en)


class Line(Struct, frozen=True, kw_only=True):
    """A line that was shown."""

    label: Label
    value: Label


class Result(Struct, frozen=True, kw_only=True):
    """What came of a question. ``code``: why not, in a word."""

    met: bool
    code: str
    name: Label | None = None
    issuer: Label | None = None
    form: str = ""
    lines: tuple[Line, ...] = ()
    territory: str = ""  # of another city: whose trusted list names the issuer, or once did
    scheme: str = ""
    provider: str = ""
    since: datetime | None = None


class Asking(Struct, frozen=True, kw_only=True):
    """A question under way."""

    id: str
    question: Question
    asker: str
    created_at: datetime
    expires_at: datetime
    wallet_link: str  # openid4vp://…
    page: str  # for the city wallet
    fetched: bool
    answered_at: datetime | None
    result: Result | None


class Choice(Struct, frozen=True, kw_only=True):
    """A licence of the holder's that answers a question."""

    licence_id: str
    name: Label
    number: str
    lines: tuple[tuple[str, Label], ...]  # those that the verifier needs
    optional: tuple[tuple[str, Label], ...]  # those that the holder may add


class Shown(Struct, frozen=True, kw_only=True):
    """A presentation from the city wallet, as the holder sees it afterwards."""

    at: datetime
    licence_id: str
    purpose: str
