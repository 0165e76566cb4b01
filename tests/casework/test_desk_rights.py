"""What an official's or administrator's look leaves behind, and what no text can open."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from django.test import Client

from pengcheng.domains.casework import api
from pengcheng.domains.identity import api as identity
from pengcheng.kernel import audit
from pengcheng.kernel.permits import Resource, allowed
from pengcheng.kernel.problems import Denied
from pengcheng.shell.live.app import Live
from tests.casework.scenes import CHEN, STRANGER, opened
from tests.support.people import context_of, holder, signed_in

pytestmark = pytest.mark.django_db


def test_typing_somebodys_id_as_organisation_opens_nothing_of_theirs():
    case = opened()
    posing = msgspec.structs.replace(STRANGER, organisation=CHEN.actor.id)
    assert not allowed(posing, "casework.case.withdraw", Resource(kind="case", owner="chen"))
    for door in (api.get_case, api.journal, api.renew_code):
        with pytest.raises(Denied):
            door(context=posing, case_id=case.id)


def test_reading_the_list_of_accounts_is_a_line_in_the_audit():
    admin = context_of(holder("admin"))
    identity.list_accounts(admin, words="chen")
    (line,) = audit.entries(action="identity.account.list", actor=admin.actor.id)
    assert (line.outcome, line.facts) == ("success", {"found": 0, "searched": True, "page": 1})


def test_a_refused_live_stream_of_somebody_signed_in_is_audited():
    account = holder("citizen")
    answer = signed_in(account).get("/live/events?topics=incidents")
    assert answer.status_code == 403
    (line,) = audit.entries(resource="/live/events", actor=account.id)
    assert line.outcome == "denied"


class Hub:
    """Stands for the live side's store: the session belongs to a citizen, or to nobody."""

    def __init__(self, roles: frozenset[str]) -> None:
        self.store = self
        self._roles = roles

    def roles(self, key: str) -> frozenset[str]:
        return self._roles

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize(("roles", "handed_over"), [({"citizen"}, True), (set(), False)])
def test_the_live_side_hands_refusals_of_known_people_to_the_side_that_writes(roles, handed_over):
    live, went, told = Live(Hub(frozenset(roles))), [], []  # type: ignore[arg-type]

    async def refusals(scope, receive, send):
        went.append(scope["path"])

    async def send(message):
        told.append(message.get("status"))

    live.refusals = refusals
    cookie = b"pengcheng_session=x; __Host-pengcheng_session=x"
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live/events",
        "query_string": b"topics=incidents",
        "headers": [(b"cookie", cookie)],
    }
    asyncio.run(live(scope, None, send))  # type: ignore[arg-type]
    assert (went, told[:1]) == ((["/live/events"], []) if handed_over else ([], [403]))


def test_a_stranger_is_sent_to_sign_in_and_leaves_no_line():
    assert Client().get("/live/events").status_code == 302
    assert not audit.entries(resource="/live/events")
