"""The door of the OpenID provider: clients, requests of programs, and what people let them know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts.oidc import (
    ClientView,
    ConsentView,
    Ended,
    Granted,
    Judged,
    MadeClient,
    MadeOffer,
    NewClient,
    OidcError,
    Visit,
)
from pengcheng.domains.identity.ops import proofs, throttle
from pengcheng.domains.identity.ops.oidc import (
    asking,
    clients,
    consents,
    describing,
    ending,
    offers,
    proving,
    reading,
    secret,
    tokens,
)
from pengcheng.domains.identity.ops.oidc.asking import Arrived as Arrived
from pengcheng.domains.identity.ops.oidc.ending import Farewell as Farewell
from pengcheng.domains.identity.rules.oidc import REFUSAL_LIMIT
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context

# -- clients, for administrators and the operator --------------------------------------------


def add_client(context: Context, *, new: NewClient) -> MadeClient:
    """Enter an application. Its secret is told this once. Raises Invalid."""
    return clients.add(context, new)


def list_clients(context: Context) -> tuple[ClientView, ...]:
    return clients.listed(context)


def client(context: Context, *, client_id: str) -> ClientView:
    """One application. Raises NotFound."""
    return clients.one(context, client_id)


def set_disabled(context: Context, *, client_id: str, disabled: bool) -> ClientView:
    """Shut an application out with all its tokens, or let it in again."""
    return clients.set_disabled(context, client_id, disabled=disabled)


def remove_client(context: Context, *, client_id: str) -> None:
    """Delete an application with its tokens and consents."""
    clients.remove(context, client_id)


def new_secret(context: Context, *, client_id: str) -> MadeClient:
    """Another secret in place of the present one."""
    return clients.new_secret(context, client_id)


def invite(context: Context) -> str:
    """An initial access token: one program may register itself with it, within a week."""
    return clients.invite(context)


def register_client(context: Context, *, token: str, told: Any) -> MadeClient:
    """RFC 7591. Raises OidcError."""
    return clients.register(context, token, told)


# -- what programs ask -----------------------------------------------------------------------


def issuer() -> str:
    return secret.issuer()


def metadata() -> dict[str, Any]:
    """OpenID Connect Discovery, RFC 8414."""
    return describing.metadata()


def jwks() -> dict[str, Any]:
    """The public keys (RFC 7517); the first is made here."""
    return secret.keys().jwks()


def prove(*, form: Mapping[str, str], authorization: str, place: str) -> ClientView:
    """The client that asks. Raises OidcError."""
    return proving.prove(form, authorization, place=place)


def push(*, client: ClientView, params: Mapping[str, list[str]]) -> tuple[str, int]:
    """Keep an authorization request; its name and its life in seconds. Raises OidcError."""
    return asking.push(client, params)


def exchange(
    *, client: ClientView, form: Mapping[str, str], resources: list[str], jkt: str = ""
) -> dict[str, Any]:
    """The token endpoint. Raises OidcError."""
    return tokens.issue(client, form, resources, jkt)


def key_proof(*, header: str | None, method: str, place: str, token: str = "") -> str:
    """The thumbprint of the key that a DPoP header proves (RFC 9449). Raises OidcError."""
    return proving.key_proof(header, method=method, place=place, token=token)


def offer(context: Context, *, scope: str, details: Mapping[str, Any]) -> MadeOffer:
    """A pre-authorised code for the asker's wallet (OpenID4VCI); ``details`` come back with it."""
    return offers.make(context, scope, details)


def granted(*, token: str, jkt: str, scope: str) -> Granted:
    """For whom and what an access token is good within this city. Raises OidcError."""
    return offers.granted(token, jkt, scope)


def introspect(*, client: ClientView, token: str) -> dict[str, Any]:
    """RFC 7662. Raises OidcError."""
    return reading.introspect(client, token)


def revoke(*, client: ClientView, token: str) -> None:
    """RFC 7009."""
    reading.revoke(client, token)


def person_of(*, token: str, jkt: str = "") -> dict[str, Any]:
    """The userinfo answer. Raises OidcError."""
    return reading.person_of(token, jkt)


def refused(
    context: Context, *, action: str, error: OidcError, client: ClientView | None = None
) -> None:
    """Write down that a program was refused."""
    tokens.refused(client, action, error, context)


# -- the person's way through an authorization request ------------------------------------------


def begin(*, params: Mapping[str, list[str]]) -> Visit:
    """A request that has just arrived."""
    return Visit(params=dict(params), at=int(clock.now().timestamp() * 1000))


def seal(*, visit: Visit) -> str:
    return asking.seal(visit)


def unseal(*, text: str) -> Visit:
    """Raises BadRequest."""
    return asking.unseal(text)


def arrive(*, visit: Visit) -> Arrived:
    """Who asks and where to answer. Raises BadRequest when there is no such place."""
    return asking.arrive(visit)


def judge(request: HttpRequest, *, visit: Visit, arrived: Arrived, answered: bool) -> Judged:
    """What has to happen next. Raises OidcError, which is for the client."""
    return asking.judge(visit, arrived, proofs.facts(request), answered=answered)


def agree(context: Context, *, judged: Judged, facts: Iterable[str]) -> None:
    """The person lets the application know these facts, besides those it needs."""
    consents.give(context, judged, facts)


def issue(request: HttpRequest, *, arrived: Arrived, judged: Judged) -> str:
    """The code for the application. Raises OidcError."""
    session = proofs.facts(request)
    if session is None:
        raise OidcError("login_required", "the person has to sign in")
    return asking.issue(request.context, arrived, judged, session)  # type: ignore[attr-defined]


def turned_away(context: Context, *, client_id: str, error: OidcError) -> None:
    """Write down that an authorization request was refused."""
    asking.refused(context, client_id, error)


def logout_asked(request: HttpRequest, *, params: Mapping[str, str]) -> Ended:
    """What a request to sign out amounts to. Raises BadRequest."""
    return ending.understand(params, proofs.facts(request))


def farewells(*, session_id: str) -> tuple[Farewell, ...]:
    """Who wants to hear of a session's end."""
    return ending.farewells(session_id)


def tell(*, farewell: Farewell) -> int:
    """Tell one application. Raises OSError: try again later."""
    return ending.tell(farewell)


# -- what people have agreed to -----------------------------------------------------------------


def own_consents(context: Context) -> tuple[ConsentView, ...]:
    """The applications that know something of the asker."""
    return consents.own(context)


def consents_of(context: Context, *, account_id: str) -> tuple[ConsentView, ...]:
    """Every consent of a person, withdrawn ones too; the purpose must be stated."""
    return consents.of_account(context, account_id)


def withdraw(context: Context, *, client_id: str) -> None:
    """Take everything back; the next thing the application asks is refused. Raises NotFound."""
    consents.withdraw(context, client_id)


def narrow(context: Context, *, client_id: str, fact: str) -> None:
    """Take one fact back. Raises NotFound."""
    consents.narrow(context, client_id, fact)


def count_refusal(*, address: str, client_id: str) -> None:
    """Count a refusal before it is written down. Raises TooMany."""
    throttle.reserve(REFUSAL_LIMIT, rules.network(address), client_id)
