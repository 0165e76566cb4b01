"""What happened in the services. No names and no answers travel in events."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class CatalogueLoaded(Event, frozen=True, kw_only=True):
    """The catalogue of items has a new version."""

    type: ClassVar[str] = "services.catalogue.loaded"
    version: int
    items: int


class ApplicationSubmitted(Event, frozen=True, kw_only=True):
    """Somebody applied for an item; the case carries on from here."""

    type: ClassVar[str] = "services.application.submitted"
    item_code: str
    case_id: str
    reference: str
    form: str
    instant: bool
