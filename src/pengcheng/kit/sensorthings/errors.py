"""What can go wrong in a SensorThings request: what, and where in the request."""

from __future__ import annotations

from typing import Any


class StaError(Exception):
    """Told to the client in the form of OData (JSON Format 4.01, clause 21.1)."""

    status = 400

    def __init__(self, message: str, *, target: str = "", at: int | None = None) -> None:
        super().__init__(message)
        self.message, self.target, self.at = message, target, at

    def document(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": str(self.status), "message": self.message}
        if self.target:
            error["target"] = self.target
        if self.at is not None:
            error["position"] = self.at
        return {"error": error}


class NotFound(StaError):
    status = 404


class NoMethod(StaError):
    status = 405


class Conflicting(StaError):
    status = 409


class NotDone(StaError):
    """An option of OData that this service does not have."""

    status = 501
