"""What happened to a licence. Subject is `licence/<id>`; ids and hashes only, never its values."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class LicenceEvent(Event, frozen=True, kw_only=True):
    """Common to all. `commitment` is a salted hash of the record, `change` that of the step."""

    type: ClassVar[str] = "licences.licence.changed"
    licence_id: str
    kind: str
    holder: str
    state: str
    commitment: str
    change: str


class LicenceIssued(LicenceEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "licences.licence.issued"
    case_id: str
    item_code: str


class LicenceRenewed(LicenceEvent, frozen=True, kw_only=True):
    """The old one is replaced; `successor` is valid in its place."""

    type: ClassVar[str] = "licences.licence.renewed"
    successor: str


class LicenceReplaced(LicenceEvent, frozen=True, kw_only=True):
    """What stands on it was wrong or has changed; `successor` has it right."""

    type: ClassVar[str] = "licences.licence.replaced"
    successor: str


class LicenceSuspended(LicenceEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "licences.licence.suspended"


class LicenceResumed(LicenceEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "licences.licence.resumed"


class LicenceRevoked(LicenceEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "licences.licence.revoked"


class LicenceExpired(LicenceEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "licences.licence.expired"
