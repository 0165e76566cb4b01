"""Everything lost: two officials at the counter, the old means void, a code on paper, back in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.domains.identity.models import Passkey, Recovery
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied
from tests.support.authenticator import asked, enrolled, handed
from tests.support.people import PASSWORD, context_of, person, signed_in

pytestmark = pytest.mark.django_db
DESK = "/workbench/recoveries/"
NEW = "another-good-phrase-7"
SENT = {
    "username": "chen", "document": "id_card", "tail": "001X", "reason": "手机遗失", "seen": "on",
}  # fmt: skip


def official(username: str) -> AccountView:
    return person(username, kind="official", roles=("official",))


@pytest.fixture
def lost() -> AccountView:
    return person()


def begun() -> str:
    assert signed_in(official("lin")).post(DESK, SENT).status_code == 302
    return Recovery.objects.get().id


def confirmed() -> str:
    page = signed_in(official("market")).post(f"{DESK}{begun()}/", {"confirmed": "yes"})
    return re.search(r"\w{4}-\w{4}-\w{4}", page.content.decode())[0]  # type: ignore[index]


def back(code: str, password: str = NEW) -> int:
    sent = {"username": "chen", "code": code, "password": password}
    return Client().post("/recover/", sent).status_code


def test_two_officials_bring_somebody_back(lost: AccountView) -> None:
    assert back(confirmed()) == 302
    client = Client()
    assert client.post("/sign-in/", {"username": "chen", "password": NEW}).status_code == 302
    lines = audit.entries(resource=f"recovery/{Recovery.objects.get().id}")
    assert [line.action.rsplit(".", 1)[1] for line in lines] == ["use", "confirm", "begin"]
    told = OutboxEvent.objects.filter(type="identity.credential.changed").order_by("id")
    assert [each.subject for each in told] == [f"account/{lost.id}"] * 3


def test_from_the_confirmation_on_the_old_means_are_void(lost: AccountView) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    device = enrolled(client)
    confirmed()
    assert client.get("/account/").status_code == 302
    assert not Passkey.objects.exists()
    again = Client()
    assert handed(again, device.answer(asked(again))).status_code == 422
    sent = {"username": "chen", "password": PASSWORD}
    assert Client().post("/sign-in/", sent).status_code == 422


def test_beginning_alone_changes_nothing(lost: AccountView) -> None:
    begun()
    sent = {"username": "chen", "password": PASSWORD}
    assert Client().post("/sign-in/", sent).status_code == 302


def test_nobody_confirms_what_they_began_or_their_own(lost: AccountView) -> None:
    recovery = begun()
    lin = api.find_by_username(context_admin(), username="lin")
    assert lin is not None
    for whose in (lin, lost):
        with pytest.raises((Conflict, Denied)):
            api.credentials.decide_recovery(context_of(whose), recovery_id=recovery, confirmed=True)


def context_admin():  # type: ignore[no-untyped-def]
    from pengcheng.kernel.context import system_context

    return system_context("tests").for_purpose("test")


def test_what_was_decided_stays_decided(lost: AccountView) -> None:
    recovery = begun()
    second = official("market")
    client = signed_in(second)
    client.post(f"{DESK}{recovery}/", {"confirmed": "no"})
    with pytest.raises(Conflict):
        api.credentials.decide_recovery(context_of(second), recovery_id=recovery, confirmed=True)
    assert Client().post("/sign-in/", {"username": "chen", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "nobody"},
        {"username": "lin"},
        {"document": "word_of_honour"},
        {"tail": "1"},
        {"reason": " "},
        {"seen": ""},
    ],
)
def test_without_an_identification_nothing_begins(lost: AccountView, wrong: dict[str, str]) -> None:
    answer = signed_in(official("lin")).post(DESK, {**SENT, **wrong})
    assert answer.status_code == 422
    assert not Recovery.objects.exists()


def test_the_code_works_once_for_a_day(lost: AccountView) -> None:
    code = confirmed()
    assert back(code, "short") == 422
    with clock.frozen(clock.now()) as frozen:
        frozen.advance(seconds=25 * 3600)
        assert back(code) == 422
    assert back(code) == 302
    assert back(code) == 422


def test_guesses_are_refused_in_one_voice_and_audited(lost: AccountView) -> None:
    confirmed()
    assert back("aaaa-bbbb-cccc") == 422
    assert (
        Client()
        .post("/recover/", {"username": "nobody", "code": "aaaa-bbbb-cccc", "password": NEW})
        .status_code
        == 422
    )
    failures = audit.entries(action="identity.recovery.use")
    assert [line.outcome for line in failures] == ["failure", "failure"]


def test_citizens_have_no_business_there(lost: AccountView) -> None:
    assert signed_in(lost).get(DESK).status_code == 403
