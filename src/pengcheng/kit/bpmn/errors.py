"""A file that cannot be read, and what in a process cannot be a step: where, and why, in two
languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`error`: the process cannot be used as it is. `note`: it can, but this part has no effect."""

    line: int
    element: str
    zh: str
    en: str
    severity: Severity = "error"

    def text(self, language: str) -> str:
        english = language.startswith("en")
        said = self.en if english else self.zh
        if not self.line:
            return f"{self.element}: {said}" if english else f"{self.element}：{said}"
        return (
            f"Line {self.line}, {self.element}: {said}"
            if english
            else f"第{self.line}行，{self.element}：{said}"
        )

    def __str__(self) -> str:
        return self.text("en")


class BpmnError(ValueError):
    """The file is refused, or the step table is not a process."""

    def __init__(self, zh: str, en: str, line: int = 0, element: str = "BPMN") -> None:
        self.finding = Finding(line, element, zh, en)
        super().__init__(str(self.finding))
