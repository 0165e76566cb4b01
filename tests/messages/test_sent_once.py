"""A message is sent once a key, in the sender's transaction, and by the system alone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import About, MessageQuery
from pengcheng.domains.messages.models import MessageRecord
from pengcheng.kernel import audit
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.messages.scenes import ABOUT, CHEN, LIU, SENDER, TEMPLATE, WANG, told


def inbox(who=CHEN):
    return api.list_messages(context=who, query=MessageQuery())


@pytest.mark.django_db
def test_what_is_sent_lies_in_the_inbox_in_both_languages() -> None:
    sent = told()
    found = inbox().rows
    assert found == (sent,)
    assert found[0].title.zh == "消息接收方式已更改"
    assert found[0].title.text("en") == "The way you are told was changed"
    assert found[0].about == ABOUT
    assert inbox(LIU).total == 0
    event = OutboxEvent.objects.get(type="messages.message.sent")
    assert event.data["owner"] == "chen"
    assert "title" not in event.data


@pytest.mark.django_db
def test_the_same_key_answers_the_same_message_and_other_content_is_refused() -> None:
    assert told() == told()
    assert inbox().total == 1
    assert OutboxEvent.objects.filter(type="messages.message.sent").count() == 1
    with pytest.raises(Conflict):
        told(about=About("case", "c-2"))
    assert told("liu").id != told().id


@pytest.mark.django_db
def test_a_sender_that_fails_has_told_nobody() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        told()
        raise ZeroDivisionError
    assert inbox().total == 0
    assert told().read_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("who", [CHEN, WANG])
def test_nobody_sends_in_the_systems_name(who) -> None:
    with pytest.raises(Denied):
        api.send(
            context=who, to="liu", template=TEMPLATE, values={}, about=ABOUT, idempotency_key="x"
        )
    assert MessageRecord.objects.count() == 0
    assert audit.entries(action="messages.message.send")[0].outcome == "denied"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"values": {"name": "x"}}, "/values/name"),
        ({"to": ""}, "/to"),
        ({"idempotency_key": ""}, "/idempotency_key"),
        ({"about": About("case", "1", "https://elsewhere.example/")}, "/about/url"),
        ({"about": About("case", "1", "//elsewhere.example/")}, "/about/url"),
        ({"about": About("case", "1", "/\\elsewhere.example/")}, "/about/url"),
    ],
)
def test_what_is_wrong_is_named(changes, pointer) -> None:
    asked = {"to": "chen", "template": TEMPLATE, "values": {}, "about": ABOUT}
    asked |= {"idempotency_key": "k", **changes}
    with pytest.raises(Invalid) as refused:
        api.send(context=SENDER, **asked)
    assert [error.pointer for error in refused.value.errors] == [pointer]


@pytest.mark.django_db
def test_an_unknown_template_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFound):
        api.send(
            context=SENDER, to="a", template="no.such", values={}, about=ABOUT, idempotency_key="k"
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_senders_with_one_key_one_sends() -> None:
    found, start = [], threading.Barrier(4)

    def body() -> None:
        try:
            start.wait(60)
            found.append(told().id)
        finally:
            connection.close()

    threads = [threading.Thread(target=body) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert OutboxEvent.objects.filter(type="messages.message.sent").count() == 1
