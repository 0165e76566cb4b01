"""What a rule would have done with the past: nothing is written and nobody is told."""

from __future__ import annotations

import msgspec

from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.streams import contracts
from pengcheng.domains.streams.rules import engine, learning
from pengcheng.domains.streams.rules.state import State
from pengcheng.kernel.context import Context

ENTITIES = 50  # whose limits are learned
SHOWN = 4  # whose past is tried
PAST = 3000  # readings of each
PAGE = 1000


def past(context: Context, entity: str, attribute: str, most: int) -> list[contracts.Reading]:
    """The last readings of an entity, oldest first."""
    found: list[contracts.Reading] = []
    cursor = ""
    while len(found) < most:
        page = sensing.history(
            context=context, entity=entity, attribute=attribute, cursor=cursor, limit=PAGE
        )
        found += [contracts.Reading(o.id, o.observed_at, o.value) for o in page.items]
        cursor = page.following
        if not cursor:
            break
    return found[:most][::-1]


def concerned(context: Context, rule: contracts.Rule, most: int) -> tuple[str, ...]:
    """The entities that have such readings."""
    rows = sensing.latest(
        context=context, type=rule.entity_type, attribute=rule.attribute, district=rule.area
    )
    return tuple(row.entity.id for row in rows[:most])


def baselines(context: Context, rule: contracts.Rule) -> dict[str, contracts.Baseline]:
    found = {}
    for entity in concerned(context, rule, ENTITIES):
        readings = past(context, entity, rule.attribute, PAST)
        baseline = learning.learn(readings, rule.false_alarms)
        if baseline is not None:
            found[entity] = baseline
    return found


def trial(context: Context, rule: contracts.Rule) -> tuple[contracts.Trial, ...]:
    """Of the first few entities; learned limits are tried on the part that did not teach them."""
    return tuple(
        _one(rule, entity, past(context, entity, rule.attribute, PAST))
        for entity in concerned(context, rule, SHOWN)
    )


def _one(rule: contracts.Rule, entity: str, readings: list[contracts.Reading]) -> contracts.Trial:
    if rule.kind == "learned":
        baseline = learning.learn(readings, rule.false_alarms)
        rule = msgspec.structs.replace(rule, baseline=baseline)
        readings = readings[len(readings) * 2 // 3 :]
    state = State()
    fired = engine.feed(rule, state, readings)
    return contracts.Trial(
        entity=entity, readings=tuple(readings), firings=tuple(fired), late=state.late
    )
