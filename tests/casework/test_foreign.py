"""Judged from outside: check characters, deadlines, the chain and the problem documents."""

import json
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from itertools import product

import chinese_calendar
import pytest
from django.db import connection
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Clock, State
from pengcheng.kernel import clock
from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.problems import Problem
from tests.casework.scenes import WANG, appealed, claimed, correction, decided, in_state, opened
from tests.casework.scenes import supplemented as answered

pytestmark = pytest.mark.django_db
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compact(reference: str) -> str:
    return reference.replace("-", "")


def test_python_stdnum_accepts_every_reference_number():
    """python-stdnum implements ISO 7064 independently."""
    for _ in range(40):
        assert mod_37_36.validate(compact(opened().reference))


def refused_at_the_door(number: str) -> bool:
    try:
        api.lookup_status(context=anonymous_context(), reference=number, code="x")
    except Problem as problem:
        return problem.code == "casework.lookup.reference"
    return False


def test_every_single_wrong_character_is_refused_by_both():
    number = compact(opened().reference)
    slips = {
        number[:at] + char + number[at + 1 :] for at, char in product(range(len(number)), ALPHABET)
    }
    for slip in slips - {number}:
        with pytest.raises(ValidationError):
            mod_37_36.validate(slip)
        assert refused_at_the_door(slip), slip


def test_swapped_neighbours_are_judged_alike():
    """The standard lets a few swaps pass; which ones, both must say alike."""
    number = compact(opened().reference)
    for at in range(len(number) - 1):
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert refused_at_the_door(swapped) != mod_37_36.is_valid(swapped), swapped


def their_deadline(start: date, days: int) -> date:
    """The limit as chinese_calendar (notices of the State Council) counts it."""
    day = start
    while days or not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
        days -= bool(days and chinese_calendar.is_workday(day))
    return day


@pytest.mark.parametrize("days", [0, 1, 3, 5, 10])
def test_deadlines_are_those_that_chinese_calendar_counts(days):
    """Days from 2024 to late 2026: every holiday and worked weekend is crossed by some limit."""
    day = date(2024, 1, 1)
    while day < date(2026, 11, 30):
        with clock.frozen(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
            assert opened(clock=Clock(days=days)).clock.due_on == their_deadline(day, days), day
        day += timedelta(days=9 if days == 5 else 31)


@pytest.mark.parametrize(
    ("start", "pause", "back"),
    [
        (date(2026, 2, 9), date(2026, 2, 11), date(2026, 2, 26)),  # over Spring Festival
        (date(2026, 9, 24), date(2026, 9, 29), date(2026, 10, 12)),  # over National Day
        (date(2025, 4, 28), date(2025, 4, 30), date(2025, 5, 7)),
    ],
)
def test_a_pause_costs_the_applicant_no_working_day(start, pause, back):
    def moment(day):
        return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)

    with clock.frozen(moment(start)):
        case = claimed(opened(clock=Clock(days=8)))
    with clock.frozen(moment(pause)):
        case = correction(case)
    with clock.frozen(moment(back)):
        case = answered(case)
    used = len(chinese_calendar.get_workdays(start + timedelta(days=1), pause))
    left = len(chinese_calendar.get_workdays(back + timedelta(days=1), case.clock.due_on))
    assert used + left == 8


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def sha256sum(data: bytes) -> str:
    """GNU coreutils, or the platform's own tool."""
    program = shutil.which("sha256sum") or shutil.which("shasum")
    if program is None:
        pytest.skip("no sha256sum on this machine")
    extra = ["-a", "256"] if program.endswith("shasum") else []
    done = subprocess.run([program, *extra], input=data, capture_output=True, check=True)
    return done.stdout.split()[0].decode("ascii")


def test_sha256sum_and_pythons_json_reach_the_same_chain():
    """The canonical form is plain sorted JSON: anyone can recompute it without this product."""
    case = appealed(in_state(State.REFUSED))
    previous = "0" * 64
    for entry in api.journal(context=WANG, case_id=case.id):
        plain = {name: getattr(entry, name) for name in entry.__struct_fields__}
        told = plain.pop("hash")
        plain["at"] = entry.at.isoformat().replace("+00:00", "Z")
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert plain["previous"] == previous
        previous = sha256sum(text.encode("utf-8"))
        assert previous == told
    head = rows("SELECT head FROM casework_case WHERE id = %s", case.id)[0]["head"]
    assert previous == head


def test_sha256sum_finds_definition_and_submission_at_their_addresses():
    case = decided(claimed(opened()), "granted")
    for table in ("definition", "submission"):
        for row in rows(f"SELECT sha256, body FROM casework_{table}"):  # noqa: S608
            assert sha256sum(bytes(row["body"])) == row["sha256"]
    assert rows("SELECT 1 FROM casework_definition WHERE sha256 = %s", case.definition)
