"""A short transaction holds its rows back until it needs the lock: its thinking stops nobody."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from pengcheng.domains.casework.models import CaseNumber
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import Job, Seen
from pengcheng.kernel.numbering import AT_ONCE, next_number
from pengcheng.kernel.prepared import Lookup, append, insert, insert_numbered, update
from pengcheng.kernel.sharing import shared

pytestmark = [pytest.mark.one_database, pytest.mark.django_db(transaction=True)]
of_subject = Lookup(lambda subject: Seen.objects.filter(subject=subject))
jobs_of = Lookup(lambda worker: Job.objects.filter(worker=worker))


class Torn(Exception):
    pass


def whole(step: Callable[[], Any]) -> Any:
    """As a part of a shared transaction."""

    def done() -> Any:
        with transaction.atomic():
            return step()

    return shared(done)


def keep(name: str) -> None:
    insert(Seen, subject=name, entry="-")


def names() -> list[str]:
    return list(Seen.objects.order_by("pk").values_list("subject", flat=True))


def elsewhere(step: Callable[[], object]) -> None:
    """Do it in another thread, on a connection of its own."""
    failed: list[BaseException] = []

    def do() -> None:
        try:
            step()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = Thread(target=do)
    thread.start()
    thread.join(60)
    assert not thread.is_alive(), "it waits for a lock that nobody needs"
    assert not failed, failed


def test_who_only_adds_and_reads_holds_nobody_up() -> None:
    def step() -> None:
        keep("mine")
        assert jobs_of.all("nobody") == []
        elsewhere(lambda: whole(lambda: keep("theirs")))

    whole(step)
    assert names() == ["theirs", "mine"]


def test_what_was_added_is_seen_by_who_added_it() -> None:
    def step() -> None:
        keep("mine")
        assert [row.subject for row in of_subject.all("mine")] == ["mine"]
        insert(Job, id="mine", task="t", **times())
        assert update(Job, {"id": "mine"}, {"worker": "me"}) == 1

    whole(step)
    assert Job.objects.get().worker == "me"


def test_another_way_of_asking_sees_it_too() -> None:
    def step() -> int:
        keep("mine")
        return Seen.objects.count()

    assert whole(step) == 1


def test_what_fails_leaves_nothing() -> None:
    def step() -> None:
        keep("mine")
        raise Torn

    with pytest.raises(Torn):
        whole(step)
    assert names() == []


def test_a_part_that_is_undone_takes_its_rows_along() -> None:
    def torn() -> None:
        with transaction.atomic():
            keep("torn")
            raise Torn

    def step() -> None:
        keep("first")
        with pytest.raises(Torn):
            torn()
        with transaction.atomic():
            keep("second")

    whole(step)
    assert names() == ["first", "second"]


@pytest.mark.parametrize("asks", [False, True], ids=["to the end", "until it asks"])
def test_a_key_that_is_taken_is_told_in_its_place(asks: bool) -> None:
    insert(Job, id="taken", task="t", **times())
    tries: list[str] = []

    def step() -> str:
        keep("before")
        try:
            with transaction.atomic():
                insert(Job, id="taken", task="t", **times())
                if asks:
                    Seen.objects.count()
            tries.append("believed")
        except IntegrityError:
            tries.append("told")
        keep("after")
        return tries[-1]

    assert whole(step) == "told"
    assert names() == ["before", "after"]
    assert tries in (["believed", "told"], ["told"])


def test_the_audit_chain_stays_one(official: Any) -> None:
    def step() -> None:
        keep("mine")
        audit.record(official, action="lamps.lamp.light")
        keep("more")

    for _ in range(3):
        whole(step)
    assert audit.verify().whole
    assert names() == ["mine", "more"] * 3


def test_rows_with_a_number_have_it_at_once() -> None:
    def step() -> int:
        row = append(Seen(subject="mine", entry="-"))
        return int(row.pk)

    assert Seen.objects.get(pk=whole(step)).subject == "mine"


def times() -> dict[str, Any]:
    return {"due": clock.now(), "enqueued": clock.now()}


# --- numbers ----------------------------------------------------------------------------


def number() -> int:
    return next_number(CaseNumber)


def test_no_number_is_given_twice() -> None:
    given: list[int] = []

    def give() -> None:
        given.append(whole(number))

    for _ in range(3):
        given += [whole(number) for _ in range(AT_ONCE - 10)]
        elsewhere(give)
        given.append(number())  # who does not share asks the database
    assert len(set(given)) == len(given)


def test_numbers_of_what_was_undone_are_not_given_out() -> None:
    def lost() -> None:
        taken.append(number())
        raise Torn

    taken: list[int] = []
    held = [whole(number) for _ in range(AT_ONCE)]  # whatever was left is used up
    for _ in range(AT_ONCE):
        with pytest.raises(Torn):
            whole(lost)
    more = [whole(number) for _ in range(2 * AT_ONCE)]
    (fresh,) = insert_numbered(CaseNumber, [{}])
    assert len({*held, *more, fresh}) == 3 * AT_ONCE + 1
