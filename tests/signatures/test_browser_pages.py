"""Checking a file and the custody of seals in a real browser: no barriers, nothing spills over."""

from __future__ import annotations

import pytest

from pengcheng.domains.signatures import api
from tests.browser import barriers, sideways
from tests.signatures.scenes import added_to
from tests.signatures.test_custody import HE, asked
from tests.support.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_no_page_has_a_barrier_or_spills_sideways(sealed, live_server, browse, width, language):
    page = browse(width=width, language=language)
    page.goto("/check-file/")
    file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": added_to(sealed)}
    page.set_input_files("input[name=file]", file)
    page.locator("main form .pc-button").last.click()
    page.locator(".sg-point--bad").first.wait_for(timeout=60_000)
    assert barriers(page) == []
    assert sideways(page) <= 0
    waiting, done = asked(), asked()
    api.answer_request(context=HE, request_id=done, agreed=True)
    he = person("hemin", kind="official", roles=("official", "supervisor"))
    desk = browse(width=width, language=language, account=he)
    for place in ("", "ask/", f"requests/{waiting}/", f"requests/{done}/", "office/"):
        desk.goto(f"/workbench/seals/{place}")
        assert barriers(desk) == [], place
        assert sideways(desk) <= 0, place
