"""What people let programs know about them: asked, kept, used, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pengcheng.domains.identity.contracts.oidc import ClientView, ConsentView, Judged
from pengcheng.domains.identity.events import ClientConsentGiven, ClientConsentWithdrawn
from pengcheng.domains.identity.models import OidcConsent, OidcGrant
from pengcheng.domains.identity.ops.oidc import clients
from pengcheng.domains.identity.rules import oidc as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import NotFound

CONNECT = "identity.own.connect"


def present(account_id: str, client_id: str) -> OidcConsent | None:
    return OidcConsent.objects.filter(
        account_id=account_id, client_id=client_id, withdrawn_at=None
    ).first()


def covers(account_id: str, client: ClientView, facts: Iterable[str]) -> bool:
    """Whether the person has been asked for all this, in the words of today."""
    row = present(account_id, client.id)
    return row is not None and row.notice == rules.notice(client) and set(facts) <= set(row.asked)


def given(account_id: str, client_id: str) -> tuple[str, ...]:
    """The facts that a person lets a client know now."""
    row = present(account_id, client_id)
    return tuple(row.facts) if row else ()


def use(account_id: str, client: ClientView) -> tuple[str, ...]:
    """The same, noting that the application has been visited."""
    OidcConsent.objects.filter(
        account_id=account_id, client_id=client.id, withdrawn_at=None
    ).update(used_at=clock.now())
    return given(account_id, client.id)


def give(context: Context, judged: Judged, ticked: Iterable[str]) -> None:
    """Keep what the person has said; it stands in place of what they said before."""
    client, own = judged.client, context.actor.id
    chosen = {*ticked, *judged.needed}
    facts = tuple(fact for fact in judged.facts if fact in chosen)
    with act(context, CONNECT, Resource(kind="client", id=client.id, owner=own)) as acting:
        before = present(own, client.id)
        if before is not None:
            _close(before)
            # What was not asked now stays as it was.
            facts += tuple(f for f in before.facts if f not in judged.facts)
        asked = {*judged.facts, *(before.asked if before is not None else ())}
        row = OidcConsent.objects.create(
            account_id=own,
            client_id=client.id,
            facts=list(facts),
            asked=sorted(asked),
            notice=rules.notice(client),
            given_at=clock.now(),
        )
        acting.emit(_event(row, client, facts))
        acting.note(consent=row.id, facts=list(facts))


def _event(row: OidcConsent, client: ClientView, facts: tuple[str, ...]) -> ClientConsentGiven:
    return ClientConsentGiven(
        subject=f"account/{row.account_id}",
        consent=row.id,
        client=client.id,
        name_zh=client.name_zh,
        name_en=client.name_en,
        purpose_zh=client.purpose_zh,
        purpose_en=client.purpose_en,
        facts=facts,
    )


def _close(row: OidcConsent) -> None:
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])


def own(context: Context) -> tuple[ConsentView, ...]:
    """The applications that know something of the asker now."""
    me = context.actor.id
    permit(context, CONNECT, Resource(kind="account", id=me, owner=me))
    rows = OidcConsent.objects.filter(account_id=me, withdrawn_at=None).select_related("client")
    return tuple(_view(row) for row in rows)


def of_account(context: Context, account_id: str) -> tuple[ConsentView, ...]:
    """Every consent that a person ever gave here; for the data account. The purpose is stated."""
    resource = Resource(kind="account", id=account_id, owner=account_id)
    permit(context, "identity.account.read", resource)
    rows = OidcConsent.objects.filter(account_id=account_id).select_related("client")
    return tuple(_view(row) for row in rows)


def withdraw(context: Context, client_id: str) -> None:
    """Take everything back from one application; the next thing it asks is refused."""
    me = context.actor.id
    with act(context, CONNECT, Resource(kind="client", id=client_id, owner=me)) as acting:
        row = present(me, client_id)
        if row is None:
            raise _not_connected()
        _close(row)
        OidcGrant.objects.filter(
            account_id=me, client_id=client_id, revoked_at=None
        ).update(revoked_at=clock.now())  # fmt: skip
        subject = f"account/{me}"
        acting.emit(ClientConsentWithdrawn(subject=subject, consent=row.id, client=client_id))
        acting.note(consent=row.id)


def narrow(context: Context, client_id: str, fact: str) -> None:
    """Take one fact back; the application goes on with the others."""
    me = context.actor.id
    with act(context, CONNECT, Resource(kind="client", id=client_id, owner=me)) as acting:
        row = present(me, client_id)
        if row is None or fact not in row.facts:
            raise _not_connected()
        _close(row)
        facts = tuple(each for each in row.facts if each != fact)
        client = clients.view(row.client)
        kept = OidcConsent.objects.create(
            account_id=me,
            client_id=client_id,
            facts=list(facts),
            asked=row.asked,
            notice=row.notice,
            given_at=clock.now(),
            used_at=row.used_at,
        )
        acting.emit(_event(kept, client, facts))
        acting.note(consent=kept.id, taken_back=fact)


def _not_connected() -> NotFound:
    return NotFound(
        code="identity.consent.not_found",
        zh="您没有授权这个应用",
        en="You have not connected this application",
        next_zh="请刷新页面查看最新列表。",
        next_en="Load the page again to see the present list.",
    )


def _view(row: OidcConsent) -> ConsentView:
    return ConsentView(
        id=row.id,
        client=clients.view(row.client),
        facts=tuple(cast("list[str]", row.facts)),
        given_at=row.given_at,
        used_at=row.used_at,
        withdrawn_at=row.withdrawn_at,
    )
