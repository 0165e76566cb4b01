"""Tables of casework."""

from pengcheng.domains.casework.models.cases import (
    CaseNumber,
    CaseRecord,
    DefinitionRecord,
    JournalLine,
    LookupGuard,
    SubmissionRecord,
)

__all__ = [
    "CaseNumber",
    "CaseRecord",
    "DefinitionRecord",
    "JournalLine",
    "LookupGuard",
    "SubmissionRecord",
]
