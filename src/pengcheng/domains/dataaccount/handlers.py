"""What the data account does when others' events arrive: programs that people let know of them."""

from __future__ import annotations

from pengcheng.domains.dataaccount import api
from pengcheng.domains.identity.events import ClientConsentGiven, ClientConsentWithdrawn
from pengcheng.kernel.events import Envelope, hears

PART = "dataaccount"


@hears(ClientConsentGiven)
def on_client_consent(envelope: Envelope, event: ClientConsentGiven) -> None:
    """A program asked at sign-in and the person agreed: it stands beside their other consents."""
    api.to_client(
        context=envelope.context(PART),
        subject=event.subject.partition("/")[2],
        client=event.client,
        items=tuple(f"client:{fact}" for fact in event.facts),
    )


@hears(ClientConsentWithdrawn)
def on_client_withdrawn(envelope: Envelope, event: ClientConsentWithdrawn) -> None:
    """Taken back where the programs are listed."""
    api.client_ended(
        context=envelope.context(PART),
        subject=event.subject.partition("/")[2],
        client=event.client,
    )
