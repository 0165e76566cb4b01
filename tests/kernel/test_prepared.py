"""Queries whose text is kept answer what Django's own answer, and nothing else is kept."""

from __future__ import annotations

import datetime as dt
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from pengcheng.kernel.ids import new_id
from pengcheng.kernel.models import AuditHead, Job, OutboxEvent
from pengcheng.kernel.prepared import Lookup, append, insert_all, insert_numbered, update

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=dt.UTC)

by_id = Lookup(lambda id: OutboxEvent.objects.filter(id=id))
by_type_and_subject = Lookup(
    lambda type, subject: OutboxEvent.objects.filter(subject=subject, type=type).order_by("id"),
    keys=2,
)
jobs = Lookup(lambda: Job.objects.filter(state="ready").order_by("id"), keys=0)


def event(**more) -> OutboxEvent:
    facts = {"type": "lamps.lamp.lit", "subject": "lamp/1", "time": NOON, "context": {}, "data": {}}
    return append(OutboxEvent(**{"id": new_id()} | facts | more))


def job(**more) -> Job:
    return append(Job(id=new_id(), task="t", due=NOON, enqueued=NOON, **more))


def same(one, other) -> bool:
    fields = [field.attname for field in one._meta.concrete_fields]
    return all(getattr(one, name) == getattr(other, name) for name in fields)


@pytest.mark.parametrize(
    "data",
    [{}, {"watts": 40}, {"文": ["字", None, 1.5, True]}, {"quote": "'\"%s%%\\"}, [1], "text"],
)
def test_what_is_appended_is_read_as_django_reads_it(data) -> None:
    row = event(data=data, cause="request/1")
    django = OutboxEvent.objects.get(pk=row.pk)
    assert same(by_id.first(row.id), django)
    assert same(row, django)
    assert django.data == data
    assert django.time == NOON


def test_an_appended_row_is_like_a_saved_one() -> None:
    row = job()
    row.state = "done"
    row.save()
    assert Job.objects.get().state == "done"


def test_running_numbers_grow() -> None:
    positions = [event().position for _ in range(5)]
    assert positions == sorted(set(positions))


def test_nothing_is_appended_twice() -> None:
    row = event()
    with pytest.raises(IntegrityError), transaction.atomic():
        event(id=row.id)
    assert OutboxEvent.objects.count() == 1


def test_null_is_kept_apart_from_empty() -> None:
    job(result=None)
    found = jobs.first()
    assert (found.unique_key, found.started, found.worker) == (None, None, "")
    assert same(found, Job.objects.get())


def test_keys_go_where_they_belong() -> None:
    wanted = event(type="b", subject="a")
    event(type="a", subject="b")
    assert [row.id for row in by_type_and_subject.all("b", "a")] == [wanted.id]


def test_rows_come_in_the_order_asked_for() -> None:
    ids = [event().id for _ in range(3)]
    found = by_type_and_subject.all("lamps.lamp.lit", "lamp/1")
    assert [row.id for row in found] == sorted(ids)


@pytest.mark.parametrize("key", ["", "key 0", "' OR 1=1 --", "%s", "无", "x" * 5000])
def test_a_key_is_only_ever_a_key(key: str) -> None:
    event()
    assert by_id.first(key) is None
    assert by_id.all(key) == []


def test_no_row_is_remembered() -> None:
    job()
    assert jobs.first().worker == ""
    Job.objects.update(worker="changed")
    assert jobs.first().worker == "changed"
    Job.objects.all().delete()
    assert jobs.first() is None


def test_asking_costs_one_statement() -> None:
    row = event()
    with CaptureQueriesContext(connection) as asked:
        by_id.first(row.id)
    assert len(asked) == 1


def test_columns_left_out_are_read_when_they_are_wanted() -> None:
    row = event(data={"watts": 1})
    slim = Lookup(lambda id: OutboxEvent.objects.filter(id=id).only("id"))
    found = slim.first(row.id)
    assert found.get_deferred_fields() >= {"data", "context"}
    assert found.data == {"watts": 1}


@pytest.mark.django_db(transaction=True)
def test_each_connection_asks_for_itself() -> None:
    row, found = event(), []

    def ask() -> None:
        found.append(by_id.first(row.id))
        connection.close()

    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.id for each in found] == [row.id] * 3


@pytest.mark.django_db(transaction=True)
def test_a_connection_opened_anew_asks_as_before() -> None:
    row = event()
    by_id.first(row.id)
    connection.close()
    assert by_id.first(row.id).id == row.id


def test_a_row_is_locked_where_the_database_can() -> None:
    locked = Lookup(lambda: AuditHead.objects.select_for_update().filter(id=1), keys=0)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        locked.first()
    can = connection.features.has_select_for_update
    assert ("FOR UPDATE" in asked[0]["sql"]) == can


def test_rows_without_a_model_are_as_django_would_have_made_them() -> None:
    told = {"id": "a", "type": "t", "subject": "s", "time": NOON, "context": {}, "data": {"文": 1}}
    (number,) = insert_numbered(OutboxEvent, [told])
    insert_all(Job, [{"id": name, "task": "t", "due": NOON, "enqueued": NOON} for name in "xy"])
    row = OutboxEvent.objects.get(pk=number)
    assert (row.id, row.cause, row.time, row.data) == ("a", "", NOON, {"文": 1})
    made = Job(id="x", task="t", due=NOON, enqueued=NOON)
    assert same(Job.objects.get(id="x"), made)
    assert Job.objects.count() == 2


def test_only_rows_that_hold_the_values_are_changed() -> None:
    job(worker="a")
    assert update(Job, {"worker": "b"}, {"state": "done"}) == 0
    assert update(Job, {"worker": "a", "state": "ready"}, {"state": "done", "result": [1]}) == 1
    assert (Job.objects.get().state, Job.objects.get().result) == ("done", [1])


def test_a_broken_transaction_takes_no_more_statements() -> None:
    with pytest.raises(TransactionManagementError), transaction.atomic():
        with pytest.raises(IntegrityError):
            [job(unique_key="k") for _ in range(2)]
        connection.set_rollback(True)
        jobs.first()


def test_a_constant_is_written_out_only_if_it_is_plain() -> None:
    job(worker="it's 100%")
    odd = Lookup(lambda: Job.objects.filter(worker="it's 100%").order_by(), keys=0)
    assert odd.first() is not None
    assert Lookup(lambda: Job.objects.filter(worker="").order_by(), keys=0).first() is None
