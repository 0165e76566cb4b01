"""A model that cannot be used, and things in a model that need attention."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a model: where it stands and what it is."""

    line: int
    element: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.element}: {self.message}"


class ModelError(ValueError):
    """The model cannot be loaded at all."""

    def __init__(self, message: str, line: int = 0, element: str = "") -> None:
        self.finding = Finding(line, element or "model", message)
        super().__init__(str(self.finding))
