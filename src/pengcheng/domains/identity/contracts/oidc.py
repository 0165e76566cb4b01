"""What programs and people see of the OpenID provider: clients, facts, consents, refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

AuthMethod = Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
SubjectType = Literal["pairwise", "public"]
AUTH_METHODS: tuple[AuthMethod, ...] = (
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "none",
)


class OidcError(Exception):
    """A refusal in the words of RFC 6749; ``told`` says for programmers what is wrong.

    ``kept`` is for the audit line alone: the caller learns less than the operator.
    """

    def __init__(self, error: str, told: str, *, status: int = 400, kept: str = "") -> None:
        super().__init__(f"{error}: {told}")
        self.error, self.told, self.status, self.kept = error, told, status, kept or told

    def document(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.told}


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about a person that a program may ask for, as the consent page calls it."""

    id: str
    zh: str
    en: str
    scope: str
    claims: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


FACTS: tuple[Fact, ...] = (
    Fact(id="name", zh="姓名或名称", en="Your name", scope="profile", claims=("name",)),
    Fact(
        id="birthdate", zh="出生日期", en="Your date of birth", scope="birthdate",
        claims=("birthdate",),
    ),
    Fact(
        id="phone", zh="手机号码", en="Your mobile number", scope="phone",
        claims=("phone_number", "phone_number_verified"),
    ),
    Fact(id="address", zh="户籍地址", en="Your registered address", scope="address",
         claims=("address",)),
    Fact(
        id="credit_code", zh="统一社会信用代码", en="The credit code of your organisation",
        scope="organisation", claims=("credit_code",),
    ),
    Fact(
        id="offline", zh="在您退出登录后继续访问上述信息",
        en="Use these facts also after you have signed out", scope="offline_access",
    ),
    Fact(
        id="licences", zh="您的电子证照（存入该钱包）",
        en="Your licences, to be kept in this wallet", scope="licences",
    ),
)  # fmt: skip
SCOPES: tuple[str, ...] = ("openid", *(fact.scope for fact in FACTS))
PLAIN_CLAIMS = ("sub", "iss", "auth_time", "acr", "amr")


class NewClient(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of whoever enters a client."""

    name_zh: str
    name_en: str = ""
    operator: str = ""
    purpose_zh: str = ""
    purpose_en: str = ""
    redirect_uris: tuple[str, ...] = ()
    logout_uris: tuple[str, ...] = ()
    backchannel_uri: str = ""
    auth_method: AuthMethod = "client_secret_basic"
    jwks: dict[str, Any] | None = None
    subject_type: SubjectType = "pairwise"
    sector: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    required: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    refreshes: bool = True
    pushed_only: bool = False
    native: bool = False
    default_max_age: int | None = None


class ClientView(NewClient, frozen=True, kw_only=True):
    """A client as it stands; never its secret."""

    id: str
    created_at: datetime
    created_by: str
    disabled_at: datetime | None = None
    secret_at: datetime | None = None

    def name(self, language: str) -> str:
        first, second = self.name_zh, self.name_en
        if language.startswith("en"):
            first, second = second, first
        return first or second

    def purpose(self, language: str) -> str:
        first, second = self.purpose_zh, self.purpose_en
        if language.startswith("en"):
            first, second = second, first
        return first or second


class MadeClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client just entered, with its secret, which is told this once."""

    client: ClientView
    secret: str = ""


class MadeOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What a person hands their wallet: the code in a link, the digits typed by themselves."""

    code: str
    digits: str
    expires_at: datetime


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """For whom and what an access token is good."""

    client: ClientView
    account_id: str
    name: str
    details: dict[str, Any]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization request that is in order."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str = ""
    nonce: str = ""
    challenge: str = ""
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    levels: tuple[str, ...] = ()
    level_essential: bool = False
    id_claims: tuple[str, ...] = ()
    info_claims: tuple[str, ...] = ()
    essential: frozenset[str] = frozenset()
    subject: str = ""
    resources: tuple[str, ...] = ()
    hint: str = ""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization request under way: it travels signed through the person's browser."""

    params: dict[str, list[str]]
    at: int
    proved: bool = False


Step = Literal["sign_in", "step_up", "consent", "issue"]


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """What one person lets one application know."""

    id: str
    client: ClientView
    facts: tuple[str, ...]
    given_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What has to happen next with a visit; ``facts`` are those that the person decides on."""

    step: Step
    asked: Asked
    client: ClientView
    facts: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    level: str = ""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What a request to sign out amounts to."""

    client: ClientView | None
    redirect_uri: str
    certain: bool
