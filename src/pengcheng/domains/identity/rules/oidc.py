"""Decisions of the OpenID provider: is a request in order, and what has to happen next."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from pengcheng.domains.identity.contracts.oidc import FACTS, Asked, ClientView, OidcError, Step
from pengcheng.domains.identity.rules import Limit, clients

CODE_LIFE = timedelta(seconds=60)
PUSHED_LIFE = timedelta(seconds=90)
VISIT_LIFE = timedelta(minutes=30)
ACCESS_LIFE = timedelta(minutes=10)
ID_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=30)
GRANT_LIFE = timedelta(days=180)
INVITATION_LIFE = timedelta(days=7)
ASSERTION_LIFE = timedelta(minutes=10)
SKEW = timedelta(seconds=30)
REFUSAL_LIMIT = Limit(scope="refusal", attempts=120, window=timedelta(minutes=15))

REQUEST_LIFE = timedelta(minutes=10)
OFFER_LIFE = timedelta(minutes=10)
OFFERED_LIFE = timedelta(hours=1)
DIGITS, TRIES = 6, 5
PRE_AUTHORISED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
PUSHED = "urn:ietf:params:oauth:request_uri:"
LONGEST = 4_000  # of all parameters: what is longer is pushed
LONGEST_PUSHED = 32_000
# Parameters that change what is asked and that we do not know how to honour.
REFUSED = {"request": "invalid_request_object", "registration": "registration_not_supported"}
ONCE = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "prompt", "max_age", "acr_values", "claims", "response_mode",
    "id_token_hint", "request", "request_uri", "registration", "dpop_jkt",
)  # fmt: skip
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_PLAIN = re.compile(r"[\x20-\x7e]*")

Params = Mapping[str, list[str]]


def one(params: Params, name: str) -> str:
    """A parameter that may be said once."""
    values = params.get(name) or [""]
    if len(values) > 1:
        raise OidcError("invalid_request", f"{name} is said more than once")
    return values[0]


def redirect_of(params: Params, client: ClientView) -> str:
    """The address to answer at: one of the client's own, letter by letter."""
    wanted = one(params, "redirect_uri")
    if not wanted:
        raise OidcError("invalid_request", "redirect_uri is missing")
    if not clients.same_address(wanted, client.redirect_uris, native=client.native):
        raise OidcError("invalid_request", "redirect_uri is not one of the client's")
    return wanted


def read(params: Params, client: ClientView, *, pushed: bool, here: str = "") -> Asked:
    """The request as a whole. Raises OidcError, whose words may go to the client.

    ``here`` names the city itself, for which every client may have its tokens.
    """
    _refuse_strange(params, client, pushed=pushed)
    scopes = _scopes(one(params, "scope"), client)
    claims = _claims(one(params, "claims"))
    level = _wish(claims.get("id_token", {}), "acr")
    return Asked(
        client_id=client.id,
        redirect_uri=redirect_of(params, client),
        scopes=scopes,
        state=_short(params, "state", 1000),
        nonce=_short(params, "nonce", 500),
        challenge=_challenge(params, client),
        prompts=_prompts(one(params, "prompt")),
        max_age=_max_age(one(params, "max_age"), client.default_max_age),
        levels=_values(level) or tuple(one(params, "acr_values").split()[:10]),
        level_essential=_essential(level),
        id_claims=tuple(sorted(claims.get("id_token", {}))),
        info_claims=tuple(sorted(claims.get("userinfo", {}))),
        essential=_essentials(claims),
        subject=next(iter(_values(_wish(claims.get("id_token", {}), "sub"))), ""),
        resources=resources(params.get("resource") or [], (*client.resources, here)),
        hint=one(params, "id_token_hint"),
    )


def _refuse_strange(params: Params, client: ClientView, *, pushed: bool) -> None:
    for name in ONCE:
        one(params, name)
    for name, error in REFUSED.items():
        if one(params, name):
            raise OidcError(error, f"{name} is not taken here; push the request instead")
    if one(params, "response_type") != "code":
        raise OidcError("unsupported_response_type", "only response_type=code is known")
    if one(params, "response_mode") not in {"", "query"}:
        raise OidcError("invalid_request", "only response_mode=query is known")
    if client.pushed_only and not pushed:
        raise OidcError("invalid_request", "this client pushes its requests (RFC 9126)")


def _short(params: Params, name: str, length: int) -> str:
    text = one(params, name)
    if len(text) > length or not _PLAIN.fullmatch(text):
        raise OidcError("invalid_request", f"{name} is too long or not plain ASCII")
    return text


def _scopes(text: str, client: ClientView) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(text.split()))
    if not {"openid", "licences"} & set(wanted):
        raise OidcError("invalid_scope", "the scope must contain openid (or licences, for wallets)")
    if not set(wanted) <= {"openid", *client.scopes}:
        raise OidcError("invalid_scope", "the scope has more than the client is registered for")
    return wanted


def _challenge(params: Params, client: ClientView) -> str:
    """PKCE for everyone: a confidential client's code can be injected as well."""
    challenge, method = one(params, "code_challenge"), one(params, "code_challenge_method")
    if not challenge:
        raise OidcError("invalid_request", "code_challenge is missing (RFC 7636)")
    if method != "S256":
        raise OidcError("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise OidcError("invalid_request", "code_challenge is no SHA-256 in base64url")
    return challenge


def _prompts(text: str) -> frozenset[str]:
    wanted = frozenset(text.split())
    if wanted - PROMPTS:
        raise OidcError("invalid_request", "prompt has an unknown value")
    if "none" in wanted and len(wanted) > 1:
        raise OidcError("invalid_request", "prompt=none stands alone")
    return wanted


def _max_age(text: str, otherwise: int | None) -> int | None:
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise OidcError("invalid_request", "max_age is no number of seconds")
    return int(text)


def _claims(text: str) -> dict[str, dict[str, Any]]:
    """The claims parameter (OpenID Connect Core 5.5), with what we do not know left out."""
    if not text:
        return {}
    try:
        told = msgspec.json.decode(text.encode())
    except (ValueError, RecursionError) as error:
        raise OidcError("invalid_request", "claims is no JSON") from error
    if not isinstance(told, dict):
        raise OidcError("invalid_request", "claims is no object")
    found = {}
    for place in ("id_token", "userinfo"):
        wishes = told.get(place) or {}
        if not isinstance(wishes, dict) or not all(
            wish is None or isinstance(wish, dict) for wish in wishes.values()
        ):
            raise OidcError("invalid_request", f"claims.{place} is not as the standard has it")
        found[place] = {name: wish or {} for name, wish in wishes.items() if len(name) < 100}
    return found


def _wish(wishes: Mapping[str, Any], name: str) -> dict[str, Any]:
    wish = wishes.get(name)
    return wish if isinstance(wish, dict) else {}


def _values(wish: Mapping[str, Any]) -> tuple[str, ...]:
    many = wish.get("values") if isinstance(wish.get("values"), list) else [wish.get("value")]
    return tuple(each for each in many or () if isinstance(each, str) and each)[:10]


def _essential(wish: Mapping[str, Any]) -> bool:
    return wish.get("essential") is True


def _essentials(claims: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(
        name for wishes in claims.values() for name, wish in wishes.items() if _essential(wish)
    )


def resources(wanted: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 8707: for whom the access token shall be good."""
    found = tuple(dict.fromkeys(each for each in wanted if each))
    if not set(found) <= set(known):
        raise OidcError("invalid_target", "the client may not ask for this resource")
    return found


# -- facts and consent -------------------------------------------------------------------


def facts_asked(asked: Asked) -> tuple[str, ...]:
    """The facts behind scopes and claims, in the order in which they are shown."""
    claims = {*asked.id_claims, *asked.info_claims}
    return tuple(
        fact.id for fact in FACTS if fact.scope in asked.scopes or claims & set(fact.claims)
    )


def facts_needed(asked: Asked, client: ClientView) -> frozenset[str]:
    """Those without which the application says it cannot work."""
    return frozenset(
        fact.id
        for fact in FACTS
        if fact.id in client.required or asked.essential & set(fact.claims)
    )


def scopes_given(asked: tuple[str, ...], facts: Iterable[str]) -> tuple[str, ...]:
    """The scopes that remain when a person gives only some of the facts."""
    given = {fact.scope for fact in FACTS if fact.id in set(facts)}
    return tuple(scope for scope in asked if scope == "openid" or scope in given)


def notice(client: ClientView) -> str:
    """The fingerprint of what a person is told about a client: another text, another consent."""
    told = (client.name_zh, client.name_en, client.operator, client.purpose_zh, client.purpose_en)
    return hashlib.sha256("\x00".join(told).encode()).hexdigest()[:32]


# -- what happens next -------------------------------------------------------------------


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of whoever sits before the browser; all empty for a stranger."""

    signed_in: bool = False
    fresh: bool = False  # the last proof is as young as the request wants it
    level_reached: bool = True
    subject_fits: bool = True
    consented: bool = False


def next_step(asked: Asked, standing: Standing, *, proved: bool, answered: bool) -> Step:
    """What has to happen next. With prompt=none whatever would need the person is an error."""
    if not (standing.signed_in and standing.fresh and standing.subject_fits):
        return _disturb(asked, "sign_in", "login_required")
    if not standing.level_reached and _step_up(asked, proved):
        return "step_up"
    asks = bool(asked.prompts & {"consent", "select_account"}) or not standing.consented
    if asks and not answered:
        return _disturb(asked, "consent", "consent_required")
    return "issue"


def _disturb(asked: Asked, step: Step, error: str) -> Step:
    if "none" in asked.prompts:
        raise OidcError(error, "the person would have to be asked")
    return step


def _step_up(asked: Asked, proved: bool) -> bool:
    """Whether to ask for a better proof. A mere wish is told in the ID token how far it got."""
    if "none" not in asked.prompts and not proved:
        return True
    if asked.level_essential:
        quiet = "none" in asked.prompts
        error = "interaction_required" if quiet else "unmet_authentication_requirements"
        raise OidcError(error, "the level asked for was not reached")
    return False


def verifier_fits(verifier: str, challenge: str) -> bool:
    """RFC 7636, S256."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def half_hash(text: str) -> str:
    """at_hash: the left half of SHA-256."""
    digest = hashlib.sha256(text.encode("ascii")).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
