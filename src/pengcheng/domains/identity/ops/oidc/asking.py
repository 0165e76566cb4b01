"""An authorization request from its arrival to the code: judged, put to the person, answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.core import signing

from pengcheng.domains.identity.contracts.oidc import Asked, ClientView, Judged, OidcError, Visit
from pengcheng.domains.identity.contracts.proofs import SessionFacts
from pengcheng.domains.identity.models import OidcGrant, OidcPushed
from pengcheng.domains.identity.ops.oidc import clients, consents, requests, secret, subjects
from pengcheng.domains.identity.rules import oidc as rules
from pengcheng.domains.identity.rules import proofs
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import LEVELS, Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import BadRequest

SALT = "identity.oidc.visit"
CONNECT = "identity.own.connect"
_ALLOWED = frozenset({*rules.ONCE, "resource", "ui_locales", "login_hint", "display"})


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks and where to answer: known before anything else is judged."""

    client: ClientView
    params: dict[str, list[str]]
    redirect_uri: str
    state: str
    pushed: str = ""


def seal(visit: Visit) -> str:
    """The visit as a text that can travel through the browser."""
    return signing.dumps(msgspec.to_builtins(visit), salt=SALT, compress=True)


def unseal(text: str) -> Visit:
    """Raises BadRequest for what we did not sign, or not lately."""
    try:
        told = signing.loads(text, salt=SALT, max_age=rules.VISIT_LIFE)
        return msgspec.convert(told, Visit)
    except (signing.BadSignature, msgspec.ValidationError, ValueError) as error:
        raise _nowhere("visit", "本次授权请求已过期", "This request is no longer open") from error


def push(client: ClientView, params: Mapping[str, list[str]]) -> tuple[str, int]:
    """Keep a request for the person's browser to bring (RFC 9126). Raises OidcError."""
    if params.get("request_uri"):
        raise OidcError("invalid_request", "request_uri cannot itself be pushed")
    params = requests.opened(params, client, clock.now().timestamp())
    kept = {name: values for name, values in params.items() if name in _ALLOWED}
    if sum(len(v) for values in kept.values() for v in values) > rules.LONGEST_PUSHED:
        raise OidcError("invalid_request", "the request is too long", status=413)
    if any("\x00" in v for values in kept.values() for v in values):
        raise OidcError("invalid_request", "the request has a NUL")
    rules.read(kept, client, pushed=True, here=secret.issuer())
    name, now = secret.make("code").removeprefix("pcc_"), clock.now()
    OidcPushed.objects.create(
        hash=secret.kept(name),
        client_id=client.id,
        params=kept,
        made_at=now,
        expires_at=now + rules.PUSHED_LIFE,
    )
    return rules.PUSHED + name, int(rules.PUSHED_LIFE.total_seconds())


def arrive(visit: Visit) -> Arrived:
    """Raises BadRequest when there is nobody to whom an error could be sent."""
    try:
        return _arrive(visit)
    except OidcError as error:
        raise _nowhere(
            error.error, f"应用发来的授权请求有误（{error.error}）",
            "The application's request is not in order: " + error.told,
        ) from error  # fmt: skip


def _arrive(visit: Visit) -> Arrived:
    params = visit.params
    row = clients.find_open(rules.one(params, "client_id"))
    if row is None:
        raise OidcError("invalid_client", "no such client, or it is disabled")
    client = clients.view(row)
    pushed = rules.one(params, "request_uri")
    if pushed:
        params = _pushed(
            pushed, client, datetime.fromtimestamp(visit.at / 1000, clock.now().tzinfo)
        )
    elif sum(len(v) for values in params.values() for v in values) > rules.LONGEST:
        raise OidcError("invalid_request", "the request is too long; push it (RFC 9126)")
    else:
        params = requests.opened(params, client, visit.at / 1000)
    return Arrived(
        client=client,
        params={name: values for name, values in params.items() if name in _ALLOWED},
        redirect_uri=rules.redirect_of(params, client),
        state=(params.get("state") or [""])[0],
        pushed=secret.kept(pushed.removeprefix(rules.PUSHED)) if pushed else "",
    )


def _pushed(uri: str, client: ClientView, first_seen: datetime) -> dict[str, list[str]]:
    """What was pushed; it had to be brought while it was fresh, the person may take longer."""
    if not uri.startswith(rules.PUSHED):
        raise OidcError("invalid_request", "request_uri must be one that this provider gave")
    row = OidcPushed.objects.filter(
        hash=secret.kept(uri.removeprefix(rules.PUSHED)), client_id=client.id, used_at=None
    ).first()
    if row is None or row.expires_at < first_seen:
        raise OidcError("invalid_request", "request_uri is unknown, used or expired")
    return dict(row.params)


def judge(
    visit: Visit, arrived: Arrived, session: SessionFacts | None, *, answered: bool
) -> Judged:
    """What has to happen next. Raises OidcError, which goes to the client."""
    client = arrived.client
    pushed = bool(arrived.pushed)
    asked = rules.read(arrived.params, client, pushed=pushed, here=secret.issuer())
    facts = rules.facts_asked(asked)
    level = _wanted_level(asked)
    step = rules.next_step(
        asked, _standing(visit, asked, client, session, level), proved=visit.proved,
        answered=answered,
    )  # fmt: skip
    needed = rules.facts_needed(asked, client) & set(facts)
    return Judged(
        step=step, asked=asked, client=client, facts=facts, needed=frozenset(needed), level=level
    )


def _wanted_level(asked: Asked) -> str:
    """The lowest of the levels asked for: a better one will do as well."""
    known = {proofs.level_named(text) for text in asked.levels} - {None}
    return next((level for level in LEVELS if level in known), "")


def _standing(
    visit: Visit, asked: Asked, client: ClientView, session: SessionFacts | None, level: str
) -> rules.Standing:
    if session is None:
        return rules.Standing()
    return rules.Standing(
        signed_in=True,
        fresh=_is_fresh(visit, asked, session.auth_time),
        level_reached=_reaches(session.level, level, asked),
        subject_fits=_subject_fits(asked, client, session.account_id),
        consented=consents.covers(session.account_id, client, rules.facts_asked(asked)),
    )


def _is_fresh(visit: Visit, asked: Asked, proved_at: datetime | None) -> bool:
    """A proof given after the request arrived is always fresh enough."""
    if proved_at is None:
        return False
    if proved_at.timestamp() * 1000 >= visit.at:
        return True
    if "login" in asked.prompts:
        return False
    age = (clock.now() - proved_at).total_seconds()
    return asked.max_age is None or age <= asked.max_age


def _reaches(has: str, level: str, asked: Asked) -> bool:
    if not level:
        return not (asked.levels and asked.level_essential)
    return LEVELS.index(has) >= LEVELS.index(level)  # type: ignore[arg-type]


def _subject_fits(asked: Asked, client: ClientView, account_id: str) -> bool:
    wanted = {asked.subject} - {""}
    if asked.hint:
        hint = secret.read_own(asked.hint)
        if hint is None or hint.get("aud") != client.id:
            raise OidcError("invalid_request", "id_token_hint is not one of ours for this client")
        wanted.add(str(hint["sub"]))
    return not wanted or wanted == {subjects.of(client, account_id)}


def issue(context: Context, arrived: Arrived, judged: Judged, session: SessionFacts) -> str:
    """The code for the client, good for a minute and once."""
    client, asked, now = judged.client, judged.asked, clock.now()
    code = secret.make("code")
    resource = Resource(kind="client", id=client.id, owner=context.actor.id)
    with act(context, CONNECT, resource) as acting:
        _use_pushed(arrived)
        given = consents.use(session.account_id, client)
        facts = [fact for fact in judged.facts if fact in given]
        scopes = rules.scopes_given(asked.scopes, facts)
        OidcGrant.objects.create(
            client_id=client.id,
            account_id=session.account_id,
            sign_in=session.session_id,
            sid=subjects.session_name(client.id, session.session_id),
            sub=subjects.of(client, session.account_id),
            scope=" ".join(scopes),
            facts=facts,
            id_claims=list(asked.id_claims),
            info_claims=list(asked.info_claims),
            resources=list(asked.resources),
            nonce=asked.nonce,
            acr=session.acr,
            amr=" ".join(session.amr),
            auth_time=int(session.auth_time.timestamp()) if session.auth_time else 0,
            redirect_uri=asked.redirect_uri,
            challenge=asked.challenge,
            code_hash=secret.kept(code),
            code_expires_at=now + rules.CODE_LIFE,
            offline="offline_access" in scopes,
            created_at=now,
            expires_at=now + rules.GRANT_LIFE,
        )
        acting.note(facts=facts, acr=session.acr)
    return code


def _use_pushed(arrived: Arrived) -> None:
    if not arrived.pushed:
        return
    row = OidcPushed.objects.filter(hash=arrived.pushed, used_at=None)
    if not row.update(used_at=clock.now()):
        raise _nowhere("used", "本次授权请求已使用过", "This request has been used already")


def refused(context: Context, client_id: str, error: OidcError) -> None:
    """The audit line of a request that was not granted."""
    audit.record(
        context,
        action="identity.authorization.request",
        resource=f"client/{client_id}",
        outcome="denied" if error.error == "access_denied" else "failure",
        facts={"error": error.error, "reason": error.kept[:200]},
    )


def _nowhere(code: str, zh: str, en: str) -> BadRequest:
    return BadRequest(
        code=f"identity.authorization.{code}",
        zh=zh,
        en=en,
        next_zh="请返回该应用重新开始；如仍出现此问题，请联系该应用的运营方。",
        next_en="Go back to the application and begin again; if it recurs, tell its operator.",
    )
