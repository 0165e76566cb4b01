"""Private payloads: only the commitment goes into the log, the words to the readers."""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pengcheng.domains.ledger.contracts import PayloadView
from pengcheng.domains.ledger.models import PrivatePayload, Reader
from pengcheng.domains.ledger.ops import log, private
from pengcheng.domains.ledger.ops.contracting import READ, RUN, party
from pengcheng.domains.ledger.ops.private import SealError
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid

KIND = "contracts.private"


def add_reader(context: Context, name: str, public: str) -> str:
    """Name a reader with the public half of an X25519 key (32 bytes in base64)."""
    with act(context, RUN, Resource(kind="reader", id=name[:120])):
        try:
            raw = base64.b64decode(public.strip(), validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != 32 or not name.strip():
            raise _wrong("/public", "公钥须为32字节的Base64", "32 bytes in base64 are needed")
        told = base64.b64encode(raw).decode()
        Reader.objects.update_or_create(
            name=name.strip()[:120],
            defaults={"public": told},
            create_defaults={"public": told, "made_at": clock.now()},
        )
    return name.strip()[:120]


def readers(context: Context) -> tuple[str, ...]:
    permit(context, READ)
    return tuple(Reader.objects.order_by("name").values_list("name", flat=True))


def seal(
    context: Context, payload: bytes, names: tuple[str, ...], contract: str = ""
) -> PayloadView:
    """Seal it for these readers; the plain words are kept nowhere."""
    with act(context, RUN, Resource(kind="private-payload")) as acting:
        known = dict(Reader.objects.filter(name__in=names).values_list("name", "public"))
        if set(names) - set(known):
            raise _wrong("/readers", "有未登记的接收方", "A reader is not known")
        try:
            made = private.seal(payload, {n: base64.b64decode(k) for n, k in known.items()})
        except SealError as error:
            raise _wrong("/payload", "内容无法加密", str(error)) from error
        row = PrivatePayload.objects.create(
            commitment=made.commitment,
            contract=contract[:80],
            by=party(context),
            at=clock.now(),
            envelope=msgspec.to_builtins(made),
        )
        log.append(system_context("ledger"), KIND, made.commitment)
        acting.concerns(Resource(kind="private-payload", id=made.commitment))
    return _view(row)


def unseal(envelope: bytes, reader: str, key: str) -> bytes:
    """With a reader's own key, which is not kept and not written down."""
    try:
        private_key = X25519PrivateKey.from_private_bytes(base64.b64decode(key.strip()))
        return private.unseal(private.read(envelope), reader, private_key)
    except (SealError, ValueError) as error:
        raise _wrong("/envelope", "无法打开：密钥不符或内容已改动", str(error)) from error


def payloads(context: Context, contract: str) -> tuple[PayloadView, ...]:
    permit(context, READ)
    rows = PrivatePayload.objects.filter(contract=contract).order_by("-at")
    return tuple(_view(row) for row in rows[:100])


def _view(row: PrivatePayload) -> PayloadView:
    return PayloadView(
        commitment=row.commitment,
        contract=row.contract,
        by=row.by,
        at=row.at,
        readers=tuple(sorted(row.envelope["keys"])),
        envelope=row.envelope,
    )


def _wrong(pointer: str, zh: str, en: str) -> Invalid:
    return Invalid(
        code="ledger.private.form",
        zh="加密附件有误",
        en="This cannot be sealed",
        next_zh=f"{zh}。",
        next_en=f"{en}.",
        errors=(FieldError(pointer, zh, en),),
    )
