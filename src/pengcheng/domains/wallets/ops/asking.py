"""A verifier asks, a wallet answers once, the verifier sees what came of it (OpenID4VP 1.0)."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from pengcheng.domains.identity.contracts.oidc import OidcError
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.licences.contracts.travelling import Asked, Form, Presented
from pengcheng.domains.wallets.contracts import Asking, Label, Line, Mode, Question, Result
from pengcheng.domains.wallets.models import QuestionRecord, UsedNonce
from pengcheng.domains.wallets.ops.issuing import base
from pengcheng.domains.wallets.rules import answers, questions, refusals
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kit.credentials import jwe, jws
from pengcheng.kit.keys import Ring, certificates, curves, ring

LIFE = timedelta(minutes=5)
KEPT = timedelta(minutes=10)
PURPOSE = "licence.verification"
SELF = "https://self-issued.me/v2"
ALGORITHMS = ["ES256", "Ed25519", "EdDSA"]


def keys() -> Ring:
    return ring("verifier", "ES256")


def host() -> str:
    return urlsplit(base()).hostname or "localhost"


def client_id() -> str:
    return f"x509_san_dns:{host()}"


# --- asking ---------------------------------------------------------------------------------


def ask(context: Context, question: Question, mode: Mode) -> str:
    """A question under way; its id."""
    with act(context, "wallets.question.ask", Resource(kind="question")) as acting:
        now = clock.now()
        row = QuestionRecord.objects.create(
            asker_id=context.actor.id,
            asker_kind=context.actor.kind,
            asker_name=context.actor.name,
            about=msgspec.to_builtins(question),
            nonce=secrets.token_urlsafe(24),
            state=secrets.token_urlsafe(24),
            mode=mode,
            key=curves.to_pem(curves.make("ES256")).decode("ascii"),
            created_at=now,
            expires_at=now + LIFE,
        )
        acting.concerns(Resource(kind="question", id=row.pk))
        acting.note(question=question.id, kinds=list(question.kinds), lines=list(question.claims))
    return row.pk


def find(question_id: str) -> QuestionRecord:
    row = QuestionRecord.objects.filter(pk=question_id).first()
    if row is None or row.created_at + LIFE + KEPT <= clock.now():
        raise refusals.question_over()
    return row


def see(context: Context, question_id: str) -> Asking:
    """The asker's own question."""
    row = find(question_id)
    permit(
        context,
        "wallets.question.read",
        Resource(kind="question", id=row.pk, owner=row.asker_id),
    )
    return asking_of(row)


def asking_of(row: QuestionRecord) -> Asking:
    uri = f"{base()}/wallet/requests/{row.pk}/"
    told = {"client_id": client_id(), "request_uri": uri, "request_uri_method": "post"}
    return Asking(
        id=row.pk,
        question=about(row),
        asker=row.asker_name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        wallet_link=f"openid4vp://?{urlencode(told)}",
        page=f"{base()}/wallet/answer/{row.pk}/",
        fetched=row.fetched_at is not None,
        answered_at=row.answered_at,
        result=msgspec.convert(row.result, Result) if row.result else None,
    )


def about(row: QuestionRecord) -> Question:
    return msgspec.convert(row.about, Question)


# --- the request object (RFC 9101) ------------------------------------------------------------


def request_object(context: Context, question_id: str, wallet_nonce: str) -> str:
    """The question, signed for whoever holds the link."""
    permit(context, "wallets.question.answer")
    row = _open(question_id)
    QuestionRecord.objects.filter(pk=row.pk, fetched_at=None).update(fetched_at=clock.now())
    now = int(clock.now().timestamp())
    payload: dict[str, Any] = {
        "iss": client_id(),
        "aud": SELF,
        "client_id": client_id(),
        "response_type": "vp_token",
        "response_mode": row.mode,
        "response_uri": response_uri(row),
        "nonce": row.nonce,
        "state": row.state,
        "dcql_query": questions.dcql(about(row), _metas(about(row))),
        "client_metadata": _about_us(row),
        "iat": now,
        "exp": int(row.expires_at.timestamp()),
    }
    if wallet_nonce:
        payload["wallet_nonce"] = wallet_nonce[:300]
    chain = [base64.b64encode(_certificate()).decode("ascii")]
    return jws.sign(payload, keys().signer(), typ="oauth-authz-req+jwt", x5c=chain)


def _certificate() -> bytes:
    wanted = certificates.Leaf(name="Pengcheng verifier", use=certificates.READER, host=host())
    return certificates.leaf(keys(), wanted)


def _metas(question: Question) -> dict[tuple[str, Form], dict[str, Any]]:
    found: dict[tuple[str, Form], dict[str, Any]] = {}
    for kind in question.kinds:
        found[kind, "dc+sd-jwt"] = {
            "meta": {"vct_values": [travelling.vct(type=kind)]}, "path": []
        }  # fmt: skip
        found[kind, "mso_mdoc"] = {
            "meta": {"doctype_value": travelling.doc_type(type=kind)},
            "path": [travelling.NAMESPACE],
        }
    return found


def _about_us(row: QuestionRecord) -> dict[str, Any]:
    told: dict[str, Any] = {
        "client_name": row.asker_name,
        "vp_formats_supported": {
            "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ALGORITHMS},
            "mso_mdoc": {"issuerauth_alg_values": [-7], "deviceauth_alg_values": [-7, -8]},
        },
    }
    if row.mode == "direct_post.jwt":
        told["jwks"] = {"keys": [_encryption_jwk(row)]}
        told["encrypted_response_enc_values_supported"] = list(jwe.SIZES)
    return told


def _encryption_jwk(row: QuestionRecord) -> dict[str, str]:
    jwk = curves.to_jwk(curves.from_pem(row.key.encode()).public_key())
    return {**jwk, "use": "enc", "alg": jwe.ALGORITHM, "kid": row.pk}


def response_uri(row: QuestionRecord) -> str:
    return f"{base()}/wallet/answers/{row.pk}/"


# --- the answer -------------------------------------------------------------------------------


def receive(context: Context, question_id: str, form: Mapping[str, str]) -> None:
    """What a wallet posts: believed once, or refused with the reason. Raises OidcError."""
    permit(context, "wallets.question.answer")
    row = _open(question_id)
    told = _opened(row, form)
    state = told.get("state")
    if not isinstance(state, str) or not hmac.compare_digest(state.encode(), row.state.encode()):
        raise OidcError("invalid_request", "state is not the question's")
    if told.get("error"):
        _settle(row, Result(met=False, code="declined"))
        return
    encrypted = row.mode == "direct_post.jwt"
    judge(row, answers.presentations(told.get("vp_token")), encrypted=encrypted)


def _open(question_id: str) -> QuestionRecord:
    row = QuestionRecord.objects.filter(pk=question_id).first()
    if row is None or row.expires_at <= clock.now():
        raise OidcError("invalid_request", "this question is over", status=404)
    if row.answered_at is not None:
        raise OidcError("invalid_request", "this question was answered already", kept="replay")
    return row


def _opened(row: QuestionRecord, form: Mapping[str, str]) -> dict[str, Any]:
    if row.mode == "direct_post":
        return answers.plain(form)
    if "error" in form:
        return answers.plain(form)
    if "response" not in form:
        raise OidcError("invalid_request", "the answer must be encrypted (direct_post.jwt)")
    key = curves.from_pem(row.key.encode())
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("answers are encrypted to keys on P-256")
    try:
        return answers.told(jwe.decrypt(form["response"], key))
    except jws.TokenError as error:
        raise OidcError("invalid_request", str(error)) from error


def judge(row: QuestionRecord, shown: list[tuple[str, str]], *, encrypted: bool) -> Result:
    """The first presentation that is a yes, or why there is none."""
    question, context = about(row), _asker(row)
    found = Result(met=False, code="incomplete")
    for name, text in shown:
        pair = questions.asked(name, question)
        if pair is None:
            raise OidcError("invalid_request", "nothing of this name was asked for")
        told = travelling.present(
            context=context, text=text, asked=_asked(row, pair[1], encrypted=encrypted)
        )
        found = _result(question, told, *pair)
        if found.met:
            break
    _settle(row, found)
    if refusals.forged(found.code):
        raise OidcError("invalid_request", f"the presentation is not believed: {found.code}")
    return found


def _asker(row: QuestionRecord) -> Context:
    """Whoever asked is who looks: that is what the holder finds in their log."""
    kind: Any = row.asker_kind
    actor = Actor(id=row.asker_id, kind=kind, name=row.asker_name)
    return Context(actor=actor, purpose=PURPOSE)


def _asked(row: QuestionRecord, form: Form, *, encrypted: bool) -> Asked:
    thumbprint = curves.decoded(curves.thumbprint(_encryption_jwk(row))) if encrypted else None
    return Asked(
        form=form,
        client_id=client_id(),
        nonce=row.nonce,
        response_uri=response_uri(row),
        key_thumbprint=thumbprint,
    )


def _result(question: Question, told: Presented, kind: str, form: Form) -> Result:
    code = told.code if not told.holds else questions.lacking(question, told.claims)
    if told.holds and told.type != kind:
        code = "kind"
    known = () if refusals.forged(told.code) else told.lines
    wanted = {*question.claims, *question.optional}
    labels = {claim.label.zh for claim in travelling.claims_of(type=kind) if claim.key in wanted}
    return Result(
        met=not code,
        code=code or "valid",
        name=Label(told.name.zh, told.name.en) if told.name else None,
        issuer=Label(told.issuer.zh, told.issuer.en) if told.issuer else None,
        form=form,
        lines=tuple(
            Line(label=Label(label.zh, label.en), value=Label(zh, en))
            for label, zh, en in known
            if label.zh in labels
        ),
        **(msgspec.structs.asdict(told.listed) if told.listed else {}),
    )


def _settle(row: QuestionRecord, result: Result) -> None:
    """Only the first answer counts, also of two that come at once."""
    open_ = QuestionRecord.objects.filter(pk=row.pk, answered_at=None)
    if not open_.update(answered_at=clock.now(), result=msgspec.to_builtins(result)):
        raise OidcError("invalid_request", "this question was answered already", kept="replay")


def settle_declined(row: QuestionRecord) -> None:
    try:
        _settle(row, Result(met=False, code="declined"))
    except OidcError as error:
        raise refusals.answered() from error


def forget_old() -> int:
    """What was shown is forgotten a few minutes after it was asked."""
    now = clock.now()
    rows = (
        QuestionRecord.objects.filter(created_at__lt=now - LIFE - KEPT),
        UsedNonce.objects.filter(expires_at__lt=now),
    )
    return sum(each.delete()[0] for each in rows)
