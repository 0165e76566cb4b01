"""What can be observed and on what: attributes, entities, limits and devices."""

from __future__ import annotations

import hashlib
import secrets
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec

from pengcheng.domains.sensing import contracts, models, rules
from pengcheng.domains.sensing.ops.districts import with_district
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Invalid, NotFound

ENTITY_FIELDS = [name for name in contracts.Entity.__struct_fields__ if name != "id"]
LIMIT_FIELDS = [name for name in contracts.Limit.__struct_fields__ if name != "id"]


@cache
def attributes() -> dict[str, contracts.Attribute]:
    """Every attribute that can be observed, by name."""
    text = resources.files("pengcheng.domains.sensing").joinpath("attributes.toml")
    table = tomllib.loads(text.read_text("utf-8"))
    return {
        name: msgspec.convert({"name": name, **facts}, contracts.Attribute)
        for name, facts in table.items()
    }


def save_entities(context: Context, entities: Sequence[contracts.Entity]) -> int:
    """Register entities, or change what is known of them."""
    found = (rules.wrong_in(index, entity) for index, entity in enumerate(entities))
    if wrong := [error for error in found if error is not None]:
        raise Invalid(
            code="sensing.entity.invalid",
            zh="实体信息有误",
            en="An entity is not as it should be",
            next_zh="请按 errors 中的说明更正。",
            next_en="Mend what is listed in errors.",
            errors=wrong,
        )
    rows = [
        models.Entity(**msgspec.to_builtins(with_district(context, entity))) for entity in entities
    ]
    with act(context, "sensing.entity.save", Resource(kind="entities")) as acting:
        models.Entity.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=ENTITY_FIELDS
        )
        acting.note(count=len(rows))
    return len(rows)


def save_limits(context: Context, limits: Sequence[contracts.Limit]) -> int:
    """Set threshold rules."""
    unknown = [limit.attribute for limit in limits if limit.attribute not in attributes()]
    if unknown:
        raise Invalid(
            code="sensing.limit.attribute_unknown",
            zh=f"没有观测要素 {unknown[0]}",
            en=f"There is no attribute {unknown[0]}",
        )
    rows = [models.Limit(**msgspec.to_builtins(limit)) for limit in limits]
    with act(context, "sensing.limit.save", Resource(kind="limits")) as acting:
        models.Limit.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=LIMIT_FIELDS
        )
        acting.note(limits=[limit.id for limit in limits])
    return len(rows)


def limits() -> tuple[contracts.Limit, ...]:
    """Every threshold rule."""
    return tuple(limit_contract(row) for row in models.Limit.objects.all())


def limit_contract(row: models.Limit) -> contracts.Limit:
    """The rule as others may see it."""
    facts = {name: getattr(row, name) for name in contracts.Limit.__struct_fields__}
    return contracts.Limit(**facts)


def limit(limit_id: str) -> contracts.Limit:
    """One threshold rule. Raises NotFound."""
    row = models.Limit.objects.filter(id=limit_id).first()
    if row is None:
        raise NotFound(
            code="sensing.limit.not_found", zh="没有这条阈值规则", en="There is no such limit"
        )
    return limit_contract(row)


def add_device(context: Context, *, name: str, entity_prefix: str) -> str:
    """Register a sender of readings; returns its key, which is shown this once."""
    key = secrets.token_urlsafe(32)
    with act(context, "sensing.device.add", Resource(kind="device")) as acting:
        device = models.Device.objects.create(
            name=name, entity_prefix=entity_prefix, key_digest=digest(key)
        )
        acting.concerns(Resource(kind="device", id=device.id))
    return key


def device_of(key: str) -> models.Device | None:
    """The active device that holds this key."""
    return models.Device.objects.filter(key_digest=digest(key), active=True).first()


def digest(key: str) -> str:
    """A key is long and random, so one fast hash keeps it safe."""
    return hashlib.sha256(key.encode()).hexdigest()
