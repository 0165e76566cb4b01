"""The door for how fast programs may apply."""

from __future__ import annotations

from pengcheng.domains.services.ops import quotas
from pengcheng.kernel.context import Context


def refuse_haste(*, context: Context) -> None:
    """Count an application in one call. Raises TooMany with the seconds to wait."""
    quotas.refuse_haste(context)
