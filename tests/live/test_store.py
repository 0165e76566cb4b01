"""The live side's look into the real database: the outbox, and who a session belongs to."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.db import connection, transaction

from pengcheng.domains.identity.models import Account, SignIn
from pengcheng.domains.sensing.events import ObservationsRecorded
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import emit
from pengcheng.shell.live import frames
from pengcheng.shell.live.store import PostgresStore, SqliteStore, Store
from tests.support.people import holder, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def store() -> Store:
    """A store on the very database of this test."""
    if connection.vendor == "sqlite":
        return SqliteStore(Path(connection.settings_dict["NAME"]))
    return PostgresStore(
        {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    )


def happen() -> str:
    event = ObservationsRecorded(
        subject="source/x", source="x", provenance="measured", count=1, newest=clock.now()
    )
    with transaction.atomic():
        return emit(system_context("tests"), event)


def session_of(role: str) -> tuple[str, SignIn]:
    account = holder(role)
    key = signed_in(account).session.session_key or ""
    now = clock.now()
    kept = SignIn.objects.filter(session_key=key).first() or SignIn.objects.create(
        account=Account.objects.get(id=account.id),
        session_key=key,
        started_at=now,
        expires_at=now + timedelta(hours=1),
    )
    return key, kept


def test_what_is_emitted_is_read_as_it_stands(store: Store) -> None:
    before = store.newest()
    made = happen()
    (row,) = store.after(before, 10)
    assert (row.id, row.type, row.position) == (made, ObservationsRecorded.type, store.newest())
    body = msgspec.json.decode(frames.event(row).split(b"data: ")[1].strip())
    assert body["data"]["source"] == "x"
    assert abs(datetime.fromisoformat(body["time"]) - clock.now()) < timedelta(minutes=5)


def test_what_is_not_committed_is_not_seen(store: Store) -> None:
    before = store.newest()
    with transaction.atomic():
        happen()
        seen = store.after(before, 10)
    assert seen == []


def test_a_session_gives_its_account_s_roles(store: Store) -> None:
    key, _ = session_of("commander")
    assert store.roles(key) == {"commander"}
    assert store.roles("another") == frozenset()


@pytest.mark.parametrize("why", ["ended", "expired", "disabled", "gone"])
def test_a_session_that_is_over_gives_none(store: Store, why: str) -> None:
    from django.contrib.sessions.models import Session

    key, kept = session_of("commander")
    past = clock.now() - timedelta(minutes=1)
    if why == "ended":
        SignIn.objects.filter(id=kept.id).update(ended_at=past)
    elif why == "expired":
        SignIn.objects.filter(id=kept.id).update(expires_at=past)
    elif why == "disabled":
        Account.objects.filter(id=kept.account_id).update(disabled_at=past)
    else:
        Session.objects.filter(session_key=key).delete()
    assert store.roles(key) == frozenset()


def test_a_store_that_cannot_be_opened_says_so_and_can_be_tried_again(tmp_path: Path) -> None:
    import sqlite3

    store = SqliteStore(tmp_path / "none.sqlite3")
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError):
            store.newest()
    assert not os.listdir(tmp_path)
