"""Keeping rules: each change is a version with who made it; reading them back."""

from __future__ import annotations

import msgspec

from pengcheng.domains.streams import contracts, models
from pengcheng.domains.streams.ops import city, trying
from pengcheng.domains.streams.rules import checks
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Invalid, NotFound

MOST_RULES = 500


def check(context: Context, rule: contracts.Rule) -> None:
    """Raises Invalid."""
    known = city.districts(context) if rule.area else {}
    errors = checks.faults(rule, frozenset(known))
    if errors:
        raise Invalid(
            code="streams.rule.invalid",
            zh="规则填写有误",
            en="The rule cannot be kept",
            errors=errors,
        )


def save(context: Context, rule: contracts.Rule) -> contracts.Rule:
    """A new rule or a new version of one; the same again is none."""
    check(context, rule)
    with act(context, "streams.rule.save", Resource(kind="rule", id=rule.id)) as acting:
        row = models.Rule.objects.select_for_update().filter(id=rule.id).first()
        if row is None and models.Rule.objects.count() >= MOST_RULES:
            raise Invalid(
                code="streams.rule.too_many", zh="规则已达 500 条", en="There are 500 rules already"
            )
        number = row.version + 1 if row else 1
        kept = msgspec.structs.replace(rule, version=number, baseline=None)
        if row and msgspec.structs.replace(contract(row), version=number) == kept:
            return contract(row)
        row = row or models.Rule(id=rule.id)
        row.entity_type, row.attribute = rule.entity_type, rule.attribute
        row.active, row.version = rule.active, number
        row.data = msgspec.to_builtins(kept)
        row.save()
        models.Version.objects.create(
            rule=row,
            version=number,
            data=row.data,
            changed_by=context.actor.id,
            changed_at=clock.now(),
        )
        _begin(context, row, kept)
        acting.note(version=number, active=rule.active)
    return kept


def _begin(context: Context, row: models.Rule, rule: contracts.Rule) -> None:
    """A version begins anew at the end of the past; what is learned is learned now."""
    models.Progress.objects.filter(rule=row).delete()
    if rule.kind != "learned":
        return
    learned = trying.baselines(context, rule)
    models.Progress.objects.bulk_create(
        models.Progress(
            rule=row,
            entity=entity,
            version=rule.version,
            state={},
            baseline=msgspec.to_builtins(baseline),
        )
        for entity, baseline in learned.items()
    )


def switch(context: Context, rule_id: str, *, active: bool) -> contracts.Rule:
    return save(context, msgspec.structs.replace(rule(rule_id), active=active))


def contract(row: models.Rule | models.Version) -> contracts.Rule:
    return msgspec.convert(row.data, contracts.Rule)


def rule(rule_id: str) -> contracts.Rule:
    """Raises NotFound."""
    row = models.Rule.objects.filter(id=rule_id).first()
    if row is None:
        raise NotFound(code="streams.rule.not_found", zh="没有这条规则", en="There is no such rule")
    return contract(row)


def rules() -> tuple[contracts.Rule, ...]:
    return tuple(contract(row) for row in models.Rule.objects.all())


def versions(rule_id: str) -> tuple[contracts.Version, ...]:
    rows = models.Version.objects.filter(rule=rule_id)[:100]
    return tuple(
        contracts.Version(rule=contract(r), changed_by=r.changed_by, changed_at=r.changed_at)
        for r in rows
    )


def learned(rule_id: str) -> dict[str, contracts.Baseline]:
    rows = models.Progress.objects.filter(rule=rule_id, baseline__isnull=False).order_by("entity")
    return {row.entity: msgspec.convert(row.baseline, contracts.Baseline) for row in rows[:20]}


def firings(rule_id: str, *, limit: int) -> tuple[contracts.Fired, ...]:
    """The newest first; of all rules when none is named."""
    rows = models.Firing.objects.all()
    rows = rows.filter(rule=rule_id) if rule_id else rows
    return tuple(_fired(row) for row in rows[:limit])


def _fired(row: models.Firing) -> contracts.Fired:
    facts = {"key": row.key, "at": row.at, "value": row.value, "verdict": row.verdict}
    firing = msgspec.convert(facts | {"observations": tuple(row.observations)}, contracts.Firing)
    return contracts.Fired(
        id=row.id,
        rule=row.rule_id,
        version=row.version,
        entity=row.entity,
        firing=firing,
        noted_at=row.noted_at,
    )
