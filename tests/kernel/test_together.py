"""What parts of a transaction tell is written together at its end, or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pengcheng.kernel import audit
from pengcheng.kernel.acting import act
from pengcheng.kernel.columns import fresh
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import Envelope, emit, hears
from pengcheng.kernel.models import AuditHead, Delivery, OutboxEvent
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import append, insert_numbered
from pengcheng.kernel.together import together
from tests.kernel.conftest import LampLit

pytestmark = pytest.mark.django_db
SYSTEM = system_context("tests")


@pytest.fixture(autouse=True)
def hearer() -> None:
    @hears(LampLit)
    def hear(envelope: Envelope, event: LampLit) -> None:
        """Owes a delivery for each lamp."""


def lit(lamp: str) -> str:
    return emit(SYSTEM, LampLit(subject=lamp))


def lamps() -> list[str]:
    return list(OutboxEvent.objects.order_by("position").values_list("subject", flat=True))


def owed() -> list[str]:
    told = Delivery.objects.order_by("event").values_list("subject", "event__subject")
    assert all(of_delivery == of_event for of_delivery, of_event in told)
    return [subject for subject, _ in told]


def test_events_are_written_at_the_end_in_their_order_with_what_is_owed() -> None:
    with transaction.atomic(), together():
        ids = [lit(f"lamp/{n}") for n in range(120)]
        assert not lamps()
    assert lamps() == owed() == [f"lamp/{n}" for n in range(120)]
    assert list(OutboxEvent.objects.order_by("position").values_list("id", flat=True)) == ids


def test_several_events_cost_two_statements() -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as seen, together():
        for n in range(4):
            lit(f"lamp/{n}")
    inserts = [each for each in seen.captured_queries if "INSERT" in each["sql"]]
    assert len(inserts) == 2


def test_a_part_that_is_undone_tells_nothing() -> None:
    with transaction.atomic(), together():
        lit("lamp/before")
        with pytest.raises(ValueError, match="torn"), transaction.atomic():
            lit("lamp/within")
            raise ValueError("torn")
        with together():  # a block within another leaves the writing to it
            lit("lamp/after")
        assert not lamps()
    assert lamps() == owed() == ["lamp/before", "lamp/after"]


def test_nothing_is_left_when_the_whole_is_undone() -> None:
    with pytest.raises(ValueError, match="torn"), transaction.atomic(), together():
        lit("lamp/1")
        raise ValueError("torn")
    with transaction.atomic(), together():
        lit("lamp/2")
    assert lamps() == owed() == ["lamp/2"]


def test_an_attempt_that_fails_takes_back_what_its_acts_told() -> None:
    append(fresh(AuditHead, id=1, digest=audit.GENESIS))

    def part(name: str) -> None:
        with act(SYSTEM, "lamps.lamp.light", Resource(kind="lamp", id=name)) as acting:
            acting.emit(LampLit(subject=name))

    with act(SYSTEM, "lamps.lamp.light", Resource(kind="house")) as acting:
        with together(), acting.whole():
            part("before")
            with pytest.raises(IntegrityError), acting.attempt():
                part("within")
                append(fresh(AuditHead, id=1, digest=audit.GENESIS))
            part("after")
    assert lamps() == ["before", "after"]
    said = [line.resource for line in audit.entries(action="lamps.lamp.light")]
    assert said == ["house", "lamp/after", "lamp/before"]
    assert audit.verify().whole


def test_a_fresh_row_is_like_a_new_one_and_has_no_other_columns() -> None:
    row = fresh(OutboxEvent, type="lamps.lamp.lit", subject="lamp/1")
    usual = OutboxEvent(type="lamps.lamp.lit", subject="lamp/1")
    names = [field.attname for field in OutboxEvent._meta.concrete_fields if field.name != "id"]
    assert [getattr(row, name) for name in names] == [getattr(usual, name) for name in names]
    assert len(row.id) == 36
    assert row._state.adding
    with pytest.raises(TypeError, match="watts"):
        fresh(OutboxEvent, watts=40)


def test_no_rows_have_no_numbers() -> None:
    assert insert_numbered(OutboxEvent, []) == []
