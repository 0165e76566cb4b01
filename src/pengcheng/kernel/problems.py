"""What can go wrong, said once for people and for programs (RFC 9457 problem documents, Chinese and
English).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One wrong value: where it stands (JSON Pointer, RFC 6901) and what to do about it."""

    pointer: str
    zh: str
    en: str


class Problem(Exception):
    """An error with a stable code, a title in both languages and the next step for whoever meets
    it.
    """

    status: ClassVar[int] = 500

    def __init__(
        self,
        *,
        code: str,
        zh: str,
        en: str,
        next_zh: str = "",
        next_en: str = "",
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh, self.en = zh, en
        self.next_zh, self.next_en = next_zh, next_en
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.audited = False

    def title(self, language: str = "zh-hans") -> str:
        """What happened, in the reader's language."""
        return self.en if language.startswith("en") else self.zh

    def next_step(self, language: str = "zh-hans") -> str:
        """What to do next, in the reader's language."""
        return self.next_en if language.startswith("en") else self.next_zh

    def document(self, language: str = "zh-hans", instance: str = "") -> dict[str, Any]:
        """The ``application/problem+json`` members (RFC 9457 section 3.1) plus our extensions."""
        body: dict[str, Any] = {
            "type": f"urn:pengcheng:problem:{self.code}",
            "title": self.title(language),
            "status": self.status,
            "detail": self.next_step(language) or self.title(language),
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
        }
        if instance:
            body["instance"] = instance
        if self.errors:
            body["errors"] = [
                {"pointer": e.pointer, "detail": e.en if language.startswith("en") else e.zh}
                for e in self.errors
            ]
        return body


class BadRequest(Problem):
    """The request cannot be read at all."""

    status = 400


class Denied(Problem):
    """The actor may not do this."""

    status = 403


class NeedsProof(Denied):
    """The actor may, once they have proved better who they are (step-up)."""

    level = "substantial"


class NotFound(Problem):
    """There is no such thing, or none that the actor may know of."""

    status = 404


class Conflict(Problem):
    """The thing has changed meanwhile or its state does not allow this."""

    status = 409


class TooLarge(Problem):
    """More was sent than is taken."""

    status = 413


class Invalid(Problem):
    """Readable, but one or more values are wrong; ``errors`` says which."""

    status = 422


class TooMany(Problem):
    """Too many requests; ``retry_after`` is in seconds."""

    status = 429


class Unavailable(Problem):
    """Something that this needs does not answer now."""

    status = 503
