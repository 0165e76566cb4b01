"""What can go wrong in an expression, and how the caller hears of it."""

from __future__ import annotations

from dataclasses import dataclass


class FeelSyntaxError(ValueError):
    """The text is not FEEL. Raised when an expression is parsed, never while it runs."""

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        self.message = message
        self.text = text
        self.line = text.count("\n", 0, position) + 1
        self.column = position - (text.rfind("\n", 0, position) + 1) + 1
        super().__init__(f"{message} (line {self.line}, column {self.column})")


class FeelError(Exception):
    """Inside the engine only: a function or an operator has no answer; the result is null."""

    def __init__(self, message: str, code: str = "value") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class LimitExceeded(FeelError):
    """A bound of the run is reached; it stops the whole evaluation, not one operand."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "limit")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why a value became null: a stable code, plain words, and the element it happened in."""

    code: str
    message: str
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message} [{self.code}]"
