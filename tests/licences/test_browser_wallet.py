"""Wallet, licence, verification and desk in a real browser: no barriers, nothing spills over."""

import pytest

from tests.browser import barriers, sideways
from tests.licences.scenes import holder, issued, suspended
from tests.support.people import holder as account
from tests.support.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_no_page_has_a_barrier_or_spills_sideways(live_server, browse, width, language):
    chen = person("chen")
    licence = issued("seniors-card", holder=holder(chen.id))
    suspended(issued(holder=holder(chen.id)))
    page = browse(width=width, language=language, account=chen)
    number = f"/licences/verify/?number={licence.number}"
    for address in ("/licences/", f"/licences/{licence.id}/", number):
        page.goto(address)
        assert barriers(page) == [], address
        assert sideways(page) <= 0, address
    desk = browse(width=width, language=language, account=account("official"))
    inside = f"/workbench/licences/{licence.id}/"
    for address in ("/workbench/licences/", inside, f"{inside}revoke/"):
        desk.goto(address)
        assert barriers(desk) == [], address
        assert sideways(desk) <= 0, address
