"""The REST face: every domain's router under one OpenAPI document, errors as problem documents."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from pengcheng import __version__
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import BadRequest, Denied, FieldError, Invalid, NotFound, Problem
from pengcheng.kernel.registry import manifests
from pengcheng.kernel.web import answer, problem_response

SAFE = {"GET", "HEAD", "OPTIONS"}


class _Guard(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        raise Denied(
            code="shell.api.csrf",
            zh="缺少防伪令牌",
            en="The anti-forgery token is missing or wrong",
            next_zh="使用会话登录调用时，请在 X-CSRFToken 头中附上令牌。",
            next_en="When calling with a session cookie, send the token in the X-CSRFToken header.",
        )


_guard = _Guard(lambda request: HttpResponse())


def caller(request: HttpRequest) -> Context:
    """Who calls. Strangers may call too: the domain's door decides. A session's writes need the
    CSRF token.
    """
    context: Context = request.context  # type: ignore[attr-defined]
    if context.actor.kind != "anonymous" and request.method not in SAFE:
        _guard.process_request(request)
        _guard.process_view(request, _unmarked, (), {})
    return context


def _unmarked(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError("stands for a view without CSRF exemption")


class CityAPI(NinjaAPI):
    """Tells in its document what ninja cannot: errors are problem documents."""

    def get_openapi_schema(self, **facts: Any) -> Any:
        schema = super().get_openapi_schema(**{**facts, "path_prefix": "/api/v1/"})
        for path in schema["paths"].values():
            for operation in path.values():
                _as_problems(operation["responses"])
        return schema


def _as_problems(responses: dict[Any, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")


class CityParser(Parser):
    """Refuses what no text of ours holds, and PostgreSQL takes for a failure."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Raises ValueError, which ninja answers as unreadable."""
        told = super().parse_body(request)
        if b"\\u0000" in request.body and _holds_nul(told):
            raise ValueError("the body holds a NUL")
        return told


def _holds_nul(told: Any) -> bool:
    if isinstance(told, dict):
        return any(_holds_nul(part) for pair in told.items() for part in pair)
    if isinstance(told, list):
        return any(_holds_nul(part) for part in told)
    return isinstance(told, str) and "\x00" in told


api = CityAPI(
    parser=CityParser(),
    title="Pengcheng",
    version=__version__,
    description="The city's REST API. Errors are RFC 9457 problem documents.",
    auth=caller,
    urls_namespace="api",
    docs_url=None,
    openapi_url="openapi.json",
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return answer(request, error)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    problem = NotFound(code="shell.api.not_found", zh="没有该资源", en="There is no such resource")
    return problem_response(request, problem)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    problem = BadRequest(
        code="shell.api.unreadable",
        zh="无法读取请求正文",
        en="The request's body cannot be read",
        next_zh="请以 UTF-8 编码的 JSON 发送。",
        next_en="Send JSON in UTF-8.",
    )
    return problem_response(request, problem)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problem = Invalid(
        code="shell.api.invalid",
        zh="请求内容不符合接口定义",
        en="The request does not fit the interface",
        next_zh="请按 errors 中的说明逐项更正。",
        next_en="Mend what is listed in errors.",
        errors=[_field_error(item) for item in error.errors],
    )
    return problem_response(request, problem)


def _field_error(item: dict[str, Any]) -> FieldError:
    pointer = "/" + "/".join(str(part) for part in item.get("loc", ()))
    return FieldError(pointer, item.get("msg", ""), item.get("msg", ""))


for _manifest in manifests():
    _room = f"pengcheng.domains.{_manifest.id}.web.rest"
    try:
        _present = find_spec(_room) is not None
    except ModuleNotFoundError:
        _present = False
    if _present:
        api.add_router(f"/{_manifest.id}/", import_module(_room).router, tags=[_manifest.en])
