"""The door of city data models: which there are, and what did not fit them."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from pengcheng.domains.sensing.contracts import CityModel
from pengcheng.domains.sensing.ops.broker import fitting
from pengcheng.domains.sensing.ops.broker.database import Database
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.fitting import Field, Model, models

__all__ = ["field_of", "known"]


def known(*, context: Context, database: str) -> tuple[CityModel, ...]:
    """All models, with what the broker of that database has counted."""
    permit(context, "sensing.desk.enter", Resource(kind="models"))
    strict = fitting.strict_of(os.environ.get("PENGCHENG_BROKER_STRICT", ""))
    tallies = _tallies(database)
    return tuple(
        _model(name, model, tallies.get(name) or fitting.Tally(name), strict=name in strict)
        for name, model in sorted(models().items())
    )


def field_of(*, model: str, attribute: str) -> Field | None:
    """What a model says of an attribute."""
    found = models().get(model)
    return found.fields.get(attribute) if found else None


def _tallies(database: str) -> dict[str, fitting.Tally]:
    """None where there is no store yet."""
    file = Path(database.removeprefix("sqlite:///"))
    if not database.startswith("postgres") and not file.exists():
        return {}
    with closing(Database(database).connect()) as connection:
        return fitting.tallies(connection)


def _model(name: str, model: Model, tally: fitting.Tally, *, strict: bool) -> CityModel:
    return CityModel(
        name=name,
        subject=model.subject,
        version=model.version,
        fields=len(model.fields),
        required=tuple(sorted(model.required)),
        strict=strict,
        count=tally.count,
        refused=tally.refused,
        at=terms.instant(tally.at) if tally.at else None,
        entity=tally.entity,
        attribute=tally.attribute,
        expected=tally.expected,
    )
