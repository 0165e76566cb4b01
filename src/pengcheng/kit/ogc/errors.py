"""What is wrong with a request to an OGC API: the status, the parameter, and what to do."""

from __future__ import annotations

from typing import Any


class OgcError(Exception):
    """Told as a problem document (RFC 9457) that also has the OGC's two members."""

    def __init__(self, detail: str, *, status: int = 400, parameter: str = "") -> None:
        super().__init__(detail)
        self.detail, self.status, self.parameter = detail, status, parameter

    def document(self) -> dict[str, Any]:
        title = {404: "Not found", 406: "Not offered", 413: "Too much"}.get(
            self.status, "The request is not understood"
        )
        found: dict[str, Any] = {"title": title, "status": self.status, "detail": self.detail}
        if self.parameter:
            found["parameter"] = self.parameter
        return found | {"code": str(self.status), "description": self.detail}


def missing(what: str) -> OgcError:
    return OgcError(f"There is no {what}", status=404)
