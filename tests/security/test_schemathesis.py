"""Schemathesis tries the REST interface in-process: nothing it can think of breaks or surprises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pengcheng.shell.wsgi import application
from tests.support.people import holder, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
JUDGES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
bounded = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
UNLOADED = 503  # declared: a city without its data says so


@contextmanager
def one_connection() -> Iterator[None]:
    """The test's transaction outlives the request, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def judge(case: Case, headers: dict[str, str]) -> None:
    with one_connection():
        answer = case.call(headers=headers)
    judges = [j for j in JUDGES if answer.status_code != UNLOADED or j is not not_a_server_error]
    case.validate_response(answer, checks=judges)


@schema.parametrize()
@bounded
def test_a_stranger_gets_what_the_document_says(case: Case) -> None:
    judge(case, {})


@pytest.fixture
def official() -> dict[str, str]:
    """A session with its token, as a page of ours would send it."""
    browser = signed_in(holder("commander"))
    browser.get("/sign-in/")
    browser.get("/account/password/")
    token = browser.cookies["pengcheng_csrf"].value
    session = browser.cookies["pengcheng_session"].value
    return {
        "Cookie": f"pengcheng_session={session}; pengcheng_csrf={token}",
        "X-CSRFToken": token,
    }


@schema.parametrize()
@bounded
def test_an_official_gets_what_the_document_says(case: Case, official: dict[str, str]) -> None:
    judge(case, official)


def test_the_document_names_every_operation_once() -> None:
    names = [
        operation.ok().definition.raw["operationId"] for operation in schema.get_all_operations()
    ]
    assert len(names) == len(set(names)) > 0
