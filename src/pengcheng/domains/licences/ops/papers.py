"""A licence on paper: a sealed PDF or OFD, with purpose and taker across the page if it is for one.

Who is given such a copy cannot use it for something else unseen: the words stand over the text.
"""

import hashlib
from datetime import timedelta

from django.conf import settings

from pengcheng.domains.licences.contracts import Paper, PaperForm, State
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import store
from pengcheng.domains.licences.rules import guards, kinds, values
from pengcheng.domains.signatures import api as signatures
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import FieldError
from pengcheng.kit import letters, seals
from pengcheng.kit.seals import ofd

LONGEST = 40
SEAL, ACT = "licences", "licences.paper.make"
"""The seal, and what it has a standing approval for."""
SEAL_NUMBER = "4403009900001"
"""Of the demonstration's licence seal; 99 is no division, so no real seal has it."""
SEAL_LIFE = timedelta(days=365)
SIMULATED = {"zh": "模拟", "en": "Simulated"}


def make(
    context: Context, licence_id: str, purpose: str, taker: str, form: PaperForm = "pdf"
) -> Paper:
    row = store.find(licence_id)
    purpose, taker = purpose.strip(), taker.strip()
    with act(context, ACT, store.resource(row)) as acting:
        problem = _objection(purpose, taker)
        if problem is not None:
            raise problem
        if store.standing(row) != State.VALID:
            raise guards.not_valid()
        content = (_ofd if form == "ofd" else _pdf)(row, purpose, taker)
        sha256 = hashlib.sha256(content).hexdigest()
        acting.note(sha256=sha256, bound=bool(purpose or taker), form=form)
        return Paper(content=content, form=form, sha256=sha256, licence_id=row.pk)


def _pdf(row: LicenceRecord, purpose: str, taker: str) -> bytes:
    plain = letters.render(_letter(row, purpose, taker), at=clock.now())
    face = seals.Seal(name=row.issuer_zh, reason=row.number, place="Shenzhen")
    return signatures.seal_standing(
        context=system_context("licences"), seal=SEAL, about=ACT, content=plain, face=face
    )


def _ofd(row: LicenceRecord, purpose: str, taker: str) -> bytes:
    """In Chinese, as the format is; a seal of its own, as old as the copy."""
    part = part_of(row, "zh", purpose, taker)
    lines = (
        (part.reference_label, row.number),
        ("持证人", row.holder_name),
        *((section.heading, section.text) for section in part.sections),
        ("说明", part.note),
    )
    sheet = ofd.Sheet(
        title=part.title,
        office=f"{part.office}（{SIMULATED['zh']}）",
        lines=lines,
        foot=f"{str(settings.PENGCHENG_PUBLIC_URL).rstrip('/')}/check-file/",
        reference=row.number,
    )
    until = clock.now() + SEAL_LIFE
    made = ofd.make(sheet, seal="电子证照专用章（演示）", number=SEAL_NUMBER, until=until)
    signatures.note_standing(context=system_context("licences"), seal=SEAL, about=ACT, sealed=made)
    return made


def _letter(row: LicenceRecord, purpose: str, taker: str) -> letters.Letter:
    return letters.Letter(
        reference=row.number,
        parts=tuple(part_of(row, lang, purpose, taker) for lang in ("zh", "en")),
        foot=f"{str(settings.PENGCHENG_PUBLIC_URL).rstrip('/')}/licences/verify/",
        draft=" · ".join(filter(None, (SIMULATED["zh"], bound_to(purpose, taker, "zh")))),
    )


def bound_to(purpose: str, taker: str, lang: str) -> str:
    """The words across the page, and again below it."""
    words = {"zh": ("仅用于{}", "交{}"), "en": ("only for {}", "given to {}")}[lang]
    told = [form.format(text) for form, text in zip(words, (purpose, taker), strict=True) if text]
    return " · ".join([*told, str(clock.today())]) if told else ""


def part_of(row: LicenceRecord, lang: str, purpose: str = "", taker: str = "") -> letters.Part:
    kind, english = kinds.types()[row.type], lang == "en"
    until = str(row.valid_until) if row.valid_until else ("long term" if english else "长期")
    lines = [
        letters.Section(field.label.text(lang), values.shown(field, row.values[field.key], lang))
        for field in kind.fields
        if field.key in row.values
    ]
    lines.append(
        letters.Section("Validity" if english else "有效期", f"{row.valid_from} – {until}")
    )
    return letters.Part(
        lang=lang,
        office=(row.issuer_en if english else "") or row.issuer_zh,
        title=kind.name.text(lang),
        reference_label="Licence number" if english else "证照编号",
        to=row.holder_name,
        sections=tuple(lines),
        day=str(clock.local(row.issued_at).date()),
        note=_note(lang, purpose, taker),
    )


def _note(lang: str, purpose: str, taker: str) -> str:
    told = {
        "zh": "本件为演示系统生成的加注件，加盖电子签章；改动任何一字节，签章即失效。",
        "en": "Made by a demonstration and sealed: a changed byte breaks the seal.",
    }[lang]
    bound = bound_to(purpose, taker, lang)
    return f"{told} {bound}".strip()


def _objection(purpose: str, taker: str) -> Exception | None:
    errors = [
        FieldError(pointer, "不超过40字，且不得换行", "At most 40 characters, on one line")
        for pointer, text in (("/purpose", purpose), ("/taker", taker))
        if len(text) > LONGEST or not text.isprintable()
    ]
    return guards.invalid("paper", "请检查用途和接收方", "Look at purpose and taker", errors)
