"""What happened to citizen codes. No person is named but by the subject's id."""

from __future__ import annotations

from typing import ClassVar

from pengcheng.kernel.event import Event


class UseBound(Event, frozen=True, kw_only=True):
    """A person joined a card to their code."""

    type: ClassVar[str] = "citizencode.use.bound"
    scene: str


class UseUnbound(Event, frozen=True, kw_only=True):
    """A person took a card off their code."""

    type: ClassVar[str] = "citizencode.use.unbound"
    scene: str


class PaperIssued(Event, frozen=True, kw_only=True):
    """A code was printed at a counter."""

    type: ClassVar[str] = "citizencode.paper.issued"
    paper_id: str


class PaperRevoked(Event, frozen=True, kw_only=True):
    """A printed code counts no more."""

    type: ClassVar[str] = "citizencode.paper.revoked"
    paper_id: str


class CodesStopped(Event, frozen=True, kw_only=True):
    """A phone was lost: all codes made before this moment count no more."""

    type: ClassVar[str] = "citizencode.codes.stopped"
