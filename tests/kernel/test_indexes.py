"""The tables that every submission writes have no index that another one begins with."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db
BUSY = (
    "kernel.Delivery", "kernel.AuditEntry", "kernel.OutboxEvent", "casework.SubmissionRecord",
    "casework.JournalLine", "licences.ChangeLine",
)  # fmt: skip


@pytest.mark.parametrize("label", BUSY)
def test_no_index_is_the_beginning_of_another(label: str) -> None:
    model = apps.get_model(label)
    named = {each.name for each in (*model._meta.indexes, *model._meta.constraints)}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    plain = {
        name: told["columns"]
        for name, told in found.items()
        if told["index"] and not told["unique"] and name not in named and "_like" not in name
    }
    others = [told["columns"] for told in found.values() if told["index"] or told["unique"]]
    for name, columns in plain.items():
        longer = [other for other in others if other != columns]
        assert not any(other[: len(columns)] == columns for other in longer), name


def test_the_index_of_what_is_to_be_delivered_stays() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "kernel_delivery")
    assert found["delivery_pending"]["columns"] == ["event_id"]
