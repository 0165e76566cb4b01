"""Copies for one taker and purpose: the words stand across each page, the number hides in it.

The PDF is not kept: its number and code come of its row, so that it can be made again.
"""

import base64
import hashlib
import hmac
import io
import secrets
from datetime import date

import msgspec
import segno
from django.conf import settings

from pengcheng.domains.licences.contracts import Paper, State
from pengcheng.domains.licences.contracts.copies import Copy, CopyCheck
from pengcheng.domains.licences.models import CopyRecord, LicenceRecord
from pengcheng.domains.licences.ops import papers, reading, store
from pengcheng.domains.licences.rules import copies as rules
from pengcheng.domains.licences.rules import guards, kinds
from pengcheng.domains.signatures import api as signatures
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import permit
from pengcheng.kit import letters, marks, seals
from pengcheng.kit.letters.pictured import pictured

DPI = 150.0
ADDRESS = "/licences/copies/check/"
MAKE = "licences.copy.make"


def make(
    context: Context, licence_id: str, taker: str, purpose: str, until: date, reason: str
) -> Copy:
    """A new copy. Raises Invalid, Conflict, TooMany."""
    row, today = store.find(licence_id), clock.today()
    taker, purpose, reason = taker.strip(), purpose.strip(), reason.strip()
    with act(context, MAKE, store.resource(row)) as acting:
        problem = rules.objection(taker, purpose, until, today)
        others = row.holder_id not in {context.actor.id, context.on_behalf_of}
        problem = problem or (rules.without_reason(reason) if others else None)
        if problem is not None:
            raise problem
        if store.standing(row) != State.VALID:
            raise guards.not_valid()
        if row.copies.filter(ended_at=None, until__gte=today).count() >= rules.MOST:
            raise rules.too_many()
        tag = secrets.randbits(marks.TAG_BITS)
        made = CopyRecord.objects.create(
            tag=tag,
            code=_hashed(_code(tag)),
            licence=row,
            taker=taker,
            purpose=purpose,
            until=until,
            made_at=clock.now(),
            made_by=context.actor.id,
            office=(context.organisation or "—") if others else "",
            reason=reason if others else "",
        )
        acting.note(copy=rules.number(tag), until=str(until))
    return view(made)


def copies_of(context: Context, licence_id: str) -> tuple[Copy, ...]:
    """All copies of a licence, the newest first."""
    row = store.find(licence_id)
    permit(context, "licences.copy.list", store.resource(row))
    return tuple(view(one) for one in row.copies.order_by("-made_at", "-id")[:500])


def end(context: Context, copy_id: str) -> Copy:
    """From now on whoever scans it reads that it was ended. The second time nothing happens."""
    row = _find(copy_id)
    with act(context, "licences.copy.end", store.resource(row.licence)) as acting:
        CopyRecord.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now())
        row.refresh_from_db()
        acting.note(copy=rules.number(row.tag))
    return view(row)


def check(context: Context, code: str) -> CopyCheck:
    """What the code on a copy says. Nothing of what stands on the licence."""
    permit(context, "licences.copy.check")
    row = CopyRecord.objects.select_related("licence").filter(code=_hashed(code)).first()
    if row is None:
        raise rules.not_found()
    told, found = view(row), reading.verify(context, row.licence.number)
    return CopyCheck(
        number=told.number,
        taker=told.taker,
        purpose=told.purpose,
        until=told.until,
        made_at=told.made_at,
        state=told.state,
        licence=found.verdict,
        name=kinds.types()[row.licence.type].name,
        issuer=msgspec.structs.replace(
            kinds.types()[row.licence.type].name,
            zh=row.licence.issuer_zh,
            en=row.licence.issuer_en or row.licence.issuer_zh,
        ),
        checked_at=clock.now(),
    )


# --- the file ---------------------------------------------------------------------------------


def take(context: Context, copy_id: str) -> Paper:
    """The copy as a sealed PDF, made anew each time with the same number."""
    row = _find(copy_id)
    licence = row.licence
    permit(context, MAKE, store.resource(licence))
    if view(row).state != "holds" or store.standing(licence) != State.VALID:
        raise rules.not_now()
    drawn = _drawn(row, licence)  # slow, so before the transaction begins
    with act(context, MAKE, store.resource(licence)) as acting:
        face = seals.Seal(name=licence.issuer_zh, reason=rules.number(row.tag), place="Shenzhen")
        content = signatures.seal_standing(
            context=system_context("licences"),
            seal=papers.SEAL,
            about=papers.ACT,
            content=drawn,
            face=face,
        )
        sha256 = hashlib.sha256(content).hexdigest()
        acting.note(copy=rules.number(row.tag), sha256=sha256)
    return Paper(content=content, form="pdf", sha256=sha256, licence_id=licence.pk)


def _drawn(row: CopyRecord, licence: LicenceRecord) -> bytes:
    letter, key = _letter(row, licence), mark_key()
    plain = letters.pictures(letter, dpi=DPI)
    pages = [marks.mark(page, row.tag, key=key, dpi=DPI) for page in plain]
    return pictured(letter, pages, at=clock.now())


def _letter(row: CopyRecord, licence: LicenceRecord) -> letters.Letter:
    number = rules.number(row.tag)
    url = f"{str(settings.PENGCHENG_PUBLIC_URL).rstrip('/')}{ADDRESS}{_code(row.tag)}/"
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=2, light="#fff")
    zh = f"仅供 {row.taker} 用于 {row.purpose} 使用 · 有效期至 {row.until}"
    en = f"Only for {row.taker}, for {row.purpose}, until {row.until} · {number}"
    return letters.Letter(
        reference=licence.number,
        parts=tuple(_part(papers.part_of(licence, lang), number, lang) for lang in ("zh", "en")),
        foot=f"{number} · {str(settings.PENGCHENG_PUBLIC_URL).rstrip('/')}/check-file/",
        across=(f"{zh} · {papers.SIMULATED['zh']}", en),
        code=drawn.getvalue().decode("utf-8"),
    )


def _part(part: letters.Part, number: str, lang: str) -> letters.Part:
    note = {
        "zh": f"加注件 {number}：仅限注明的接收方和用途，扫描二维码可核验是否仍然有效。"
        "本件含不可见水印，泄露可追溯；改动任何一字节，签章即失效。演示系统生成。",
        "en": f"Bound copy {number}: for the named taker and purpose alone; scan the code to see "
        "whether it still holds. It carries an invisible mark by which a leak is traced, and a "
        "seal that a changed byte breaks. Made by a demonstration.",
    }[lang]
    return msgspec.structs.replace(part, note=note)


# --- rows -------------------------------------------------------------------------------------


def view(row: CopyRecord) -> Copy:
    return Copy(
        id=row.pk,
        number=rules.number(row.tag),
        licence_id=row.licence_id,
        taker=row.taker,
        purpose=row.purpose,
        until=row.until,
        made_at=row.made_at,
        office=row.office,
        reason=row.reason,
        ended_at=row.ended_at,
        state=rules.state(row.until, row.ended_at is not None, clock.today()),
    )


def _find(copy_id: str) -> CopyRecord:
    row = CopyRecord.objects.select_related("licence").filter(pk=copy_id).first()
    if row is None:
        raise rules.not_found()
    return row


def mark_key() -> bytes:
    """Without it nobody makes a mark that we believe, or finds ours to take it out."""
    return _derived(b"mark")


def _code(tag: int) -> str:
    """What the code on the copy opens; nobody can guess it from the number."""
    made = hmac.digest(_derived(b"code"), tag.to_bytes(5, "big"), "sha256")
    return base64.urlsafe_b64encode(made[:16]).decode("ascii").rstrip("=")


def _derived(use: bytes) -> bytes:
    secret = settings.PENGCHENG_MASTER_KEY.encode("utf-8")
    return hmac.digest(secret, b"pengcheng licences copy " + use, "sha256")


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8")).hexdigest()
