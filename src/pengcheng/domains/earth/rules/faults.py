"""What is wrong with a document: where it stands and what to do, in both languages."""

from __future__ import annotations

from typing import Any

import msgspec

from pengcheng.kernel.problems import BadRequest, FieldError, Invalid, TooLarge

LARGEST = 5_000_000
MOST_TOLD = 20
DEEPEST = 40


class Faults:
    """Collects faults; after enough of them nothing more is added."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, pointer: str, zh: str, en: str) -> None:
        if len(self.found) < MOST_TOLD:
            self.found.append(FieldError(pointer, zh, en))

    @property
    def enough(self) -> bool:
        return len(self.found) >= MOST_TOLD

    def refuse(self, what: str, zh: str, en: str) -> None:
        """Raises Invalid when there is any."""
        if self.found:
            raise Invalid(
                code=f"earth.{what}.invalid",
                zh=zh,
                en=en,
                next_zh="请按 errors 中的位置逐项更正。",
                next_en="Mend what is listed in errors, at the places told.",
                errors=self.found,
            )


def decoded(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises TooLarge, BadRequest."""
    if len(data) > LARGEST:
        raise TooLarge(
            code="earth.body.too_large",
            zh="内容超过 5 MB",
            en="The body has more than 5 MB",
            next_zh="请减少坐标点数，或分开提交。",
            next_en="Send fewer coordinates, or several requests.",
        )
    try:
        told = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as reason:
        raise _unreadable(f"无法读取 JSON：{reason}", f"This is no JSON: {reason}") from reason
    if not isinstance(told, dict):
        raise _unreadable("应为一个 JSON 对象", "This is to be one JSON object")
    if b"\\u0000" in data and holds_nul(told):
        raise _unreadable("文本中含有 NUL 字符", "A text holds the character NUL")
    if deeper(told, DEEPEST):
        raise _unreadable(f"嵌套超过 {DEEPEST} 层", f"It nests more than {DEEPEST} levels deep")
    return told


def _unreadable(zh: str, en: str) -> BadRequest:
    return BadRequest(
        code="earth.body.unreadable",
        zh=zh,
        en=en,
        next_zh="请以 UTF-8 编码的 JSON 发送。",
        next_en="Send JSON in UTF-8.",
    )


def deeper(told: Any, levels: int) -> bool:
    """Whether something nests further than so many levels."""
    if not isinstance(told, dict | list):
        return False
    parts = told.values() if isinstance(told, dict) else told
    return levels == 0 or any(deeper(part, levels - 1) for part in parts)


def holds_nul(told: Any) -> bool:
    """PostgreSQL keeps no such text."""
    if isinstance(told, dict):
        return any(holds_nul(part) for pair in told.items() for part in pair)
    if isinstance(told, list):
        return any(holds_nul(part) for part in told)
    return isinstance(told, str) and "\x00" in told
