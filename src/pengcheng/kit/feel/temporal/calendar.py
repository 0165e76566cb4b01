"""Days counted on the proleptic Gregorian calendar, for years far outside Python's own."""

from __future__ import annotations

MAX_YEAR = 999_999_999
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


def is_date(year: int, month: int, day: int) -> bool:
    return (
        -MAX_YEAR <= year <= MAX_YEAR
        and 1 <= month <= 12
        and 1 <= day <= days_in_month(year, month)
    )


def to_days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; eras of 400 years, years that begin in March."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (
        era * 146097
        + year_of_era * 365
        + year_of_era // 4
        - year_of_era // 100
        + (day_of_year - 719468)
    )


def from_days(days: int) -> tuple[int, int, int]:
    era, day_of_era = divmod(days + 719468, 146097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + year_of_era + (month <= 2), month, day


def add_months(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    """The same day of another month, or its last day when it is shorter."""
    shifted_year, shifted_month = divmod(year * 12 + month - 1 + months, 12)
    return shifted_year, shifted_month + 1, min(day, days_in_month(shifted_year, shifted_month + 1))


def weekday(days: int) -> int:
    """1 is Monday, 7 is Sunday."""
    return (days + 3) % 7 + 1


def iso_week(year: int, month: int, day: int) -> int:
    """The ISO 8601 week: the one that holds the year's Thursday."""
    days = to_days(year, month, day)
    thursday = days - weekday(days) + 4
    first = to_days(from_days(thursday)[0], 1, 1)
    return (thursday - first) // 7 + 1
