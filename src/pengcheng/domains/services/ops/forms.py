"""Which form an application is filled in with: the current one at its start, that to its end."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Definition as Bundle
from pengcheng.domains.places import api as places
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.models.forms import FormSheet
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import bundles, decisions, sheets
from pengcheng.domains.services.rules.decisions import Table
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.prepared import Lookup
from pengcheng.kit.forms import definition as forms
from pengcheng.kit.forms import sources
from pengcheng.kit.forms.definition import Definition, Option, Text

PART = "services"
_kept = Lookup(lambda sha256: FormSheet.objects.filter(pk=sha256).order_by())


def current(item: Item) -> Definition:
    """The published form of the item, else the one that is shipped."""
    return form_of(item, published(item))


def form_of(item: Item, bundle: Bundle | None) -> Definition:
    """The form in what is published for the item, else the one that is shipped."""
    return (_sheet_of(bundle.sheet) if bundle and bundle.sheet else None) or sheets.form_for(item)


def published(item: Item) -> Bundle | None:
    """The bundle that officials published for the item, if they did."""
    version = casework.current(kind=bundles.KIND, item_code=item.task_code)
    if version is None:
        return None
    return casework.get_definition(context=system_context(PART), sha256=version.sha256)


@lru_cache(maxsize=512)
def _sheet_of(sheet: bytes) -> Definition:
    return forms.load(sheet)


def bundle_for(item: Item, form: Definition, table: Table | None, given: Bundle | None) -> Bundle:
    """What a new case is pinned to: what is published, with the form that was filled in."""
    if given is None:
        return bundles.bundle(item, form, table)
    return replace(given, sheet=form.encoded(), form=bundles.fields(form))


def table_for(form: Definition, given: Bundle | None) -> Table | None:
    """The rules that decide: the published ones, else those that are shipped."""
    if not form.decision:
        return None
    model = given.decision if given is not None else None
    if model is None or not model.dmn:
        return decisions.table(form.decision)
    return decisions.republished(form.decision, model)


def keep(form: Definition) -> str:
    """Keep the form for the drafts that are begun with it; answers its address."""
    sha256 = form.sha256()
    if _kept.first(sha256) is None:
        body = {"body": form.encoded(), "kept_at": clock.now()}
        FormSheet.objects.get_or_create(sha256=sha256, defaults=body)
    return sha256


def of_draft(row: Draft) -> Definition:
    """The form that the draft was begun with, whatever was published since."""
    return _sheet(row.form_sha256) or current(catalogue.item(row.item_code))


@lru_cache(maxsize=512)
def _known(sha256: str) -> Definition:
    row = _kept.first(sha256)
    if row is None:
        raise LookupError(sha256)
    return filled(forms.read(bytes(row.body)))


def _sheet(sha256: str) -> Definition | None:
    try:
        return _known(sha256)
    except LookupError:  # begun before forms were kept
        return None


# --- lists that other domains keep ------------------------------------------------------


def filled(form: Definition) -> Definition:
    """The form with the options of its lists that others keep."""
    return sources.filled(form, supply)


@lru_cache(maxsize=32)
def supply(source: str) -> tuple[Option, ...]:
    """``places.districts:<code>`` gives the divisions below that one."""
    name, _, parent = source.partition(":")
    if name != "places.districts":
        return ()
    found = places.list_divisions(system_context(PART), parent=parent or "4403", size=100)
    return tuple(Option(each.code, Text(each.name, each.name_en)) for each in found.items)
