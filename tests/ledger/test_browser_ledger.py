"""The city's record in a real browser: no barriers, nothing spills over."""

import pytest

from tests.browser import barriers, sideways
from tests.ledger.scenes import digest, grown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_no_page_has_a_barrier_or_spills_sideways(live_server, browse, width, language):
    grown(3)
    page = browse(width=width, language=language)
    for address in ("/ledger/", f"/ledger/proof/?digest={digest(1)}"):
        page.goto(address)
        assert barriers(page) == [], address
        assert sideways(page) <= 0, address
