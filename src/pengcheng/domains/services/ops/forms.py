"""Which form an application is filled in with: the current one at its start, that to its end."""

from __future__ import annotations

from functools import lru_cache

from pengcheng.domains.casework import api as casework
from pengcheng.domains.places import api as places
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.models.forms import FormSheet
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import bundles, sheets
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
    version = casework.current(kind=bundles.KIND, item_code=item.task_code)
    published = _published(version.sha256) if version is not None else None
    return published or sheets.form_for(item)


@lru_cache(maxsize=512)
def _published(sha256: str) -> Definition | None:
    """The form of a published bundle; a hash never means anything else, so it is read once."""
    bundle = casework.get_definition(context=system_context(PART), sha256=sha256)
    return forms.load(bundle.sheet) if bundle.sheet else None


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
