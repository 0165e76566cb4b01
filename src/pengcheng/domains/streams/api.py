"""The only door into rules on the stream."""

from __future__ import annotations

from pengcheng.domains.sensing.events import ObservationsRecorded
from pengcheng.domains.streams import contracts
from pengcheng.domains.streams.ops import city, keeping, running, trying
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError


def save(*, context: Context, rule: contracts.Rule) -> contracts.Rule:
    """Keep a rule as a new version. Raises Invalid, field by field."""
    return keeping.save(context, rule)


def switch(*, context: Context, rule_id: str, active: bool) -> contracts.Rule:
    """Switch a rule on or off; that is a version too. Raises NotFound."""
    return keeping.switch(context, rule_id, active=active)


def rules(*, context: Context) -> tuple[contracts.Rule, ...]:
    """Every rule as it holds now."""
    _may_read(context)
    return keeping.rules()


def rule(*, context: Context, rule_id: str) -> contracts.Rule:
    """One rule. Raises NotFound."""
    _may_read(context)
    return keeping.rule(rule_id)


def versions(*, context: Context, rule_id: str) -> tuple[contracts.Version, ...]:
    """How a rule was, newest first."""
    _may_read(context)
    return keeping.versions(rule_id)


def learned(*, context: Context, rule_id: str) -> dict[str, contracts.Baseline]:
    """What a rule has learned, by entity."""
    _may_read(context)
    return keeping.learned(rule_id)


def firings(*, context: Context, rule_id: str = "", limit: int = 50) -> tuple[contracts.Fired, ...]:
    """What fired, newest first."""
    _may_read(context)
    return keeping.firings(rule_id, limit=max(1, min(limit, 1000)))


def districts(*, context: Context) -> dict[str, str]:
    """The districts to which a rule may be held, by code, in the reader's language."""
    _may_read(context)
    return city.districts(context)


def trial(*, context: Context, rule: contracts.Rule) -> tuple[contracts.Trial, ...]:
    """What a rule would have done with the past; nothing is kept. Raises Invalid."""
    _may_read(context)
    keeping.check(context, rule)
    return trying.trial(context, rule)


def take(*, context: Context, event: ObservationsRecorded) -> int:
    """Give a batch of readings to the rules; returns how many fired."""
    permit(context, "streams.rule.run", Resource(kind="rules"))
    return running.take(context, event)


def taken() -> Conflict:
    """What a person hears whose new rule bears the name of another."""
    return Conflict(
        code="streams.rule.taken",
        zh="已有同名规则",
        en="There is a rule of that name already",
        next_zh="请换一个名称，或修改原有规则。",
        next_en="Choose another name, or change the rule that is there.",
        errors=(FieldError("/id", "已有同名规则", "There is a rule of that name already"),),
    )


def _may_read(context: Context) -> None:
    permit(context, "streams.rule.read", Resource(kind="rules"))
