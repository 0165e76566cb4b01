"""What others see of the catalogue of service items and of applications: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

Unit = Literal["working", "calendar"]


class Term(Struct, frozen=True):
    """One word of a vocabulary (a theme, an audience, a kind of item) in both languages."""

    id: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Limit(Struct, frozen=True):
    """A time limit."""

    days: int
    unit: Unit = "working"


class OfficeStep(Struct, frozen=True):
    """What one of several offices does in a joint handling."""

    office: str
    phases: tuple[str, ...]


class Declared(Struct, frozen=True, kw_only=True):
    """Fields of the national tables that the consistency rules need and our source lacks.

    ``None`` means not stated; a catalogue that has them fills them in while loading.
    """

    project_type: str | None = None
    audit_type: str | None = None
    result_type: str | None = None
    result_name: str | None = None
    result_sample: bool | None = None
    limit_scene_explain: str | None = None
    handle_type: tuple[str, ...] | None = None
    online_handle_depth: int | None = None
    is_fee: bool | None = None
    fee_basis: str | None = None
    fee_items: tuple[str, ...] | None = None
    fee_stand: str | None = None
    is_pay_online: bool | None = None
    link_way: str | None = None
    faq: int | None = None
    stages: tuple[str, ...] | None = None
    at_once: bool | None = None


class Item(Struct, frozen=True, kw_only=True):
    """A service item; field names follow the national exchange tables (GB/T 39046), typed.

    ``None`` or empty means that the source says nothing: it is shown as such, never guessed.
    """

    task_code: str
    catalog_code: str
    local_task_code: str = ""
    task_name: str
    sub_name: str = ""
    catalog_name: str
    group_name: str
    name_en: str = ""
    task_type: str
    dept_code: str
    dept_name: str
    dept_name_en: str = ""
    use_level: str
    region_code: str
    region_name: str
    server_type: tuple[str, ...]
    topic_type: tuple[str, ...]
    by_law: tuple[str, ...] = ()
    accept_condition: str = ""
    anticipate: Limit | None = None
    promise: Limit | None = None
    limit_scene_num: int
    is_online: bool
    link_addr: str = ""
    platform: str = ""
    booking_addr: str = ""
    is_express: bool | None = None
    transact_addr: str = ""
    has_window: bool
    other_dept: tuple[OfficeStep, ...] = ()
    consult_phone: tuple[str, ...] = ()
    consult_note: str = ""
    complain_phone: tuple[str, ...] = ()
    complain_note: str = ""
    materials: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    is_notice: bool = False
    declared: Declared = Declared()

    @property
    def fully_online(self) -> bool:
        """Applied for on the web and nobody has to come: our reading of the source's two fields."""
        return self.is_online and self.limit_scene_num == 0

    def title(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.task_name

    def department(self, language: str) -> str:
        english = language.startswith("en") and self.dept_name_en
        return self.dept_name_en if english else self.dept_name


class Department(Struct, frozen=True, kw_only=True):
    """A body that answers for items, with how many."""

    code: str
    name: str
    name_en: str = ""
    items: int = 0

    def title(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name


class Situation(Struct, frozen=True, kw_only=True):
    """A moment of life and the items that people need in it."""

    id: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    kind: Literal["", "life", "business"] = ""
    items: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def hint(self, language: str) -> str:
        return self.hint_en if language.startswith("en") else self.hint_zh


class Source(Struct, frozen=True, kw_only=True):
    """Where the catalogue comes from; printed on every page that shows an item."""

    name: str
    name_zh: str
    origin: str
    origin_url: str
    repository: str
    commit: str
    licence: str
    as_of: date
    coverage_zh: str = ""
    coverage_en: str = ""


class Gap(Struct, frozen=True):
    """Something the source does not say, and for how many items."""

    field: str
    zh: str
    en: str
    missing: int


class Catalogue(Struct, frozen=True, kw_only=True):
    """The state of the loaded catalogue."""

    version: int
    items: int
    loaded_at: datetime
    source: Source
    gaps: tuple[Gap, ...] = ()


class LoadReport(Struct, frozen=True, kw_only=True):
    """What a loading did: the second loading of the same file changes nothing."""

    read: int
    added: int
    changed: int
    unchanged: int
    removed: int
    version: int
    gaps: tuple[Gap, ...] = ()


# --- search -----------------------------------------------------------------------------


class SearchQuery(Struct, frozen=True, kw_only=True):
    """What somebody looks for; what is left out does not filter."""

    text: str = ""
    audience: str = ""
    theme: str = ""
    department: str = ""
    level: str = ""
    kind: str = ""
    online: bool = False
    language: str = "zh-hans"
    page: int = 1
    size: int = 20


class Hit(Struct, frozen=True, kw_only=True):
    """One found item; ``marked`` is the title cut into (text, was searched for)."""

    item: Item
    score: float
    marked: tuple[tuple[str, bool], ...]
    excerpt: tuple[tuple[str, bool], ...] = ()


class FacetValue(Struct, frozen=True, kw_only=True):
    term: Term
    count: int
    chosen: bool = False


class Facet(Struct, frozen=True, kw_only=True):
    id: str
    values: tuple[FacetValue, ...]


class SearchPage(Struct, frozen=True, kw_only=True):
    """One page of results. ``relaxed`` tells that nothing had all the words."""

    query: SearchQuery
    hits: tuple[Hit, ...]
    total: int
    page: int
    pages: int
    facets: tuple[Facet, ...]
    relaxed: bool = False
    suggestions: tuple[str, ...] = ()
    catalogue_version: int = 0


# --- applications -----------------------------------------------------------------------


class Applied(Struct, frozen=True, kw_only=True):
    """The answer to a submission; the same again for a second press of the button."""

    case_id: str
    reference: str
    code: str | None
    outcome: Literal["granted", "refused"] | None
    reason_zh: str = ""
    reason_en: str = ""
    licence_id: str = ""
    licence_number: str = ""
    repeated: bool = False


class DraftView(Struct, frozen=True, kw_only=True):
    """An application that was begun and not yet sent."""

    id: str
    item_code: str
    form_id: str
    form_sha256: str
    owner: str
    answers: Mapping[str, object]
    created_at: datetime
    updated_at: datetime
    case_id: str = ""


class UploadView(Struct, frozen=True, kw_only=True):
    """A file handed in: what it is by its content, not by its name."""

    id: str
    draft_id: str
    question: str
    name: str
    media_type: str
    size: int
    sha256: str
