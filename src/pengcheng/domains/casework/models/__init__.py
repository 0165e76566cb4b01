"""Tables of casework."""

from pengcheng.domains.casework.models.cases import (
    CaseNumber,
    CaseRecord,
    DefinitionRecord,
    JournalLine,
    LookupGuard,
    SubmissionRecord,
)
from pengcheng.domains.casework.models.ratings import RatingRecord, RectificationRecord
from pengcheng.domains.casework.models.versions import VersionRecord

__all__ = [
    "CaseNumber",
    "CaseRecord",
    "DefinitionRecord",
    "JournalLine",
    "LookupGuard",
    "RatingRecord",
    "RectificationRecord",
    "SubmissionRecord",
    "VersionRecord",
]
