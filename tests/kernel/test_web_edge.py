"""At the web's edge: undeclared pages are refused and problems are told to people and programs
alike.
"""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from pengcheng.kernel import web
from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.problems import FieldError, Invalid, TooMany

PROBLEM = Invalid(
    code="lamps.lamp.wrong",
    zh="灯泡型号有误",
    en="The bulb is wrong",
    next_zh="请更换",
    next_en="Change it",
    errors=[FieldError("/watts", "应为正数", "must be positive")],
)


def ask(path="/", language="en", **headers):
    request = RequestFactory().get(path, **headers)
    request.context = anonymous_context(language=language)
    request.LANGUAGE_CODE = language
    return request


def test_programs_get_a_problem_document():
    answer = web.problem_response(ask("/api/v1/lamps"), PROBLEM)
    body = json.loads(answer.content)
    assert answer.status_code == body["status"] == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["errors"] == [{"pointer": "/watts", "detail": "must be positive"}]
    assert body["instance"] == "/api/v1/lamps"


def test_a_json_client_outside_the_api_gets_one_too():
    answer = web.problem_response(ask(HTTP_ACCEPT="application/json"), PROBLEM)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_pause_is_told_in_the_header():
    wait = TooMany(code="lamps.lamp.often", zh="太频繁", en="Too often", retry_after=30)
    answer = web.problem_response(ask("/api/x"), wait)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")


def test_the_document_speaks_the_readers_language():
    assert PROBLEM.document("zh-hans")["title"] == "灯泡型号有误"
    assert PROBLEM.document("en")["detail"] == "Change it"


def test_a_view_without_an_audience_is_refused():
    middleware = web.ContextMiddleware(lambda request: HttpResponse())
    with pytest.raises(LookupError, match="no audience"):
        middleware.process_view(ask("/lamps/"), lambda request: HttpResponse(), (), {})


def test_an_audience_is_one_thing_or_the_other():
    with pytest.raises(ValueError, match="either"):
        web.page()
    with pytest.raises(ValueError, match="either"):
        web.page(public=True, permission="lamps.lamp.see")


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_and_back():
    @web.page(permission="lamps.lamp.light")
    def view(request):
        return HttpResponse("inside")

    middleware = web.ContextMiddleware(lambda request: HttpResponse())
    request = ask("/lamps/?page=2")
    with pytest.raises(web.Denied) as refused:
        view(request)
    answer = middleware.process_exception(request, refused.value)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?next=%2Flamps%2F%3Fpage%3D2")


def test_a_request_is_the_cause_of_what_it_sets_going(settings):
    settings.PENGCHENG_CONTEXT_FACTORY = "tests.kernel.test_web_edge.stranger"
    seen = []

    def inside(request):
        seen.append(request.context.cause)
        return HttpResponse()

    answer = web.ContextMiddleware(inside)(RequestFactory().get("/"))
    assert seen == [f"request/{answer.headers['X-Request-Id']}"]


def stranger(request):
    return anonymous_context()
