"""A batch of readings came: each rule goes on from where it stood.

State, firings and events are written in the transaction that marks the batch as heard, so what
was cut off is done again from the state before, and nothing is told twice.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.sensing import contracts as sensed
from pengcheng.domains.sensing.events import ObservationsRecorded
from pengcheng.domains.streams import contracts, models
from pengcheng.domains.streams.events import RuleFired
from pengcheng.domains.streams.ops.keeping import contract
from pengcheng.domains.streams.rules import engine
from pengcheng.domains.streams.rules.state import State
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.events import emit
from pengcheng.kernel.permits import Resource

Group = dict[tuple[str, str], list[sensed.Observation]]


def take(context: Context, event: ObservationsRecorded) -> int:
    """Give the batch to the rules that concern it; returns how many fired."""
    if not event.first or not event.judged:
        return 0
    rules = [contract(row) for row in models.Rule.objects.filter(active=True)]
    if not rules:
        return 0
    groups: Group = defaultdict(list)
    for each in sensing.batch(context=context, event=event):
        groups[each.entity, each.attribute].append(each)
    wanted = {rule.attribute for rule in rules}
    fired = 0
    for (entity_id, attribute), rows in sorted(groups.items()):
        if attribute in wanted:
            entity = sensing.entity(context=context, entity_id=entity_id)
            for rule in rules:
                if _concerns(rule, entity, attribute):
                    fired += _advance(context, rule, entity_id, rows)
    return fired


def _concerns(rule: contracts.Rule, entity: sensed.Entity, attribute: str) -> bool:
    same = rule.attribute == attribute and rule.entity_type == entity.type
    return same and rule.area in ("", entity.district)


def _advance(
    context: Context, rule: contracts.Rule, entity: str, rows: list[sensed.Observation]
) -> int:
    progress, _ = models.Progress.objects.select_for_update().get_or_create(
        rule_id=rule.id, entity=entity, defaults={"version": rule.version, "state": {}}
    )
    if progress.version != rule.version:  # a batch that ran while the rule was changed
        progress.version, progress.state = rule.version, {}
    state = msgspec.convert(progress.state, State)
    if progress.baseline:
        baseline = msgspec.convert(progress.baseline, contracts.Baseline)
        rule = msgspec.structs.replace(rule, baseline=baseline)
    ordered = sorted(rows, key=lambda row: (row.observed_at, row.id))
    readings = [contracts.Reading(row.id, row.observed_at, row.value) for row in ordered]
    found = engine.feed(rule, state, readings)
    progress.state = msgspec.to_builtins(state)
    progress.save(update_fields=["state", "version"])
    for each in found:
        _tell(context, rule, ordered[-1], each)
    return len(found)


def _tell(
    context: Context, rule: contracts.Rule, row: sensed.Observation, firing: contracts.Firing
) -> None:
    with act(context, "streams.rule.run", Resource(kind="rule", id=rule.id)) as acting:
        kept, new = models.Firing.objects.get_or_create(
            rule_id=rule.id,
            version=rule.version,
            entity=row.entity,
            key=firing.key,
            defaults={
                "verdict": firing.verdict,
                "at": firing.at,
                "value": firing.value,
                "observations": list(firing.observations),
                "noted_at": clock.now(),
            },
        )
        acting.note(version=rule.version, verdict=firing.verdict)
        if new:
            emit(context.caused_by(firing.observations[-1]), _news(rule, row, firing, kept.id))


def _news(
    rule: contracts.Rule, row: sensed.Observation, firing: contracts.Firing, kept: str
) -> RuleFired:
    return RuleFired(
        subject=f"rule/{rule.id}/{row.entity}",
        firing=kept,
        rule=rule.id,
        rule_zh=rule.zh,
        rule_en=rule.en,
        version=rule.version,
        severity=rule.severity,
        incident=rule.incident,
        verdict=firing.verdict,
        entity=row.entity,
        attribute=rule.attribute,
        value=firing.value,
        unit_code=row.unit_code,
        provenance=row.provenance,
        observations=firing.observations,
        at=firing.at,
    )
