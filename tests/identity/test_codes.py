"""One-time codes after the password, recovery codes, and the step-up to a better proof."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from pengcheng.domains.identity.models import OneTime, RecoveryCode, SignIn
from pengcheng.domains.identity.rules import credentials as judged
from pengcheng.kernel import audit, clock
from tests.support.people import PASSWORD, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SET_UP = "/account/one-time/"
CODE = "/sign-in/code/"


class App:
    """The app on the phone: it knows the secret and the time."""

    def __init__(self, secret: str) -> None:
        self.secret = base64.b32decode(secret)

    def code(self, shift: int = 0) -> str:
        return judged.code_at(self.secret, int(clock.now().timestamp()) // 30 + shift)


@pytest.fixture
def frozen() -> Iterator[object]:
    with clock.frozen(NOON) as now:
        yield now


def by_password(client: Client, **more: str) -> str:
    return client.post("/sign-in/", {"username": "chen", "password": PASSWORD, **more}).url


def enrolled(client: Client) -> tuple[App, list[str]]:
    """Set codes up as people do; answers the app and the recovery codes shown."""
    page = client.get(SET_UP).content.decode()
    app = App(re.search(r'id-secret" translate="no">(\w+)<', page)[1])  # type: ignore[index]
    shown = client.post(SET_UP, {"code": app.code()}).content.decode()
    return app, re.findall(r"<li>(\w{4}-\w{4}-\w{4})</li>", shown)


@pytest.fixture
def app(frozen: object) -> App:
    person()
    client = Client()
    by_password(client)
    made, _codes = enrolled(client)
    frozen.advance(seconds=60)  # type: ignore[attr-defined]
    return made


def test_after_the_password_the_code_is_asked_and_then_one_is_in(app: App) -> None:
    client = Client()
    assert by_password(client, next="/account/") == f"{CODE}?next=%2Faccount%2F&level="
    assert client.get("/account/").status_code == 302  # not yet
    assert client.post(CODE, {"code": app.code(), "next": "/account/"}).url == "/account/"
    row = SignIn.objects.order_by("-started_at", "-id")[0]
    assert (row.level, row.methods) == ("substantial", "pwd otp mfa")


def test_a_code_without_the_password_is_worth_nothing(app: App) -> None:
    assert Client().post(CODE, {"code": app.code()}).status_code == 409


def test_the_code_may_not_wait_forever(app: App, frozen: object) -> None:
    client = Client()
    by_password(client)
    frozen.advance(seconds=601)  # type: ignore[attr-defined]
    assert client.post(CODE, {"code": app.code()}).status_code == 409


def test_a_code_is_used_once_even_in_another_browser(app: App) -> None:
    one, two = Client(), Client()
    by_password(one)
    by_password(two)
    code = app.code()
    assert one.post(CODE, {"code": code}).status_code == 302
    assert two.post(CODE, {"code": code}).status_code == 422


@pytest.mark.parametrize(
    ("shift", "in_time"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_wrong(app: App, shift: int, in_time: bool) -> None:
    client = Client()
    by_password(client)
    status = client.post(CODE, {"code": app.code(shift)}).status_code
    assert status == (302 if in_time else 422)


def test_an_older_code_than_the_last_one_is_refused(app: App) -> None:
    one, two = Client(), Client()
    by_password(one)
    by_password(two)
    one.post(CODE, {"code": app.code(1)})
    assert two.post(CODE, {"code": app.code(0)}).status_code == 422


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "x" * 40])
def test_what_cannot_be_a_code_is_refused(app: App, typed: str) -> None:
    client = Client()
    by_password(client)
    assert client.post(CODE, {"code": typed}).status_code == 422


def test_guessing_ends_soon_and_is_audited(app: App) -> None:
    client = Client()
    by_password(client)
    statuses = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert client.post(CODE, {"code": app.code()}).status_code == 429
    assert len(audit.entries(action="identity.code.use")) == 5


def test_a_recovery_code_stands_in_once(frozen: object) -> None:
    person()
    client = Client()
    by_password(client)
    _app, codes = enrolled(client)
    assert len(set(codes)) == 10
    one, two = Client(), Client()
    by_password(one)
    by_password(two)
    assert one.post(CODE, {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert two.post(CODE, {"code": codes[0]}).status_code == 422
    assert "9 个恢复码" in one.get("/account/security/").content.decode()


def test_new_recovery_codes_void_the_old_and_none_lies_readable(frozen: object) -> None:
    person()
    client = Client()
    by_password(client)
    app, codes = enrolled(client)
    stored = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in digest for code in codes for digest in stored)
    assert app.secret not in bytes(OneTime.objects.get().secret)
    again = client.post("/account/recovery-codes/").content.decode()
    assert codes[0] not in again
    other = Client()
    by_password(other)
    assert other.post(CODE, {"code": codes[0]}).status_code == 422


def test_a_secret_moved_to_another_account_opens_nothing(app: App) -> None:
    from cryptography.exceptions import InvalidTag

    from pengcheng.domains.identity.ops import sealing

    row = OneTime.objects.get()
    with pytest.raises(InvalidTag):
        sealing.unseal(bytes(row.secret), owner=person("wang").id)


def test_codes_count_from_the_first_right_code_on(frozen: object) -> None:
    person()
    client = Client()
    by_password(client)
    client.get(SET_UP)
    assert client.post(SET_UP, {"code": "000000"}).status_code == 422
    assert by_password(Client()) == "/"


def test_without_a_second_factor_the_step_up_offers_one_and_leads_back(frozen: object) -> None:
    person()
    client = Client()
    by_password(client)
    asked = client.get("/account/mandates/new/").url
    assert asked == "/account/prove/?next=%2Faccount%2Fmandates%2Fnew%2F&level=substantial"
    offered = client.get(asked).content.decode()
    assert SET_UP in offered
    assert "/account/passkeys/new/" in offered
    assert "演示" in offered  # it says what is simulated
    page = client.get(SET_UP).content.decode()
    app = App(re.search(r'id-secret" translate="no">(\w+)<', page)[1])  # type: ignore[index]
    shown = client.post(SET_UP, {"code": app.code()}).content.decode()
    assert 'href="/account/mandates/new/"' in shown
    assert client.get("/account/mandates/new/").status_code == 200


def test_taking_codes_away_asks_for_a_fresh_one(app: App, frozen: object) -> None:
    client = Client()
    by_password(client)
    client.post(CODE, {"code": app.code()})
    frozen.advance(seconds=700)  # type: ignore[attr-defined]
    asked = client.post("/account/one-time/remove/")
    assert asked.url.startswith("/account/prove/")
    assert client.post("/account/prove/", {"code": app.code(), "level": "substantial"}).url == "/"
    assert client.post("/account/one-time/remove/").url == "/account/security/"
    assert not OneTime.objects.exists()


def test_ending_all_other_sessions_stops_their_next_request(frozen: object) -> None:
    person()
    here, there = Client(), Client()
    by_password(here)
    by_password(there)
    assert there.get("/account/").status_code == 200
    assert "结束其他全部登录" in here.get("/account/").content.decode()
    here.post("/account/sessions/end-others/")
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_a_session_shows_network_means_and_last_use(frozen: object) -> None:
    person()
    client = Client(REMOTE_ADDR="203.0.113.77")
    by_password(client)
    frozen.advance(seconds=3600)  # type: ignore[attr-defined]
    client.get("/")
    page = client.get("/account/").content.decode()
    assert "203.0.113.0/24" in page
    assert "203.0.113.77" not in page
    assert SignIn.objects.get().last_used_at == clock.now()
