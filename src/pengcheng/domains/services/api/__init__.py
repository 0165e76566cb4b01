"""The door of the services: the catalogue, its search, applications and a person's own matters.

Reading the catalogue needs no right: it is public. Everything about a person takes the context.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pengcheng.domains.casework.contracts import (
    Case,
    CasePage,
    CaseStatus,
    JournalEntry,
    ProcessView,
    State,
)
from pengcheng.domains.licences.contracts import Licence
from pengcheng.domains.services.contracts import (
    Applied,
    Catalogue,
    Department,
    DraftView,
    Item,
    LoadReport,
    SearchPage,
    SearchQuery,
    Situation,
    Term,
    UploadView,
)
from pengcheng.domains.services.ops import (
    at_once,
    catalogue,
    consistency,
    deciding,
    drafts,
    forms,
    granting,
    loading,
    matters,
    submitting,
)
from pengcheng.domains.services.ops import lifeevents as event_filing
from pengcheng.domains.services.ops.exporting import Format
from pengcheng.domains.services.ops.loading import Progress, Shipment
from pengcheng.domains.services.rules import (
    comparing,
    decisions,
    finding,
    library,
    lints,
    sheets,
    vocabulary,
)
from pengcheng.domains.services.rules.decisions import Conclusion
from pengcheng.domains.services.rules.findings import (
    Assumptions,
    Comparison,
    Finding,
    Judgement,
    LintPage,
    LintQuery,
    LintRule,
    Saving,
    Standing,
    Twin,
)
from pengcheng.domains.services.rules.library import Entry
from pengcheng.domains.services.rules.vocabulary import Kind
from pengcheng.kernel.context import Context
from pengcheng.kit.forms.answers import Answer
from pengcheng.kit.forms.definition import Definition
from pengcheng.kit.forms.uploads import Checked

__all__ = [
    "Assumptions",
    "Conclusion",
    "Entry",
    "Finding",
    "Format",
    "Judgement",
    "Kind",
    "LintPage",
    "LintQuery",
    "LintRule",
    "Progress",
    "Saving",
    "Shipment",
    "Standing",
    "Twin",
]


# --- the catalogue ----------------------------------------------------------------------


def load_items(
    *, context: Context, shipment: Shipment, progress: Progress | None = None
) -> LoadReport:
    """Load the catalogue: all rows or none. Loading the same shipment again changes nothing.

    ``progress`` is called with (done, total) after each item.
    """
    return loading.load(context, shipment, progress)


def catalogue_now() -> Catalogue:
    """Version, source, age and gaps of the catalogue. Raises NotFound before the first loading."""
    return catalogue.shelf().catalogue


def warm_search() -> None:
    """Load dictionary and index now, so that nobody's first search waits a second for them."""
    catalogue.warm()


def search_items(*, query: SearchQuery) -> SearchPage:
    """Search and browse: an empty text lists everything that passes the filters."""
    return catalogue.search(query)


def get_item(*, code: str) -> Item:
    """One item. Raises NotFound."""
    return catalogue.item(code)


def items_by_code(*, codes: tuple[str, ...]) -> tuple[Item, ...]:
    """Items in the order of the codes; unknown codes are left out."""
    return catalogue.items(codes)


def related_items(*, code: str) -> tuple[Item, ...]:
    """Items that people who need this one may need too."""
    return catalogue.related(code)


def situations() -> tuple[Situation, ...]:
    """Moments of life with the items that belong to them."""
    return catalogue.shelf().situations


def featured_items() -> tuple[Item, ...]:
    """The items that the home page shows first."""
    shelf = catalogue.shelf()
    return catalogue.items(shelf.featured)


def departments() -> tuple[Department, ...]:
    """All bodies with items, those with most first."""
    return catalogue.shelf().departments


def letters() -> tuple[tuple[str, int], ...]:
    """The letters of the A to Z list with how many items each has."""
    return catalogue.letters()


def items_by_letter(*, letter: str) -> tuple[Item, ...]:
    """Items whose name begins with the letter in pinyin."""
    return catalogue.beginning_with(letter)


def instant_items() -> tuple[Item, ...]:
    """Items that are decided by rule as soon as they are applied for."""
    return catalogue.instant()


def facet_terms(*, facet: str) -> tuple[Term, ...]:
    """All values of a facet in both languages."""
    return finding.facet_terms(facet)


def term(*, kind: Kind, id: str) -> Term:
    """A word of a vocabulary (theme, audience, level, task_type) in both languages."""
    return vocabulary.term(kind, id)


# --- consistency and comparison ---------------------------------------------------------


def lint_rules() -> tuple[LintRule, ...]:
    """The consistency rules in words, in their order."""
    return tuple(lints.rules().values())


def lint_report(*, context: Context, query: LintQuery) -> LintPage:
    """How the catalogue stands to the rules, and one page of the items that break some."""
    return consistency.report(context, query)


def lint_findings(*, context: Context, query: LintQuery) -> tuple[Finding, ...]:
    """All items that break a rule and pass the filters, the gravest first."""
    return consistency.everything(context, query)


def lint_item(*, context: Context, code: str) -> tuple[Item, tuple[Judgement, ...]]:
    """One item under all rules. Raises NotFound."""
    return consistency.of_item(context, code)


def saving_assumptions() -> Assumptions:
    """What savings are reckoned with unless the caller says otherwise."""
    return comparing.assumptions()


def compare_items(*, context: Context, assumptions: Assumptions | None = None) -> Comparison:
    """The items that several bodies have, with what the leanest version of each would save."""
    return consistency.compare(context, assumptions)


# --- applying ---------------------------------------------------------------------------


def form_for(*, code: str) -> Definition:
    """The form of an item. Raises NotFound."""
    return forms.filled(forms.current(catalogue.item(code)))


def has_own_form(*, code: str) -> bool:
    """Whether the item has a form made for it (otherwise the general one)."""
    return code in sheets.own_forms()


def decided_instantly(*, code: str) -> bool:
    """Whether applications for the item are decided by rule."""
    return sheets.decided_instantly(code)


def what_rules_say(*, code: str, answers: Mapping[str, Answer]) -> Conclusion | None:
    """What the item's table says to these answers today; nothing is kept. None without a table."""
    return deciding.tried(code, answers)


def built_item(*, code: str) -> Entry | None:
    """How the item was built: the way it is decided, its steps, its licence; None if it was not."""
    own = sheets.own_forms().get(code)
    return library.entry(own.id) if own is not None else None


def reading_of_item(*, code: str, english: bool) -> str:
    """How the item's rules read words that can be read in two ways; empty for most."""
    name = sheets.own_forms()[code].decision if code in sheets.own_forms() else ""
    if not name:
        return ""
    table = decisions.table(name)
    return table.note_en if english else table.note_zh


def basis_in_english(*, code: str, basis: str) -> str:
    """The legal basis of the item's rules in English; empty where there is none."""
    name = form_for(code=code).decision
    return decisions.basis_in_english(name, basis) if name else ""


def start_application(*, context: Context, code: str) -> DraftView:
    """Begin to fill in, or go on with what was begun for this item."""
    return drafts.start(context, code)


def get_draft(*, context: Context, draft_id: str) -> DraftView:
    """A draft for its owner."""
    return drafts.get(context, draft_id)


def form_of_draft(*, context: Context, draft_id: str) -> Definition:
    """The form that a draft of one's own is filled in with."""
    return drafts.form_for_owner(context, draft_id)


def open_drafts(*, context: Context) -> tuple[DraftView, ...]:
    """What the person began and has not sent."""
    return drafts.open_drafts(context)


def draft_of_case(*, context: Context, case_id: str) -> DraftView:
    """What a case of one's own was opened with."""
    return drafts.of_case(context, case_id)


def save_answers(*, context: Context, draft_id: str, answers: Mapping[str, Answer]) -> DraftView:
    """Keep the answers of a page."""
    return drafts.save(context, draft_id, answers)


def attach_file(
    *, context: Context, draft_id: str, question: str, file: Any, checked: Checked
) -> UploadView:
    """Keep a checked file as the answer to a question."""
    return drafts.attach(context, draft_id, question, file, checked)


def detach_file(*, context: Context, draft_id: str, question: str) -> None:
    """Take a file back."""
    drafts.detach(context, draft_id, question)


def files_of_draft(*, context: Context, draft_id: str) -> tuple[UploadView, ...]:
    """The files of one's own draft."""
    drafts.get(context, draft_id)
    return drafts.files_of(draft_id)


def read_upload(*, context: Context, upload_id: str) -> tuple[UploadView, Path]:
    """A file for its owner or an official of its case; needs a purpose in the context."""
    return drafts.read_upload(context, upload_id)


def discard_draft(*, context: Context, draft_id: str) -> None:
    """Throw away what was not sent."""
    drafts.discard(context, draft_id)


def submit(*, context: Context, draft_id: str) -> Applied:
    """Send the draft: case, decision by rule and events in one transaction; again is harmless.

    Raises Invalid when questions are unanswered.
    """
    if event_filing.is_event(draft_id):
        return event_filing.send(context, draft_id)
    return submitting.submit(context, draft_id)


def apply_at_once(
    *, context: Context, code: str, answers: Mapping[str, str | tuple[str, ...]], key: str
) -> Applied:
    """Apply in one call: case, decision, licence and events in one transaction, once a key.

    Raises Invalid naming what is missing or no answer, Conflict when the key stands for another
    application. Files cannot be handed in this way.
    """
    return at_once.apply(context, code, answers, key)


def give_licence(*, context: Context, case_id: str) -> Licence | None:
    """Issue the licence of a case that was granted, once; None where the item gives none."""
    return granting.give_for_case(context, case_id)


def licence_of_matter(*, context: Context, case_id: str) -> tuple[str, str]:
    """Id and number of the licence that one's own case gave; empty without one."""
    return granting.number_of_case(context, case_id)


# --- one's own matters ------------------------------------------------------------------


def list_matters(
    *,
    context: Context,
    states: frozenset[State] = frozenset(),
    open_only: bool = False,
    page: int = 1,
) -> CasePage:
    """The person's applications, newest first."""
    return matters.listed(context, states=states, open_only=open_only, page=page)


def get_matter(*, context: Context, case_id: str) -> tuple[Case, tuple[JournalEntry, ...]]:
    """One of them with its history."""
    return matters.one(context, case_id)


def matter_process(*, context: Context, case_id: str) -> ProcessView:
    """The steps of one's own application: what is done, which office has it, until when."""
    return matters.process(context, case_id)


def supplement(*, context: Context, case_id: str, note: str = "") -> Case:
    """Answer a correction notice with the draft as it now is."""
    return matters.supplement(context, case_id, note)


def withdraw(*, context: Context, case_id: str, reason: str = "") -> Case:
    """Take an application back."""
    return matters.withdraw(context, case_id, reason)


def appeal(*, context: Context, case_id: str, reason: str) -> Case:
    """Ask a person to look again at a refusal."""
    return matters.appeal(context, case_id, reason)


def renew_code(*, context: Context, case_id: str) -> str:
    """A new look-up code; the old one stops working."""
    return matters.renew_code(context, case_id)


def application_status(*, context: Context, reference: str, code: str) -> CaseStatus:
    """How an application stands, for whoever holds its number and code."""
    return matters.status(context, reference, code)
