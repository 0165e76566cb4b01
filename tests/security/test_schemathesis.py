"""Schemathesis tries the REST interface in-process: nothing it can think of breaks or surprises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pengcheng.kernel.registry import manifests
from pengcheng.shell.wsgi import application
from tests.support.people import holder, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JUDGES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
bounded = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
DOMAINS = [m.id for m in manifests() if find_spec(f"pengcheng.domains.{m.id}.web.rest")]
FREE = {"title", "type", "description"}
UNLOADED = 503  # declared: a city without its data says so


@pytest.fixture(scope="module")
def document() -> BaseSchema:
    with one_connection():  # an earlier module's, and this fixture may not touch it
        return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


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


def tried(operation: APIOperation, mode: GenerationMode, headers: dict[str, str]) -> None:
    @bounded
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        judge(case, headers)

    ask()


def operations_of(document: BaseSchema, domain: str) -> list[APIOperation]:
    found = [operation.ok() for operation in document.get_all_operations()]
    return [operation for operation in found if operation.path.startswith(f"/api/v1/{domain}/")]


def may_be_wrong(operation: APIOperation) -> bool:
    """Any text will do in a path, and then hypothesis would long look for one that will not."""
    asked = [each for each in operation.iter_parameters() if each.location != "path"]
    bound = [e for e in operation.path_parameters if e.definition["schema"].keys() - FREE]
    return bool(asked or bound or list(operation.body))


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_the_document_does_not_allow_is_refused_as_it_says(
    document: BaseSchema, domain: str
) -> None:
    for operation in filter(may_be_wrong, operations_of(document, domain)):
        tried(operation, GenerationMode.NEGATIVE, {})


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


@pytest.mark.parametrize("domain", DOMAINS)
def test_an_official_gets_what_the_document_promises(
    document: BaseSchema, domain: str, official: dict[str, str]
) -> None:
    for operation in operations_of(document, domain):
        tried(operation, GenerationMode.POSITIVE, official)


def test_every_operation_is_tried(document: BaseSchema) -> None:
    of_domains = [len(operations_of(document, domain)) for domain in DOMAINS]
    assert all(of_domains)
    assert sum(of_domains) == len(list(document.get_all_operations()))


def test_the_document_names_every_operation_once(document: BaseSchema) -> None:
    operations = [operation.ok() for operation in document.get_all_operations()]
    names = [operation.definition.raw["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 0
