"""What can go wrong in NGSI-LD: the error types of clause 5.5.2 with their HTTP status (6.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "https://uri.etsi.org/ngsi-ld/errors/"


class NgsiError(Exception):
    """An error that the caller is told of: ``type`` is one of clause 5.5.2."""

    kind = "InternalError"
    status = 500
    title = "Internal error"

    def __init__(self, detail: str, *, title: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.title = title or type(self).title
        self.more = more
        self.source = ""  # the registration through which it came
        self.warnings: tuple[str, ...] = ()  # that came with it from another broker

    def document(self) -> dict[str, Any]:
        """The problem document (RFC 7807, clause 5.5.3)."""
        return {
            "type": PREFIX + self.kind,
            "title": self.title,
            "detail": self.detail,
            "status": self.status,
            **self.more,
        }


class InvalidRequest(NgsiError):
    kind, status, title = "InvalidRequest", 400, "The request is not understood"


class BadRequestData(NgsiError):
    kind, status, title = "BadRequestData", 400, "The data of the request do not hold"


class AlreadyExists(NgsiError):
    kind, status, title = "AlreadyExists", 409, "There is one already"


class Conflict(NgsiError):
    kind, status, title = "Conflict", 409, "Another registration is in the way"


class ResourceNotFound(NgsiError):
    kind, status, title = "ResourceNotFound", 404, "Not found"


class NonexistentTenant(NgsiError):
    kind, status, title = "NonexistentTenant", 404, "There is no such tenant"


class OperationNotSupported(NgsiError):
    kind, status, title = "OperationNotSupported", 422, "Not supported"


class LdContextNotAvailable(NgsiError):
    kind, status, title = "LdContextNotAvailable", 504, "The @context cannot be fetched"


class TooComplexQuery(NgsiError):
    kind, status, title = "TooComplexQuery", 403, "The query is too complex"


class TooManyResults(NgsiError):
    kind, status, title = "TooManyResults", 403, "The result is too large"


class BadGateway(NgsiError):
    kind, status, title = "BadGateway", 502, "A context source did not answer"


class GatewayTimeout(NgsiError):
    kind, status, title = "GatewayTimeout", 504, "A context source did not answer in time"


class LoopDetected(NgsiError):
    kind, status, title = "LoopDetected", 508, "The request came back to where it had been"


class InvalidAnswer(NgsiError):
    kind, status, title = "BadGateway", 502, "A context source answered what is no NGSI-LD"


def of_document(document: Mapping[str, Any], status: int) -> NgsiError:
    """An error that another source reported, to be passed on."""
    made = LoopDetected if status == LoopDetected.status else NgsiError
    error = made(str(document.get("detail", "")), title=str(document.get("title", "")))
    error.kind = str(document.get("type", "")).removeprefix(PREFIX) or "InternalError"
    error.status = status
    return error
