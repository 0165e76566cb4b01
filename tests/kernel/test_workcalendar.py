"""Time limits count working days and office hours as offices keep them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pengcheng.kernel.workcalendar import WorkCalendar

CHINA = WorkCalendar.china()
HERE = ZoneInfo("Asia/Shanghai")
days = st.dates(date(2024, 1, 1), date(2027, 11, 30))


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the Saturday before Spring Festival is worked
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over the nine days of Spring Festival
        (date(2026, 9, 30), 5, date(2026, 10, 13)),  # over National Day, with a worked Saturday
        (date(2026, 10, 2), 0, date(2026, 10, 2)),  # nothing to count
    ],
)
def test_limit_ends_on_the_right_day(start, limit, end):
    assert CHINA.add_working_days(start, limit) == end


@given(days, st.integers(1, 40))
def test_counting_back_gives_the_limit_again(start, limit):
    end = CHINA.add_working_days(start, limit)
    assert CHINA.is_working_day(end)
    assert CHINA.working_days_between(start, end) == limit


@given(
    st.datetimes(datetime(2024, 1, 2), datetime(2026, 11, 30), timezones=st.just(HERE)),
    st.integers(1, 400),
)
def test_office_hours_add_up(start, quarters):
    end = CHINA.add_working_hours(start, quarters / 4)
    assert CHINA.working_hours_between(start, end) == pytest.approx(quarters / 4, abs=1e-6)


def test_the_noon_break_does_not_count():
    start = datetime(2026, 11, 23, 11, 0, tzinfo=HERE)
    assert CHINA.add_working_hours(start, 2) == datetime(2026, 11, 23, 15, 0, tzinfo=HERE)


def test_night_before_a_holiday_counts_from_the_next_open_morning():
    start = datetime(2026, 9, 30, 22, 0, tzinfo=HERE)
    assert CHINA.add_working_hours(start, 1) == datetime(2026, 10, 8, 10, 0, tzinfo=HERE)


def test_a_year_without_its_notice_says_so():
    assert CHINA.is_provisional(2027)
    assert CHINA.is_provisional(2031)
    assert not CHINA.is_provisional(2026)


def test_negative_limits_are_refused():
    with pytest.raises(ValueError, match="negative"):
        CHINA.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="negative"):
        CHINA.add_working_hours(datetime(2026, 1, 5, tzinfo=HERE), -1)


def test_an_operator_may_replace_the_days(tmp_path):
    (tmp_path / "2026.toml").write_text(
        'year = 2026\nsource = "local"\nprovisional = false\n'
        '[[holidays]]\nname = "typhoon"\nstart = 2026-09-17\nend = 2026-09-18\n',
        "utf-8",
    )
    own = WorkCalendar.read(tmp_path)
    assert not own.is_working_day(date(2026, 9, 17))
    assert own.is_working_day(date(2026, 10, 1))
    assert own.add_working_days(date(2026, 9, 16), 1) == date(2026, 9, 16) + timedelta(days=5)
