"""What others see of a letter that a case sent."""

from datetime import datetime

from msgspec import Struct

from pengcheng.domains.casework.contracts.bundles import Label


class LetterView(Struct, frozen=True, kw_only=True):
    """A letter as it was sent; its hash stands in the journal."""

    id: str
    case_id: str
    kind: str  # correction | granted | refused | upheld | overturned
    title: Label
    sha256: str
    at: datetime
