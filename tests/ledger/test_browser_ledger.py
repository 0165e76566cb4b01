"""The city's record and its contracts in a real browser: no barriers, nothing spills over."""

import os

import pytest

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.api import contracts
from pengcheng.domains.trust import api as trust
from pengcheng.kernel import clock
from pengcheng.kit.trust import rehearsal
from tests.browser import barriers, sideways
from tests.ledger.scenes import WRITER, digest, grown
from tests.support.people import context_of, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk(settings, tmp_path):
    """Somebody with everything to see: a contract with steps, a stamp, a list."""
    settings.PENGCHENG_HOME = tmp_path
    roles = ("official", "steward")
    account = person("clerk", kind="official", roles=roles, organisation="水务局")
    context, now = context_of(account), clock.now()
    contracts.issue(context=WRITER, to="水务局", amount=100)
    made = contracts.deploy(
        context=context, template="quota", params={"keeper": "水务局", "limit": 9, "each": 4}
    )
    contracts.call(context=context, contract=made.id, name="draw", args={"amount": 3})
    contracts.lock(
        context=context, to="建设公司", amount=5, hash=digest(1), until=int(now.timestamp()) + 999
    )
    contracts.add_reader(context=WRITER, name="审计局", public="a" * 43 + "=")
    api.stamp(context=context, digest=digest("deed"), name="契约.pdf")
    operator = rehearsal.authority("HK operator", "HK", now)
    told = rehearsal.trust_list("HK", "Hong Kong", now, {"Companies": operator})
    trust.take(context=WRITER, data=rehearsal.signed_list(told, operator), operator=operator.pem)
    grown(6)
    return account, made.id


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_no_page_has_a_barrier_or_spills_sideways(live_server, browse, clerk, width, language):
    account, contract = clerk
    page = browse(width=width, language=language, account=account)
    pages = {
        "overview": "/ledger/",
        "proof": f"/ledger/proof/?digest={digest(1)}",
        "entries": "/ledger/entries/",
        "entry": "/ledger/entries/4/",
        "notary": "/ledger/notary/",
        "check": "/ledger/notary/check/",
        "contracts": "/workbench/contracts/",
        "deploy": "/workbench/contracts/new/escrow/",
        "contract": f"/workbench/contracts/{contract}/",
        "trust": "/workbench/trust/",
    }
    for name, address in pages.items():
        page.goto(address)
        assert barriers(page) == [], address
        assert sideways(page) <= 0, address
        if folder := os.environ.get("LEDGER_SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
