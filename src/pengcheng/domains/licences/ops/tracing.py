"""Whose copy is this? The hidden number of a picture, read for an officer with a reason."""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pengcheng.domains.licences.contracts.copies import Traced
from pengcheng.domains.licences.models import CopyRecord
from pengcheng.domains.licences.ops import copies, store
from pengcheng.domains.licences.rules import copies as rules
from pengcheng.domains.licences.rules import guards, kinds
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError
from pengcheng.kit import marks, preview

ACTION = "licences.copy.trace"
LARGEST = 20 * 2**20
A4 = 297 / 210
GAP = 8 / 595
"""Between the pages of a preview, in widths of the page."""


def trace(context: Context, content: bytes, reason: str) -> Traced:
    """Every search is audited, found or not; a find stands in the holder's record of looks."""
    sha256, reason = hashlib.sha256(content).hexdigest(), reason.strip()
    picture = Resource(kind="picture", id=sha256)
    permit(context, ACTION, picture)
    problem = rules.without_reason(reason) or _unreadable(content)
    if problem is not None:
        raise problem
    traced, row = _searched(content, sha256)  # slow, so before the transaction begins
    with act(context, ACTION, picture) as acting:
        acting.note(reason=reason, found=row is not None, sha256=sha256)
        if row is not None:
            acting.concerns(store.resource(row.licence))
            acting.note(copy=rules.number(row.tag))
    return traced


def _searched(content: bytes, sha256: str) -> tuple[Traced, CopyRecord | None]:
    for page, picture in enumerate(_pages(content), 1):
        found = marks.find(picture, key=copies.mark_key())
        row = _row(found.tag) if found else None
        if found is not None and row is not None:
            traced = Traced(
                sha256=sha256,
                copy=copies.view(row),
                name=kinds.types()[row.licence.type].name,
                holder=row.licence.holder_name,
                page=page,
                sure=found.sure,
                mended=found.mended,
                turned=found.turned,
            )
            return traced, row
    return Traced(sha256=sha256), None


def _row(tag: int) -> CopyRecord | None:
    return CopyRecord.objects.select_related("licence").filter(tag=tag).first()


def _unreadable(content: bytes) -> Exception | None:
    errors = []
    if not content or len(content) > LARGEST:
        errors.append(FieldError("/file", "请选择不超过20 MB的文件", "A file of up to 20 MB"))
    elif not _is_pdf(content) and not _is_picture(content):
        told = "请选择图片（JPEG、PNG、WebP）或PDF", "A picture (JPEG, PNG, WebP) or a PDF"
        errors.append(FieldError("/file", *told))
    return guards.invalid("trace", "请检查文件", "Look at the file", errors)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def _is_picture(content: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            opened.verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def _pages(content: bytes) -> Iterator[bytes]:
    """A picture as it is; a PDF drawn at arm's length, page by page."""
    if not _is_pdf(content):
        yield content
        return
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        drawn = preview.picture(Path(file.name), preview.PDF)
    if drawn is None:
        return
    with Image.open(io.BytesIO(drawn[0])) as stack:
        yield from _cut(stack)


def _cut(stack: Image.Image) -> Iterator[bytes]:
    """The preview lays pages below each other: each has a mark that begins anew."""
    width, height = stack.size
    step = width * (A4 + GAP)
    for place in range(max(1, round(height / step))):
        top = round(place * step)
        page = stack.crop((0, top, width, min(height, round(top + width * A4))))
        target = io.BytesIO()
        page.convert("L").save(target, "PNG", compress_level=1)
        yield target.getvalue()
