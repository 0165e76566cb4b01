"""Whether a licence that somebody shows holds; whom it belongs to learns that it was shown."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from pengcheng.domains.licences.contracts import CredentialCheck, Label
from pengcheng.domains.licences.contracts.travelling import Asked, Presented
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import credentials, foreign, reading, store
from pengcheng.domains.licences.rules import claims, kinds
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kit import mdoc, trust
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys import Key, certificates
from pengcheng.kit.keys.curves import decoded

READ = "licences.presentation.read"
VERIFY = "licences.licence.verify"


class _Found(msgspec.Struct, frozen=True):
    """A credential whose signatures hold. Of ours, the state is still to be looked up; of another
    city's (``listed``), the trusted list has spoken.
    """

    kind: str
    claims: dict[str, Any]
    status: dict[str, Any]
    bound: bool
    listed: trust.Verdict | None = None


def check(context: Context, text: str, nonce: str, audience: str) -> CredentialCheck:
    """Whether one of our credentials holds; its state is looked up, not read off the list."""
    permit(context, VERIFY)
    now = clock.now()
    binding = sdjwt.Binding(audience=audience, nonce=nonce) if nonce else None
    try:
        found = _sd_jwt("".join(text.split()), binding)
    except TokenError as error:
        verdicts: dict[str, Any] = {"expired": "expired", "early": "not_yet"}
        _written(context, VERIFY, "dc+sd-jwt", error.code)
        return CredentialCheck(
            verdict=verdicts.get(error.code, "forged"), code=error.code, checked_at=now
        )
    row, kind = _row(found), kinds.types().get(found.kind)
    verdict = reading.verify(context, row.number).verdict if row else "unknown"
    _written(context, VERIFY, "dc+sd-jwt", verdict, row)
    return CredentialCheck(
        verdict=verdict,
        code=verdict,
        checked_at=now,
        name=kind.name if kind else None,
        number=str(found.claims.get("number", "")),
        issuer=str(found.claims["issuing_authority"]["name"]),
        values=claims.lines(kind, found.claims, own=True) if kind else (),
        bound=found.bound,
    )


def present(context: Context, text: str, asked: Asked) -> Presented:
    """A presentation to a verifier: signatures, holder's proof, state; on the holder's own log."""
    permit(context, VERIFY)
    try:
        found = _opened(text, asked)
    except foreign.Unlisted as error:
        return foreign.refused(context, asked, error)
    except (TokenError, mdoc.MdocError) as error:
        if isinstance(error.__cause__, foreign.Unlisted):
            return foreign.refused(context, asked, error.__cause__)
        _written(context, READ, asked.form, error.code)
        return Presented(holds=False, code=error.code)
    kind = kinds.types().get(found.kind)
    if found.listed is not None:
        return foreign.shown(context, asked, found.listed, kind, found.claims)
    row = _row(found)
    if row is None or kind is None or row.type != kind.id:
        _written(context, READ, asked.form, "unknown")
        return Presented(holds=False, code="unknown")
    with act(context, READ, store.resource(row)) as acting:
        verdict = reading.verify(context, row.number).verdict
        acting.note(form=asked.form, lines=sorted(found.claims), verdict=verdict)
        return Presented(
            holds=verdict == "valid",
            code=verdict,
            type=kind.id,
            name=kind.name,
            issuer=Label(row.issuer_zh, row.issuer_en or row.issuer_zh),
            claims=found.claims,
            lines=claims.lines(kind, found.claims),
            holder_id=row.holder_id,
        )


def _written(
    context: Context, action: str, form: str, verdict: str, row: LicenceRecord | None = None
) -> None:
    """On the record: somebody tried. A licence is named only where a signature of ours does."""
    about = f"licence/{row.id}" if row else "licence"
    outcome: audit.Outcome = "success" if verdict == "valid" else "failure"
    facts = {"form": form, "verdict": verdict}
    audit.record(context, action=action, resource=about, outcome=outcome, facts=facts)


def _opened(text: str, asked: Asked) -> _Found:
    if asked.form == "dc+sd-jwt":
        binding = sdjwt.Binding(audience=asked.client_id, nonce=asked.nonce)
        return _sd_jwt(text, binding, abroad=True)
    session = mdoc.transcript(
        asked.client_id, asked.nonce, asked.response_uri, asked.key_thumbprint
    )
    try:
        data = decoded(text)
    except ValueError as error:
        raise mdoc.MdocError("form", "not base64url") from error
    lists: list[trust.Verdict] = []
    told = mdoc.verify(data, partial(_trusted, lists), session=session, now=clock.now())
    shown = told.elements.get(claims.NAMESPACE, {})
    kind = claims.kind_of(told.doc_type)
    return _Found(kind, shown, told.status, True, lists[0] if lists else None)


def _trusted(lists: list[trust.Verdict], chain: tuple[bytes, ...]) -> Key:
    """Our own document signers, but those that somebody else got hold of; then those on lists."""
    try:
        key = certificates.key_of(chain, certificates.roots(), certificates.DOCUMENT_SIGNER)
    except ValueError:
        key, verdict = foreign.of_chain(chain)
        lists.append(verdict)
        return key
    known = credentials.document_keys().find(key.kid)
    if known is None:
        raise ValueError("nobody here vouches for the document's signer")
    return known


def _sd_jwt(text: str, binding: sdjwt.Binding | None, *, abroad: bool = False) -> _Found:
    now = int(clock.now().timestamp())
    lists: list[trust.Verdict] = []

    def key_of(header: dict[str, Any], payload: dict[str, Any]) -> Key | None:
        other = foreign.of_token(header, payload) if abroad else None
        if other is None:
            return _our_key(header, payload)
        lists.append(other[1])
        return other[0]

    found = sdjwt.verify(text, key_of, now=now, binding=binding)
    told = dict(found.claims)
    status = told.get("status")
    known = status if isinstance(status, dict) else {}
    return _Found(_kind_of(told), told, known, found.bound, lists[0] if lists else None)


def _our_key(header: dict[str, Any], payload: dict[str, Any]) -> Key | None:
    kid = header.get("kid")
    own = payload.get("iss") == credentials.base()
    return credentials.keys().find(kid) if isinstance(kid, str) and own else None


def _kind_of(told: dict[str, Any]) -> str:
    start = f"{credentials.base()}/licences/vct/"
    return str(told.get("vct", "")).removeprefix(start).rstrip("/")


def _row(found: _Found) -> LicenceRecord | None:
    """By its place in the status list, which every copy has; signed, so that nobody chose it."""
    told = found.status.get("status_list") or {}
    start = credentials.list_uri(0).removesuffix("0/")
    number = str(told.get("uri", "")).removeprefix(start).rstrip("/")
    index = told.get("idx")
    if not (number.isascii() and number.isdigit() and len(number) < 8 and type(index) is int):
        return None
    place = int(number) * credentials.SIZE + index
    return LicenceRecord.objects.filter(status_index=place).first()
