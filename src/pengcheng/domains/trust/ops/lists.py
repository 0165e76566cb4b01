"""Taking a list over, dropping it, and judging what a foreign authority issued."""

from __future__ import annotations

import msgspec
from cryptography import x509

from pengcheng.domains.trust.contracts import Judgement, ListView, ServiceView
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kit import trust
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys import Key
from pengcheng.kit.trust.store import Kept

MANAGE, READ, ASK = "trust.list.manage", "trust.list.read", "trust.issuer.judge"
WORDS = {
    "signature": "名单签名无效",
    "xml": "不是可信名单文件",
    "form": "名单内容不符合规范",
    "time": "名单已过期或尚未生效",
    "operator": "名单运营者与已登记的不同",
    "sequence": "已有同等或更新的名单",
    "certificate": "运营者证书无法读取",
}


def take(context: Context, data: bytes, operator: bytes) -> ListView:
    with act(context, MANAGE, Resource(kind="trusted-list")) as acting:
        try:
            found = trust.store().take(data, operator)
        except trust.ListError as error:
            raise _refused(error) from error
        acting.concerns(Resource(kind="trusted-list", id=found.territory))
        acting.note(sequence=found.sequence, services=len(found.services))
    return _view(Kept(found.territory, found))


def drop(context: Context, territory: str) -> bool:
    with act(context, MANAGE, Resource(kind="trusted-list", id=territory[:10])):
        return trust.store().drop(territory)


def listed(context: Context) -> tuple[ListView, ...]:
    permit(context, READ)
    return tuple(_view(one) for one in trust.store().kept())


def _view(one: Kept) -> ListView:
    if one.list is None:
        return ListView(territory=one.territory, trouble=one.trouble)
    told = one.list
    services = tuple(
        ServiceView(provider=each.provider, name=each.name, granted=each.granted, since=each.since)
        for each in told.services
    )
    return ListView(
        territory=told.territory,
        scheme=told.scheme,
        operator=told.operator,
        sequence=told.sequence,
        issued=told.issued,
        next_update=told.next_update,
        current=one.current,
        services=services,
    )


def judge(context: Context, certificate: bytes) -> Judgement:
    """A certificate in DER or PEM."""
    permit(context, ASK)
    try:
        pem = certificate.lstrip().startswith(b"-----")
        load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
        found = trust.judge(load(certificate))
    except ValueError:
        found = trust.Verdict(trusted=False, reason="unreadable")
    return _said(context, "certificate", found)


def judge_document(context: Context, text: str) -> Judgement:
    """An SD-JWT VC that carries its issuer's certificates: issuer and signature."""
    permit(context, ASK)
    verdicts: list[trust.Verdict] = []

    def find(header: dict[str, object], payload: dict[str, object]) -> Key | None:
        key, verdict = trust.key_of_header(header)
        verdicts.append(verdict)
        return key if verdict.trusted else None

    try:
        sdjwt.verify(text[:200_000], find, now=int(clock.now().timestamp()))
    except TokenError as error:
        why = verdicts[0].reason if verdicts and verdicts[0].reason else error.code
        verdict = verdicts[0] if verdicts else trust.Verdict(trusted=False)
        verdict = msgspec.structs.replace(verdict, trusted=False, reason=why)
        return _said(context, "document", verdict)
    return _said(context, "document", verdicts[0])


def _said(context: Context, form: str, verdict: trust.Verdict) -> Judgement:
    """With a line in the audit: which list spoke, and why it said no."""
    audit.record(
        context,
        action=ASK,
        resource=f"foreign-issuer/{verdict.territory or 'unlisted'}",
        outcome="success" if verdict.trusted else "failure",
        facts={"form": form, "reason": verdict.reason},
    )
    return Judgement(**msgspec.structs.asdict(verdict))


def _refused(error: trust.ListError) -> Invalid:
    zh = WORDS.get(error.code, WORDS["form"])
    return Invalid(
        code=f"trust.list.{error.code}",
        zh=zh,
        en="This list cannot be taken over",
        next_zh="请向名单运营者核实后重试。",
        next_en=f"{error}. Ask its operator.",
        errors=(FieldError("/file", zh, str(error)),),
    )
