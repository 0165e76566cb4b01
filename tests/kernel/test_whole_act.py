"""An act whose parts stand or fall together: one lock of the chain, nothing left of a failure."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pengcheng.kernel import audit
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import system_context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict

pytestmark = pytest.mark.django_db
SYSTEM = system_context("tests")
LOAD = "lamps.lamp.light"


def thing(name: str) -> Resource:
    return Resource(kind="thing", id=name)


def part(name: str, **facts: Any) -> None:
    with act(SYSTEM, LOAD, thing(name)) as acting:
        acting.note(**facts)


def lines() -> list[tuple[str, str]]:
    return [(line.resource, line.outcome) for line in audit.entries()]


def test_the_lines_of_the_parts_stand_before_the_line_of_the_whole() -> None:
    with act(SYSTEM, LOAD, thing("outer")) as acting:
        with acting.whole():
            part("first", n=1)
            part("second", n=2)
        acting.note(n=3)
    assert sorted(lines()) == [
        ("thing/first", "success"),
        ("thing/outer", "success"),
        ("thing/second", "success"),
    ]
    assert audit.verify().whole
    assert audit.verify().count == 3


def test_the_chain_is_locked_once() -> None:
    part("before")
    with CaptureQueriesContext(connection) as seen, act(SYSTEM, LOAD, thing("outer")) as acting:
        with acting.whole():
            part("first")
            part("second")
    said = [query["sql"] for query in seen.captured_queries]
    assert sum("audit_head" in sql and sql.startswith("SELECT") for sql in said) == 1
    assert sum("audit_head" in sql and sql.startswith("UPDATE") for sql in said) == 1


def test_a_part_that_fails_takes_the_whole_with_it_and_one_line_tells() -> None:
    def failing() -> None:
        with act(SYSTEM, LOAD, thing("outer")) as acting, acting.whole():
            part("first")
            with act(SYSTEM, LOAD, thing("second")):
                raise Conflict(code="tests.torn", zh="破", en="torn")

    with pytest.raises(Conflict):
        failing()
    assert [outcome for _resource, outcome in lines()] == ["failure"]
    assert audit.verify().whole


def test_acts_outside_are_as_before() -> None:
    with act(SYSTEM, LOAD, thing("outer")) as acting, acting.whole():
        part("first")
    part("later")
    assert len(lines()) == 3


def test_a_whole_within_a_whole_hands_its_lines_up() -> None:
    with act(SYSTEM, LOAD, thing("outer")) as outer, outer.whole():
        with act(SYSTEM, LOAD, thing("middle")) as middle, middle.whole():
            part("inner")
    assert len(lines()) == 3
    assert audit.verify().whole


def test_what_is_done_together_locks_the_chain_once_and_keeps_what_was_not_undone() -> None:
    with transaction.atomic():
        with CaptureQueriesContext(connection) as seen, audit.together():
            part("kept", n=1)
            with pytest.raises(KeyError), transaction.atomic():
                part("undone", n=2)
                raise KeyError
            part("kept too", n=3)
        said = [query["sql"] for query in seen.captured_queries]
        assert sum("audit_head" in sql and sql.startswith("UPDATE") for sql in said) == 1
        part("after")
    assert sorted(lines()) == [
        ("thing/after", "success"),
        ("thing/kept", "success"),
        ("thing/kept too", "success"),
    ]
    assert audit.verify().whole
