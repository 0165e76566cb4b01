"""Templates as officials see them."""

from pengcheng.domains.messages.contracts import Preview
from pengcheng.domains.messages.ops.catalogue import catalogue
from pengcheng.domains.messages.rules import templates
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def everything(context: Context) -> tuple[Preview, ...]:
    """Every template of every domain, filled in with its sample values."""
    permit(context, "messages.template.read", Resource(kind="template"))
    return tuple(templates.preview(one) for _, one in sorted(catalogue().items()))
