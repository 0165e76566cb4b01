"""A holder shows chosen lines under a code, for minutes; each look is told them."""

import json
import re
from datetime import UTC, datetime
from html import unescape

import pytest
import zxingcpp
from django.test import Client

from pengcheng.domains.licences import api
from pengcheng.domains.licences.models import ShowingRecord
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kit.credentials import jws, statuslist
from pengcheng.kit.keys.curves import decoded
from tests.licences.scenes import ANYBODY, CHEN, STRANGER, WANG, holder, issued, suspended
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def show(licence, *fields, by=CHEN, purpose=""):
    return api.show(context=by, licence_id=licence.id, fields=fields or ("level",), purpose=purpose)


def look(code):
    return api.shown(context=ANYBODY, code=code)


def test_only_what_was_chosen_is_seen():
    found = look(show(issued("seniors-card"), "level", purpose="博物馆入馆").code)
    assert [(label.en, en) for label, _, en in found.values] == [("Group", "65 and over")]
    assert (found.purpose, found.verification.verdict) == ("博物馆入馆", "valid")


def test_it_is_over_after_ten_minutes_and_then_forgotten():
    with clock.frozen(NOW) as hand:
        code = show(issued("seniors-card")).code
        hand.advance(seconds=599)
        assert look(code)
        hand.advance(seconds=1)
        with pytest.raises(NotFound, match="over"):
            look(code)
        api.expire_due(context=system_context("licences"))
    assert ShowingRecord.objects.count() == 0


def test_a_licence_suspended_meanwhile_is_seen_as_that():
    licence = issued("seniors-card")
    code = show(licence).code
    suspended(licence)
    assert look(code).verification.verdict == "suspended"
    with pytest.raises(Conflict):
        show(licence)


@pytest.mark.parametrize("code", ["", "x", "A" * 22, "\x00", "é" * 30])
def test_a_guessed_code_opens_nothing(code):
    show(issued("seniors-card"))
    with pytest.raises(NotFound):
        look(code)


def test_the_code_itself_is_not_kept():
    made = show(issued("seniors-card"))
    assert made.code not in str(ShowingRecord.objects.values().get())


@pytest.mark.parametrize("fields", [(), ("salt",), ("level", "nothing")])
def test_what_does_not_stand_on_it_cannot_be_shown(fields):
    with pytest.raises(Invalid):
        api.show(context=CHEN, licence_id=issued("seniors-card").id, fields=fields)


@pytest.mark.parametrize("who", [STRANGER, WANG])
def test_nobody_shows_anothers_licence(who):
    with pytest.raises(Denied):
        show(issued("seniors-card"), by=who)


def test_the_holder_sees_that_somebody_looked():
    licence = issued("seniors-card")
    look(show(licence).code)
    (seen,) = api.dossier(context=CHEN, licence_id=licence.id).looks
    assert (seen.action, seen.actor_kind) == ("licences.showing.read", "anonymous")


def test_the_page_draws_a_code_that_a_foreign_reader_follows():
    """zxing-cpp reads the QR code; the address in it opens the chosen lines."""
    chen = person("chen")
    licence = issued("seniors-card", holder=holder(chen.id))
    page = f"/licences/{licence.id}/show/"
    assert "可" in signed_in(chen).get(page).content.decode()
    told = {"fields_shown": ["level"], "purpose": "入馆"}
    said = signed_in(chen).post(page, told).content.decode()
    (url,) = {barcode.text for barcode in zxingcpp.read_barcodes(raster(said))}
    answer = Client().get(
        url.partition("8000")[2] if ":8000" in url else "/" + url.split("/", 3)[3]
    )
    text = unescape(answer.content.decode())
    assert "65周岁以上" in text
    assert "入馆" in text
    assert "陈晓明" not in text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def raster(page):
    """The dark squares of the page's code, drawn without a browser: moves of a stroked path."""
    import numpy

    path = re.search(r'<path[^>]*class="qrline"[^>]*d="([^"]+)"', page) or re.search(
        r'<path[^>]*stroke="#000"[^>]*d="([^"]+)"', page
    )
    size = 80
    picture = numpy.full((size, size), 255, dtype=numpy.uint8)
    x = y = 0.0
    for verb, numbers in re.findall(r"([MmhH])([^MmhH]+)", path[1]):
        told = [float(part) for part in re.findall(r"-?[\d.]+", numbers)]
        if verb == "M":
            x, y = told
        elif verb == "m":
            x, y = x + told[0], y + told[1]
        else:
            picture[int(y), int(x) : int(x + told[0])] = 0
            x += told[0]
    return numpy.kron(picture, numpy.ones((6, 6), dtype=numpy.uint8))


def test_choosing_nothing_is_told_on_the_page():
    chen = person("chen")
    licence = issued("seniors-card", holder=holder(chen.id))
    answer = signed_in(chen).post(f"/licences/{licence.id}/show/", {})
    assert answer.status_code == 422
    assert "至少选择一项" in answer.content.decode()


def test_a_verifier_without_a_network_gets_the_chosen_lines_for_as_long() -> None:
    """Signed, with nothing else of the licence than its number; over with the showing."""
    with clock.frozen(NOW) as hand:
        licence = issued("seniors-card")
        text = show(licence).credential
        hand.advance(seconds=599)
        assert api.check_credential(context=ANYBODY, text=text).verdict == "valid"
        hand.advance(seconds=200)
        assert api.check_credential(context=ANYBODY, text=text).verdict == "expired"
    told = jws.unchecked(text.split("~")[0])
    assert set(told) & set(licence.values) == {"level"}
    assert told["number"] == licence.number
    assert "holder_name" not in told


def test_what_a_shops_phone_keeps_says_who_signs_and_what_holds() -> None:
    licence = issued("seniors-card")
    token = show(licence).credential.split("~")[0]
    answer = Client().get("/licences/verify/offline/kit.json")
    kit = answer.json()
    told = jws.unchecked(token)
    header = json.loads(decoded(token.split(".")[0]))
    assert header["kid"] in kit["keys"]
    assert told["iss"] == kit["issuer"]
    assert "level" in {field["key"] for field in kit["kinds"][told["vct"]]["fields"]}
    place = told["status"]["status_list"]
    states = kit["lists"][place["uri"]]
    assert statuslist.state_at(states["lst"], place["idx"], bits=states["bits"]) == 0
    assert licence.holder.name not in answer.content.decode()


def test_the_kept_page_is_nobodys_and_in_the_language_that_was_read() -> None:
    browser = signed_in(person("chen"))
    assert 'lang="en"' in browser.get("/licences/verify/offline/?in=en").content.decode()
    assert 'lang="zh-Hans"' in browser.get("/licences/verify/offline/?in=xx").content.decode()
    worker = browser.get("/licences/verify/offline/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert b"caches.match" in worker.content
