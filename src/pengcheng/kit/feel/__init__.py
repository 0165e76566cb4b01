"""FEEL, the expression language of DMN: `evaluate("a + 1", {"a": 2})`."""

from pengcheng.kit.feel.errors import Diagnostic, FeelSyntaxError
from pengcheng.kit.feel.expression import (
    Expression,
    Outcome,
    compile_expression,
    evaluate,
    explain,
    matches_tests,
)
from pengcheng.kit.feel.limits import Limits
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from pengcheng.kit.feel.unknown import unknown_names

__all__ = [
    "Date",
    "DateTime",
    "DayTimeDuration",
    "Diagnostic",
    "Expression",
    "FeelSyntaxError",
    "Limits",
    "Outcome",
    "Range",
    "Time",
    "YearMonthDuration",
    "compile_expression",
    "evaluate",
    "explain",
    "matches_tests",
    "unknown_names",
]
