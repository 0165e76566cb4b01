"""What a city data model says of an entity, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pengcheng.domains.sensing.api import models
from pengcheng.kit.ngsild.fitting import REQUIRED, Misfit, Model


def expected(model: str, attribute: str, told: str) -> str:
    """What was expected, in the reader's language."""
    if told == REQUIRED:
        return _("is required")
    field = models.field_of(model=model, attribute=attribute)
    if field is None:
        return told
    if field.words:
        return _("one of %(words)s") % {"words": ", ".join(field.words)}
    wanted = {
        "flag": _("true or false"),
        "integer": _("a whole number"),
        "link": _("a relationship or an id"),
        "number": _("a number"),
        "object": _("an object"),
        "place": _("a place (GeoJSON)"),
        "share": _("a number from 0 to 1"),
        "text": _("a text"),
        "time": _("a time (ISO 8601)"),
    }.get(field.kind, told)
    if field.unit:
        return _("%(wanted)s, in %(unit)s") % {"wanted": wanted, "unit": field.unit}
    return wanted


def verdict(found: tuple[Model, list[Misfit]]) -> str:
    """What a model says of an entity."""
    model, misfits = found
    name = f"{model.name} {model.version} (Smart Data Models)"
    if not misfits:
        return _("%(model)s: it fits") % {"model": name}
    told = [f"{each.attribute}: {expected(*each)}" for each in misfits]
    return _("%(model)s: it does not fit") % {"model": name} + " · " + " · ".join(told)
