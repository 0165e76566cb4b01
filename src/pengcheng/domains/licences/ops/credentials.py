"""Licences as SD-JWT VC with a status list: what a wallet elsewhere can hold and verify."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Max

from pengcheng.domains.licences.contracts import Credential, CredentialCheck, LicenceType, State
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import reading, store
from pengcheng.domains.licences.rules import guards, kinds, values
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kernel.problems import FieldError
from pengcheng.kit.credentials import jws, sdjwt, statuslist
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys import Key, Ring, ring
from pengcheng.kit.keys.curves import from_jwk

SIZE = 2**20
BITS: statuslist.Bits = 2
UNBOUND = timedelta(days=30)
BOUND = timedelta(days=365)
LIST_LIFE = 24 * 3600
LIST_TTL = 300
_STATES = {State.SUSPENDED: statuslist.SUSPENDED}


def keys() -> Ring:
    return ring("licences", "ES256")


def base() -> str:
    return str(settings.PENGCHENG_PUBLIC_URL).rstrip("/")


def vct(kind: str) -> str:
    return f"{base()}/licences/vct/{kind}/"


def list_uri(number: int) -> str:
    return f"{base()}/licences/status/{number}/"


def issue(context: Context, licence_id: str, holder_key: Mapping[str, Any] | None) -> Credential:
    row = store.find(licence_id)
    with act(context, "licences.credential.issue", store.resource(row)) as acting:
        if store.standing(row) != State.VALID:
            raise guards.not_valid()
        until = _until(row, bound=holder_key is not None)
        told = _open_claims(row, until) | _confirmation(holder_key)
        signer = keys().signer()
        text = sdjwt.issue(told, {"holder_name": row.holder_name, **row.values}, signer)
        acting.note(kid=signer.key.kid, bound=holder_key is not None)
        return Credential(
            text=text, licence_id=row.pk, expires_at=until, bound=holder_key is not None
        )


def _open_claims(row: LicenceRecord, until: datetime) -> dict[str, Any]:
    number, index = divmod(row.status_index, SIZE)
    return {
        "iss": base(),
        "vct": vct(row.type),
        "iat": int(clock.now().timestamp()),
        "nbf": int(_midnight(row, "valid_from").timestamp()),
        "exp": int(until.timestamp()),
        "number": row.number,
        "issuing_authority": {"name": row.issuer_zh, "code": row.issuer_code},
        "status": {"status_list": {"idx": index, "uri": list_uri(number)}},
    }


def _confirmation(holder_key: Mapping[str, Any] | None) -> dict[str, Any]:
    if holder_key is None:
        return {}
    try:
        from_jwk(holder_key)
    except ValueError as error:
        wrong = FieldError("/holder_key", "须为P-256或Ed25519公钥", str(error))
        problem = guards.invalid("holder_key", "钱包密钥有误", "The key is not right", [wrong])
        raise problem or error from error
    public = {name: holder_key[name] for name in ("kty", "crv", "x", "y") if name in holder_key}
    return {"cnf": {"jwk": public}}


def _midnight(row: LicenceRecord, name: str) -> datetime:
    return datetime.combine(getattr(row, name), time(), clock.CITY_ZONE)


def _until(row: LicenceRecord, *, bound: bool) -> datetime:
    longest = clock.now() + (BOUND if bound else UNBOUND)
    if row.valid_until is None:
        return longest
    return min(longest, _midnight(row, "valid_until") + timedelta(days=1))


# --- verifying --------------------------------------------------------------------------


def check(context: Context, text: str, nonce: str, audience: str) -> CredentialCheck:
    """Whether one of our credentials holds; its state is looked up, not read off the list."""
    permit(context, "licences.licence.verify")
    now = clock.now()
    binding = sdjwt.Binding(audience=audience, nonce=nonce) if nonce else None
    try:
        found = sdjwt.verify(
            "".join(text.split()), _our_key, now=int(now.timestamp()), binding=binding
        )
    except TokenError as error:
        verdicts: dict[str, Any] = {"expired": "expired", "early": "not_yet"}
        return CredentialCheck(
            verdict=verdicts.get(error.code, "forged"), code=error.code, checked_at=now
        )
    told = reading.verify(context, str(found.claims.get("number", "")))
    kind = kinds.types().get(_kind_of(found.claims))
    return CredentialCheck(
        verdict=told.verdict,
        code=told.verdict,
        checked_at=now,
        name=kind.name if kind else None,
        number=told.number,
        issuer=str(found.claims["issuing_authority"]["name"]),
        values=_values(kind, found.claims) if kind else (),
        bound=found.bound,
    )


def _our_key(header: dict[str, Any], payload: dict[str, Any]) -> Key | None:
    kid = header.get("kid")
    return keys().find(kid) if isinstance(kid, str) and payload.get("iss") == base() else None


def _kind_of(claims: dict[str, Any]) -> str:
    return str(claims.get("vct", "")).removeprefix(f"{base()}/licences/vct/").rstrip("/")


def _values(kind: LicenceType, claims: dict[str, Any]) -> tuple[tuple[Any, str, str], ...]:
    return tuple(
        (
            field.label,
            values.shown(field, str(claims[field.key]), "zh-hans"),
            values.shown(field, str(claims[field.key]), "en"),
        )
        for field in kind.fields
        if field.key in claims
    )


# --- what is published ------------------------------------------------------------------


def status_list(context: Context, number: int) -> str:
    """The signed list of the states of a million licences."""
    permit(context, "licences.licence.verify")
    within = LicenceRecord.objects.filter(
        status_index__gte=number * SIZE, status_index__lt=(number + 1) * SIZE
    )
    if not within.exists():
        raise guards.no_list()
    told = within.exclude(state=State.VALID).aggregate(n=Count("pk"), last=Max("updated_at"))
    now = int(clock.now().timestamp())
    payload = {
        "sub": list_uri(number),
        "iat": now,
        "exp": now + LIST_LIFE,
        "ttl": LIST_TTL,
        "status_list": {"bits": BITS, "lst": _compressed(number, told["n"], told["last"])},
    }
    return jws.sign(payload, keys().signer(), typ=statuslist.TYPE)


@lru_cache(maxsize=4)
def _compressed(number: int, count: int, last: datetime | None) -> str:
    """Made anew when a state has changed: ``count`` and ``last`` are what tells that."""
    rows = LicenceRecord.objects.filter(
        status_index__gte=number * SIZE, status_index__lt=(number + 1) * SIZE
    ).exclude(state=State.VALID)
    pairs = rows.values_list("status_index", "state").iterator(chunk_size=5000)
    changed = ((i - number * SIZE, _STATES.get(State(s), statuslist.INVALID)) for i, s in pairs)
    return statuslist.compress(changed, size=SIZE, bits=BITS)


def issuer_metadata(context: Context) -> dict[str, Any]:
    """Where a verifier elsewhere finds our keys (SD-JWT VC, `jwt-vc-issuer`)."""
    permit(context, "licences.licence.verify")
    return {"issuer": base(), "jwks": keys().jwks()}


def type_metadata(context: Context, kind_id: str) -> dict[str, Any]:
    """What a wallet elsewhere shows of a kind (SD-JWT VC type metadata)."""
    permit(context, "licences.licence.verify")
    kind = kinds.types().get(kind_id)
    if kind is None:
        raise guards.not_found()
    return {
        "vct": vct(kind.id),
        "name": kind.en,
        "description": kind.legal_basis,
        "display": _display(kind.zh, kind.en),
        "claims": [
            {
                "path": [field.key],
                "display": _display(field.zh, field.en, name="label"),
                "sd": "always",
            }
            for field in kind.fields
        ],
    }


def _display(zh: str, en: str, name: str = "name") -> list[dict[str, str]]:
    return [{"locale": "zh-Hans", name: zh}, {"locale": "en", name: en}]
