"""Tables of casework."""

from pengcheng.domains.casework.models.cases import (
    CaseNumber,
    CaseRecord,
    DefinitionRecord,
    JournalLine,
    LookupGuard,
    SubmissionRecord,
)
from pengcheng.domains.casework.models.desk import SavedViewRecord
from pengcheng.domains.casework.models.drafts import DraftRecord, RevisionRecord
from pengcheng.domains.casework.models.letters import LetterRecord
from pengcheng.domains.casework.models.ratings import RatingRecord, RectificationRecord
from pengcheng.domains.casework.models.steps import StepRecord
from pengcheng.domains.casework.models.versions import VersionRecord

__all__ = [
    "CaseNumber",
    "CaseRecord",
    "DefinitionRecord",
    "DraftRecord",
    "JournalLine",
    "LetterRecord",
    "LookupGuard",
    "RatingRecord",
    "RectificationRecord",
    "RevisionRecord",
    "SavedViewRecord",
    "StepRecord",
    "SubmissionRecord",
    "VersionRecord",
]
