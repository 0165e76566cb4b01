"""Time as FEEL knows it."""

from pengcheng.kit.feel.temporal.durations import DayTimeDuration, YearMonthDuration
from pengcheng.kit.feel.temporal.points import Date, DateTime, Time

__all__ = ["Date", "DateTime", "DayTimeDuration", "Time", "YearMonthDuration"]
