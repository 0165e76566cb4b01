"""Asking witnesses: whoever verifies a proof then needs not trust that we show all the same log."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from pengcheng.domains.ledger.contracts import Checkpoint, WitnessView
from pengcheng.domains.ledger.models import Cosigned, Witness
from pengcheng.domains.ledger.ops import log
from pengcheng.domains.ledger.ops.keys import public
from pengcheng.domains.ledger.ops.tree import Tree
from pengcheng.domains.ledger.ops.witnessing import MANAGE, READ, read_key
from pengcheng.domains.ledger.rules import cosign, merkle, notes
from pengcheng.domains.ledger.rules.notes import NoteError
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid

SECONDS = 10.0
LARGEST = 20_000
Post = Callable[[str, bytes], tuple[int, str]]


def add(context: Context, verifier: str, url: str) -> WitnessView:
    """Ask this witness from now on."""
    with act(context, MANAGE, Resource(kind="witness")) as acting:
        known = read_key(verifier, cosign.COSIGNATURE)
        row, _ = Witness.objects.update_or_create(
            name=known.name,
            defaults={"verifier": str(known), "url": _address(url)},
            create_defaults={
                "verifier": str(known),
                "url": _address(url),
                "made_at": clock.now(),
            },
        )
        acting.concerns(Resource(kind="witness", id=known.name))
    return view(row)


def drop(context: Context, name: str) -> bool:
    """Ask no more. What it cosigned stays."""
    with act(context, MANAGE, Resource(kind="witness", id=name[:200])):
        return bool(Witness.objects.filter(name=name[:200]).delete()[0])


def listed(context: Context) -> tuple[WitnessView, ...]:
    permit(context, READ)
    return tuple(view(row) for row in Witness.objects.order_by("name"))


def view(row: Witness) -> WitnessView:
    return WitnessView(
        name=row.name,
        verifier=row.verifier,
        url=row.url,
        seen=row.seen,
        trouble=row.trouble,
        tried_at=row.tried_at,
    )


def ask_all(context: Context, post: Post | None = None) -> int:
    """Show the newest head to each witness that has not cosigned it; answers how many did."""
    permit(context, "ledger.log.integrate")
    head = log.newest()
    if head is None:
        return 0
    done = 0
    for row in Witness.objects.order_by("name"):
        if not Cosigned.objects.filter(size=head.size, witness=row.name).exists():
            done += _ask(row, head, post or _post)
    return done


def _ask(row: Witness, head: Checkpoint, post: Post) -> bool:
    old, said = row.seen if row.seen <= head.size else 0, ""
    for _ in range(2):
        status, said = _told(row, head, old, post)
        known = int(said) if status == 409 and said.strip().isdigit() else None
        if known is None or known in {old} or known > head.size:
            break
        old = known
    if status != 200:
        _keep(row, f"{status}: {said.strip()[:150]}", None)
        return False
    return _took(row, head, said)


def _told(row: Witness, head: Checkpoint, old: int, post: Post) -> tuple[int, str]:
    path = merkle.consistency(Tree().read, old, head.size) if old else []
    body = cosign.asking(old, path, head.note)
    return post(f"{row.url}/add-checkpoint", body.encode("utf-8"))


def _took(row: Witness, head: Checkpoint, lines: str) -> bool:
    """Believe only the key that we know it by."""
    known = notes.read_verifier(row.verifier, cosign.COSIGNATURE)
    try:
        given = cosign.found(head.note + lines, known, public(known).verifies)
    except NoteError as error:
        given, row.trouble = None, str(error)
    if given is None:
        _keep(row, row.trouble or "no line of the key that was agreed", None)
        return False
    at = datetime.fromtimestamp(min(given.seconds, 2**33), UTC)
    Cosigned.objects.get_or_create(
        size=head.size, witness=row.name, defaults={"at": at, "line": given.line}
    )
    _keep(row, "", head.size)
    return True


def _keep(row: Witness, trouble: str, seen: int | None) -> None:
    row.trouble, row.tried_at = trouble[:200], clock.now()
    row.seen = row.seen if seen is None else seen
    row.save()


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise Invalid(
            code="ledger.witness.url",
            zh="网址有误",
            en="This is no address of a witness",
            next_zh="请填写见证方公布的提交地址（http或https）。",
            next_en="Write the submission prefix that the witness publishes.",
            errors=(FieldError("/url", "网址有误", "Not an http or https address"),),
        )
    return url.strip().rstrip("/")


class _Straight(urllib.request.HTTPRedirectHandler):
    """An answer is taken from the address that was agreed, or not at all."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Straight, urllib.request.ProxyHandler({}))


def _post(url: str, body: bytes) -> tuple[int, str]:
    """(status, text); 0 when nobody answered."""
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain"})  # noqa: S310
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return int(answer.status), answer.read(LARGEST).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(LARGEST).decode("utf-8", "replace")
    except (OSError, HTTPException, ValueError) as error:
        return 0, f"{type(error).__name__}: {error}"
