"""A public screen: large, with the way out in sight, and forgetful."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from tests.support.people import holder, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def screen():
    client = signed_in(holder("citizen"))
    client.post("/kiosk/", {"on": "1"})
    return client


def test_becoming_a_kiosk_signs_out_and_shows_the_large_layout(screen) -> None:
    page = screen.get("/").content.decode()
    assert "pc-kiosk" in page
    assert 'action="/kiosk/clear/"' in page
    assert screen.get("/matters/").status_code == 302


def test_clearing_leaves_nothing_and_tells_the_browser_so(screen) -> None:
    account = holder("official")
    screen.force_login(get_user_model().objects.get(pk=account.id))
    answer = screen.post("/kiosk/clear/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in screen.session
    assert screen.cookies["pengcheng_kiosk"].value == "1"


def test_a_session_at_a_kiosk_is_short_without_scripts_too(screen) -> None:
    account = holder("official")
    screen.force_login(get_user_model().objects.get(pk=account.id))
    screen.get("/workbench/")
    assert screen.session.get_expiry_age() <= 300


def test_elsewhere_nothing_of_it_is_seen(client) -> None:
    assert "pc-kiosk" not in client.get("/").content.decode()
    client.post("/kiosk/", {"on": "1"})
    client.post("/kiosk/", {"on": "0"})
    assert "pc-kiosk-bar" not in client.get("/").content.decode()


def test_it_is_not_cleared_by_a_mere_link(screen) -> None:
    assert screen.get("/kiosk/clear/").status_code == 405
