"""The form in a bundle: what is wrong with it, in words and with its place."""

from collections.abc import Iterator

from pengcheng.kernel.problems import FieldError
from pengcheng.kit.forms import checking, chinese
from pengcheng.kit.forms import definition as forms


def faults(sheet: bytes) -> Iterator[FieldError]:
    """Every fault of the form; none where a bundle has no sheet."""
    if not sheet:
        return
    try:
        form = forms.read(sheet)
    except forms.FormError as error:
        yield FieldError("/sheet", f"表单无法读取：{error}", f"The form cannot be read: {error}")
        return
    for fault in checking.faults(form):
        zh, en = (chinese.said(fault.message, tongue) for tongue in ("zh", "en"))
        pointer = "/".join(("/sheet", *filter(None, (fault.page, fault.question, fault.field))))
        yield FieldError(pointer, f"表单{_place_zh(fault)}：{zh}", f"Form, {fault.where}: {en}")


def _place_zh(fault: checking.Fault) -> str:
    if fault.question:
        return f"页面“{fault.page}”问题“{fault.question}”"
    if fault.page:
        return f"页面“{fault.page}”"
    kind, _space, name = fault.where.partition(" ")
    kinds = {"list": "选项列表", "section": "部分", "sections": "各部分"}
    return kinds.get(kind, kind) + (f"“{name}”" if name else "")
