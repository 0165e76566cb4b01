"""What registers know about the applicant: fetched for a draft, and once more when it is sent."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import REGISTERS, Extract
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import drafts, forms
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Unavailable
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.answers import Filling
from pengcheng.kit.forms.definition import Definition, Text
from pengcheng.kit.forms.facts import Fact, Known, RegisterDown, refreshed

PURPOSE = "service.once-only"
_TITLES = {each.id: Text(each.zh, each.en) for each in REGISTERS}


class Registers:
    """The city's registers for one person; each is asked once, however many facts are needed."""

    def __init__(self, context: Context, owner: str) -> None:
        self._context, self._owner = context.for_purpose(PURPOSE), owner
        self._extracts: dict[str, Extract | None] = {}

    def read(self, registry: str, attribute: str) -> Fact | None:
        title = _TITLES.get(registry)
        if title is None:
            return None
        if registry not in self._extracts:
            self._extracts[registry] = self._ask(registry)
        extract = self._extracts[registry]
        if extract is None:
            raise RegisterDown(registry, title)
        value = extract.values.get(attribute)
        if not value:
            return None
        at = extract.retrieved_at.isoformat(timespec="seconds")
        return Fact(value=value, source=title, retrieved_at=at)

    def _ask(self, registry: str) -> Extract | None:
        try:
            return identity.read_register(self._context, register=registry, account_id=self._owner)
        except Unavailable:
            return None


def binds(form: Definition, page: str = "") -> bool:
    """Whether the form, or one page of it, asks a register."""
    pages = (one for one in form.pages if page in ("", one.id))
    return any(question.bound for one in pages for question in one.questions)


def known(context: Context, row: Draft, form: Definition, page: str = "") -> Known:
    filling = Filling(form, answering.read(row.answers))
    return refreshed(filling, Registers(context, row.owner), page)


def refresh(context: Context, draft_id: str, page: str) -> tuple[Text, ...]:
    """Fetch what registers know for a page (or the whole form) into the draft; answers which
    registers were silent.
    """
    seen = drafts.row_of(draft_id)
    form = forms.of_draft(seen)
    if not binds(form, page):
        return ()
    with act(context, "services.draft.change", drafts.resource(seen)) as acting:
        row = drafts.changeable(context, draft_id)
        found = known(context, row, form, page)
        if found.answers != answering.read(row.answers):
            drafts.store(row, found.answers)
            acting.note(facts=len(found.answers), changed=len(found.changed))
    return found.down


def _taken(answer: answering.Answer, changed: bool) -> answering.Answer:
    return answer if changed else replace(answer, unseen=False)


class Settled(Struct, frozen=True):
    """What the registers said at the moment of sending."""

    waits_for: str
    disputed: bool
    filling: Filling


def settle(context: Context, row: Draft, form: Definition, *, confirmed: bool = False) -> Settled:
    """Read every bound fact again; the register's word stands against whatever a draft holds."""
    if binds(form):
        found = known(context, row, form)
        answers = found.answers
        if confirmed or row._state.adding:  # nothing can be shown, so what is new is taken
            answers = {key: _taken(a, key in found.changed) for key, a in answers.items()}
        row.answers = answering.write(answers)
        row.updated_at = clock.now()
    filling = Filling(form, answering.read(row.answers))
    kept = filling.applying().values()
    waiting = sorted(a.source for a in kept if a.waits == "register")
    disputed = any(answer.correction for answer in kept)
    return Settled(waiting[0] if waiting else "", disputed, filling)


def awaited(context: Context, case_id: str) -> Text | None:
    """The register that an own application waits for, by its name."""
    owner = drafts.owner_of(context)
    row = Draft.objects.filter(case_id=case_id, owner=owner).exclude(waits_for="").first()
    if row is None:
        return None
    return title(row.waits_for)


def title(registry: str) -> Text:
    """What people call a register."""
    return _TITLES.get(registry, Text(registry, registry))
