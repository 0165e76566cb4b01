"""What the page that checks any file is told of citizen codes."""

from __future__ import annotations

from pengcheng.domains.citizencode import api
from pengcheng.domains.citizencode.web import words
from pengcheng.domains.signatures import api as signatures
from pengcheng.domains.signatures.contracts import Told
from pengcheng.kernel.context import Context


def teach() -> None:
    signatures.teach_reader(name="citizencode", reader=read)


def read(context: Context, text: str) -> Told | None:
    if not text.startswith("SZC1:"):
        return None
    told = words.found(api.verify(context=context, text=text), context.language)
    rows = tuple((str(row["key"]), str(row["value"])) for row in told["rows"])
    return Told(title=told["title"], text=told["step"], kind=told["kind"], rows=rows)
