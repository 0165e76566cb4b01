"""What conditions and decisions of a process see: answers, results of earlier steps, the day."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import Answer, Definition, Submission
from pengcheng.domains.casework.rules.process.status import ENDED, Statuses, StepStatus

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")
_DATE = "@date"
LARGEST = 20_000
"""Characters of a result or a message: facts for conditions, not documents."""


def names(
    definition: Definition, submission: Submission, statuses: Statuses, today: date
) -> dict[str, Any]:
    """Every name an expression may use; what has not been said yet is null."""
    kinds = {field.key: field.kind for field in definition.form}
    found: dict[str, Any] = dict.fromkeys(kinds)
    for answer in submission.answers:
        found[answer.key] = typed(answer, kinds.get(answer.key, "text"))
    steps = definition.process.steps if definition.process else ()
    for step in steps:
        found[step.id] = given(statuses.get(step.id))
    return found | {"today": today}


def typed(answer: Answer, kind: str) -> Any:
    """The answer as a rule sees it; a number that is none stays text."""
    value = answer.value if answer.fact is None else answer.fact
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, str):
        return value
    try:
        if kind == "number":
            return Decimal(value.strip())
        return date.fromisoformat(value.strip()) if kind == "date" else value
    except (ValueError, InvalidOperation):
        return value


def given(status: StepStatus | None) -> dict[str, Any] | None:
    """What a step gives to the ones after it: its outcome, and what it worked out."""
    if status is None or status.state not in ENDED:
        return None
    return {**result(status), "outcome": status.outcome or None}


def result(status: StepStatus) -> dict[str, Any]:
    return unpacked(status.result) if status.result else {}


def packed(value: Mapping[str, Any]) -> str:
    """A result as JSON; days are marked, numbers keep their digits."""
    return _encoder.encode(_marked(value)).decode()


def unpacked(text: str) -> dict[str, Any]:
    found = _unmarked(_decoder.decode(text))
    return found if isinstance(found, dict) else {"value": found}


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _marked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item) for item in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return {_DATE: value.isoformat()}
    plain = value is None or isinstance(value, str | bool | int | float | Decimal)
    return value if plain else str(value)


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_DATE}:
        return date.fromisoformat(value[_DATE])
    return {key: _unmarked(item) for key, item in value.items()}
