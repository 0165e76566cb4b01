"""Licences as SD-JWT VC and as mobile documents: what a wallet elsewhere can hold and verify."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings

from pengcheng.domains.licences.contracts import Credential, State
from pengcheng.domains.licences.contracts.travelling import Bound, Form
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import store
from pengcheng.domains.licences.rules import claims, guards, kinds
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError
from pengcheng.kit import mdoc
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.keys import Ring, certificates, ring
from pengcheng.kit.keys.curves import Public, encoded, from_jwk, thumbprint
from pengcheng.kit.mdoc.items import day

SIZE = 2**20
UNBOUND = timedelta(days=30)
BOUND = timedelta(days=365)
MOST = 10  # copies at once


def keys() -> Ring:
    """Sign SD-JWT and status lists."""
    return ring("licences", "ES256")


def document_keys() -> Ring:
    """Sign mobile documents: a key signs one kind of thing."""
    return ring("licences-mdoc", "ES256")


def document_certificate() -> bytes:
    wanted = certificates.Leaf(name="Pengcheng licences", use=certificates.DOCUMENT_SIGNER)
    return certificates.leaf(document_keys(), wanted)


def base() -> str:
    return str(settings.PENGCHENG_PUBLIC_URL).rstrip("/")


def vct(kind: str) -> str:
    return f"{base()}/licences/vct/{kind}/"


def list_uri(number: int) -> str:
    return f"{base()}/licences/status/{number}/"


def issue(context: Context, licence_id: str, holder_key: Mapping[str, Any] | None) -> Credential:
    """As a file, or for one wallet."""
    row = store.find(licence_id)
    with act(context, "licences.credential.issue", store.resource(row)) as acting:
        until = _allowed(row, bound=holder_key is not None)
        if holder_key is not None:
            _public(holder_key)
        text = _sd_jwt(row, until, holder_key)
        acting.note(kid=keys().signer().key.kid, bound=holder_key is not None)
        return Credential(
            text=text, licence_id=row.pk, expires_at=until, bound=holder_key is not None
        )


def bind(
    context: Context,
    licence_id: str,
    form: Form,
    holder_keys: Sequence[Mapping[str, Any]],
    longest: timedelta = BOUND,
) -> tuple[Bound, ...]:
    """One copy for each of a wallet's keys, so that no two verifiers see the same one."""
    row = store.find(licence_id)
    with act(context, "licences.credential.issue", store.resource(row)) as acting:
        until = min(_allowed(row, bound=True), clock.now() + longest)
        if not 0 < len(holder_keys) <= MOST:
            raise _bad_key("between one and ten keys")
        public = [(jwk, _public(jwk)) for jwk in holder_keys]
        acting.note(form=form, copies=len(public), bound=True)
        return tuple(
            Bound(
                text=_mdoc(row, until, key) if form == "mso_mdoc" else _sd_jwt(row, until, jwk),
                form=form,
                licence_id=row.pk,
                key=thumbprint(jwk),
                expires_at=until,
            )
            for jwk, key in public
        )


def _allowed(row: LicenceRecord, *, bound: bool) -> datetime:
    if store.standing(row) != State.VALID:
        raise guards.not_valid()
    return _until(row, bound=bound)


def passing(row: LicenceRecord, names: Sequence[str], until: datetime) -> str:
    """Chosen lines for a verifier without a network, all open. Nothing binds it to its holder, so
    it ends with the showing.
    """
    lines = {name: row.values[name] for name in names}
    told = _open(row, until) | {"number": row.number} | lines
    return sdjwt.issue(told, {}, keys().signer())


def _sd_jwt(row: LicenceRecord, until: datetime, holder_key: Mapping[str, Any] | None) -> str:
    told = _open(row, until)
    if holder_key is not None:
        names = ("kty", "crv", "x", "y")
        told["cnf"] = {"jwk": {name: holder_key[name] for name in names if name in holder_key}}
    return sdjwt.issue(told, shown(row), keys().signer())


def _open(row: LicenceRecord, until: datetime) -> dict[str, Any]:
    """What no holder can leave out."""
    return {
        "iss": base(),
        "vct": vct(row.type),
        "iat": int(clock.now().timestamp()),
        "nbf": int(_midnight(row.valid_from).timestamp()),
        "exp": int(until.timestamp()),
        "issuing_authority": {"name": row.issuer_zh, "code": row.issuer_code},
        "status": status(row),
    }


def status(row: LicenceRecord) -> dict[str, Any]:
    """Where the licence's state stands; the same for all copies, which it therefore links."""
    number, index = divmod(row.status_index, SIZE)
    return {"status_list": {"idx": index, "uri": list_uri(number)}}


def shown(row: LicenceRecord) -> dict[str, Any]:
    """What a holder can show line by line."""
    known = {"holder_name": row.holder_name, "number": row.number, **row.values}
    return known | claims.ages(row.values, clock.today())


def _mdoc(row: LicenceRecord, until: datetime, device: Public) -> str:
    dates = {field.key for field in kinds.types()[row.type].fields if field.kind == "date"}
    elements: dict[str, Any] = {
        name: _dated(value) if name in dates else value for name, value in shown(row).items()
    }
    elements["issuing_authority"] = row.issuer_zh
    elements["issue_date"] = day(row.valid_from)
    content = mdoc.Content(
        doc_type=claims.doc_type(row.type),
        namespace=claims.NAMESPACE,
        elements=elements,
        status=status(row),
    )
    now = clock.now()
    life = mdoc.Life(signed=now, begins=max(now, _midnight(row.valid_from)), ends=until)
    signer = document_keys().signer()
    return encoded(mdoc.issue(content, life, device, signer, document_certificate()))


def _dated(text: str) -> Any:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _public(holder_key: Mapping[str, Any]) -> Public:
    try:
        return from_jwk(holder_key)
    except ValueError as error:
        raise _bad_key(str(error)) from error


def _bad_key(told: str) -> Exception:
    wrong = FieldError("/holder_key", "须为P-256或Ed25519公钥", told)
    problem = guards.invalid("holder_key", "钱包密钥有误", "The key is not right", [wrong])
    return problem or ValueError(told)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.CITY_ZONE)


def _until(row: LicenceRecord, *, bound: bool) -> datetime:
    longest = clock.now() + (BOUND if bound else UNBOUND)
    if row.valid_until is None:
        return longest
    return min(longest, _midnight(row.valid_until) + timedelta(days=1))
