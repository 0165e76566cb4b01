"""The city's clock: time stamps for anybody."""

from __future__ import annotations

import hashlib

from pengcheng.domains.signatures.contracts import MessageForm
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kit.seals import jades, timestamps, xades


def stamp(context: Context, request: bytes) -> bytes:
    """The answer to a TimeStampReq, both DER. Every token granted is a line in the audit."""
    with act(context, "signatures.time.stamp", Resource(kind="time")) as acting:
        answer, token = timestamps.answer(request)
        if token is None:
            acting.note(granted=False)
        else:
            acting.concerns(Resource(kind="time", id=f"{token.serial:x}"))
            acting.note(granted=True, algorithm=token.algorithm, imprint=token.imprint)
        return answer


def sign_message(context: Context, message: bytes, form: MessageForm) -> bytes:
    """XML or JSON with the city's signature within (XAdES, JAdES B-T). Raises Unreadable."""
    with act(context, "signatures.message.sign", Resource(kind="message")) as acting:
        signed = jades.sign(message) if form == "json" else xades.sign(message)
        acting.note(sha256=hashlib.sha256(signed).hexdigest())
        return signed
