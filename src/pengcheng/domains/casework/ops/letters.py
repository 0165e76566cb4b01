"""Letters of a case: drafted for the official, made once when the step is taken, kept with it."""

import hashlib
from datetime import date, datetime

from pengcheng.domains.casework.contracts import (
    Definition,
    JournalEntry,
    Label,
    Person,
    Step,
)
from pengcheng.domains.casework.contracts.letters import LetterView
from pengcheng.domains.casework.events import LetterSent
from pengcheng.domains.casework.models import CaseRecord, LetterRecord
from pengcheng.domains.casework.ops import definitions, reading, store
from pengcheng.domains.casework.ops.posted import letter_view
from pengcheng.domains.casework.ops.walking import Words, walking
from pengcheng.domains.casework.rules import guards
from pengcheng.domains.casework.rules.letters import KINDS, TEXTS, blocks_for, sections
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import permit
from pengcheng.kernel.problems import NotFound
from pengcheng.kit import letters as kit

FOOT = "鹏城演示系统生成，不具法律效力 · Made by a demonstration, without legal effect"
DRAFT = "草稿 DRAFT"


# --- reading ----------------------------------------------------------------------------


def read(context: Context, case_id: str, letter_id: str) -> tuple[LetterView, bytes]:
    reading.get_case(context, case_id)
    return _opened(LetterRecord.objects.filter(case=case_id, pk=letter_id).first())


def newest(context: Context, case_id: str) -> tuple[LetterView, bytes]:
    """The letter about the last step that has one; a decision by rule gets its letter here."""
    reading.get_case(context, case_id)
    make(system_context("casework", cause=context.cause), case_id)
    return _opened(LetterRecord.objects.filter(case=case_id).order_by("-about").first())


def _opened(row: LetterRecord | None) -> tuple[LetterView, bytes]:
    if row is None:
        raise NotFound(
            code="casework.letter.not_found",
            zh="没有该文书",
            en="There is no such letter",
            next_zh="作出决定后才会生成文书。",
            next_en="A letter is made when something has been decided.",
        )
    return letter_view(row), bytes(row.body)


def blocks(step: Step) -> tuple[Label, ...]:
    return tuple(Label(block.zh, block.en) for block in blocks_for(step))


# --- making -----------------------------------------------------------------------------


def draft(context: Context, case_id: str, step: Step, *, reason: str, legal_basis: str) -> bytes:
    """How the letter would look, marked as a draft across the page; nothing is kept."""
    row = store.find(case_id)
    permit(context, "casework.case.decide", store.resource(row))
    who = guards.asker(context, row.owner_id)
    problem = guards.objection(store.state_of(row), store.facts_of(row), step, who)
    if problem is not None:
        raise problem
    words = guards.reason_wanted(step, reason)
    if words is not None:
        raise words
    basis = legal_basis.strip() or definitions.load(row.definition_id).legal_basis
    told = Label(reason, reason)
    letter = _letter(row, KINDS[step], told, basis, clock.now(), until=None, mark=DRAFT)
    return kit.render(letter, at=clock.now())


def make(context: Context, case_id: str) -> None:
    """Keep the letter about the last step that has one, once, and write its hash down."""
    entry = _about(store.journal_of(store.find(case_id)))
    if entry is None or LetterRecord.objects.filter(case=case_id, about=entry.seq).exists():
        return
    with walking(context, case_id, Step.LETTER) as walk:
        row = walk.row
        if LetterRecord.objects.filter(case=row, about=entry.seq).exists():
            return
        kind = KINDS[entry.step]
        until = row.open_until if kind == "refused" else None
        told = Label(entry.told("zh-hans"), entry.told("en"))
        letter = _letter(row, kind, told, entry.legal_basis, entry.at, until=until)
        body = kit.render(letter, at=entry.at)
        sha256 = hashlib.sha256(body).hexdigest()
        LetterRecord.objects.create(
            case=row, about=entry.seq, kind=kind, sha256=sha256, body=body, at=clock.now()
        )
        walk.step(Step.LETTER, Words(), letter=sha256, letter_kind=kind)
        walk.tell(LetterSent, letter=kind)


def _about(entries: list[JournalEntry]) -> JournalEntry | None:
    told = [entry for entry in entries if entry.step in KINDS]
    return told[-1] if told else None


def _letter(
    row: CaseRecord,
    kind: str,
    reason: Label,
    basis: str,
    at: datetime,
    *,
    until: date | None,
    mark: str = "",
) -> kit.Letter:
    pinned = definitions.load(row.definition_id)
    facts = {
        "item_zh": pinned.title.zh,
        "item_en": pinned.title.en,
        "opened_zh": _day(clock.local(row.opened_at).date(), "zh"),
        "opened_en": _day(clock.local(row.opened_at).date(), "en"),
        "reason": reason.zh,
        "reason_zh": reason.zh,
        "reason_en": reason.en,
        "basis": basis,
        "until_zh": _day(until, "zh") if until else "规定期限届满",
        "until_en": _day(until, "en") if until else "the end of the time allowed",
    }
    day = clock.local(at).date()
    owner = Person(row.owner_id, row.owner_name)
    return kit.Letter(
        reference=row.reference,
        parts=tuple(_part(pinned, owner, kind, lang, day, facts) for lang in ("zh", "en")),
        foot=FOOT,
        draft=mark,
    )


def _part(
    pinned: Definition, owner: Person, kind: str, lang: str, day: date, facts: dict[str, str]
) -> kit.Part:
    english = lang == "en"
    office = pinned.department_en or pinned.department if english else pinned.department
    return kit.Part(
        lang=lang,
        office=office,
        title=getattr(TEXTS[kind], lang),
        reference_label="Reference" if english else "编号",
        to=f"{owner.name}:" if english else f"{owner.name}：",
        sections=tuple(kit.Section(*each) for each in sections(kind, lang, facts)),
        day=_day(day, lang),
        note="This English part is a translation; the Chinese text decides." if english else "",
    )


def _day(day: date, lang: str) -> str:
    """The form of official papers; in English the same as on the pages."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
