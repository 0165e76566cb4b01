"""Copies for one taker: made, sealed, checked by their code, ended, and traced when they leak."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from pypdf import PdfReader

from pengcheng.domains.licences.api import copies
from pengcheng.domains.licences.models import CopyRecord
from pengcheng.domains.licences.ops.copies import mark_key
from pengcheng.domains.signatures import api as signatures
from pengcheng.kernel import audit, clock
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kit import letters, marks
from tests.licences.scenes import (
    ANYBODY,
    CHEN,
    STRANGER,
    WANG,
    context,
    holder,
    issued,
    revoked,
)
from tests.support.people import holder as official
from tests.support.people import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
GUARD = context("he", "security_officer", purpose="licence.tracing")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def font():
    try:
        letters.chinese_font()
    except Exception:
        pytest.skip("no Chinese font on this machine")


def made(licence=None, asker=CHEN, days=30, **facts):
    told = {"taker": "示例银行", "purpose": "开立账户", "until": clock.today() + timedelta(days)}
    licence = licence or issued("seniors-card")
    return copies.make(context=asker, licence_id=licence.id, **{**told, **facts})


def picture(pdf, page=0):
    return next(iter(PdfReader(io.BytesIO(pdf)).pages[page].images)).data


def scanned_code(pdf):
    """What zxing reads of the code on the copy."""
    zxingcpp = pytest.importorskip("zxingcpp")
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture(pdf))))
    return re.search(r"/licences/copies/check/([\w-]+)/", found[0].text)[1]


def test_a_copy_is_sealed_scanned_and_traced_from_a_bad_scan(font):
    licence = issued("seniors-card")
    copy = made(licence)
    pdf = copies.take(context=CHEN, copy_id=copy.id).content
    checked = signatures.check_file(context=ANYBODY, content=pdf, original=b"")
    assert checked.signed
    assert all(point.good for point in checked.signed[0].points if point.code == "whole")
    found = copies.check(context=ANYBODY, code=scanned_code(pdf))
    assert (found.taker, found.purpose, found.number) == ("示例银行", "开立账户", copy.number)
    assert found.holds
    scan, target = Image.open(io.BytesIO(picture(pdf))), io.BytesIO()
    scan.rotate(1.2, expand=True, fillcolor=255).resize((700, 990)).save(target, "JPEG", quality=55)
    told = copies.trace(context=GUARD, content=target.getvalue(), reason="网上发现")
    assert told.copy.number == copy.number
    assert told.copy.taker == "示例银行"
    line = audit.entries(resource=Resource(kind="licence", id=licence.id))[0]
    assert line.action == "licences.copy.trace"
    assert line.facts["reason"] == "网上发现"
    pages = PdfReader(io.BytesIO(pdf))
    assert pages.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pages.pages[0].extract_text().strip() == ""  # no layer to take the picture off


def test_without_a_mark_it_says_so_and_the_search_is_audited_all_the_same():
    target = io.BytesIO()
    Image.new("L", (500, 700), 250).save(target, "PNG")
    assert copies.trace(context=GUARD, content=target.getvalue(), reason="核对").copy is None
    line = next(one for one in audit.entries() if one.action == "licences.copy.trace")
    assert line.facts["found"] is False


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\nx"])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(Invalid) as refused:
        copies.trace(context=GUARD, content=content, reason="核对")
    assert refused.value.errors[0].pointer == "/file"


def test_tracing_needs_a_reason_and_the_right():
    with pytest.raises(Invalid):
        copies.trace(context=GUARD, content=b"x", reason=" ")
    with pytest.raises(Denied):
        copies.trace(context=CHEN, content=b"x", reason="好奇")


def test_an_ended_copy_is_not_made_again():
    copy = made()
    assert copies.end(context=CHEN, copy_id=copy.id).state == "ended"
    assert copies.end(context=CHEN, copy_id=copy.id).state == "ended"
    with pytest.raises(Conflict):
        copies.take(context=CHEN, copy_id=copy.id)


def test_past_its_day_it_does_not_hold():
    copy = made(days=1)
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert copies.copies_of(context=CHEN, licence_id=copy.licence_id)[0].state == "over"


@pytest.mark.parametrize(
    "facts",
    [{"taker": " "}, {"purpose": "x" * 61}, {"taker": "a\nb"}, {"days": -1}, {"days": 400}],
)
def test_a_copy_says_for_whom_for_what_and_until_when(facts):
    with pytest.raises(Invalid):
        made(**facts)


def test_nobody_else_makes_lists_ends_or_takes_one():
    copy = made()
    for forbidden in (
        lambda: made(asker=STRANGER),
        lambda: copies.copies_of(context=STRANGER, licence_id=copy.licence_id),
        lambda: copies.end(context=STRANGER, copy_id=copy.id),
        lambda: copies.end(context=WANG, copy_id=copy.id),
        lambda: copies.take(context=STRANGER, copy_id=copy.id),
    ):
        with pytest.raises(Denied):
            forbidden()


def test_an_official_needs_a_reason_which_the_holder_reads():
    duty = context("wang", "official", organisation="虚构政务局", purpose="licence.copying")
    with pytest.raises(Invalid):
        made(asker=duty)
    copy = made(asker=duty, reason="法院调取")
    told = copies.copies_of(context=CHEN, licence_id=copy.licence_id)[0]
    assert (told.office, told.reason) == ("虚构政务局", "法院调取")


def test_a_licence_that_does_not_hold_gives_no_copies():
    with pytest.raises(Conflict):
        made(revoked())


def test_a_guessed_code_opens_nothing():
    made()
    with pytest.raises(NotFound):
        copies.check(context=ANYBODY, code="AAAAAAAAAAAAAAAAAAAAAA")


def test_pages_and_rest_lead_from_making_to_ending(font):
    account = person("citizen")
    licence = issued("seniors-card", holder=holder(account.id))
    browser = signed_in(account)
    url = f"/licences/{licence.id}/copies/"
    assert "尚未制作" in browser.get(url).content.decode()
    assert browser.post(f"{url}new/", {"taker": ""}).status_code == 422
    until = (clock.today() + timedelta(days=9)).isoformat()
    answer = browser.post(f"{url}new/", {"taker": "甲公司", "purpose": "入职", "until": until})
    assert answer.headers["Location"] == url
    listed = browser.get(f"/api/v1/licences/licences/{licence.id}/copies").json()["copies"]
    assert listed[0]["taker"] == "甲公司"
    file = browser.get(f"/licences/copies/{listed[0]['id']}/file/")
    assert file.content.startswith(b"%PDF-")
    shown = signed_in(person("firm")).get(
        f"/licences/copies/check/{scanned_code(file.content)}/?lang=en", follow=True
    )
    assert "This copy holds" in shown.content.decode()
    browser.post(f"/licences/copies/{listed[0]['id']}/end/")
    ended = copies.check(context=ANYBODY, code=scanned_code(file.content))
    assert (ended.state, ended.holds) == ("ended", False)
    assert "已终止" in browser.get(url).content.decode()


def test_the_page_for_officers_tells_whose_copy_it_is():
    copy = made()
    blank, row = io.BytesIO(), CopyRecord.objects.get(pk=copy.id)
    Image.new("L", (620, 877), 255).save(blank, "PNG")
    leaked = marks.mark(blank.getvalue(), row.tag, key=mark_key(), dpi=75)
    browser = signed_in(official("official"))
    for content, word in ((leaked, copy.number), (blank.getvalue(), "未发现水印")):
        sent = {"file": io.BytesIO(content), "reason": "举报线索"}
        assert word in browser.post("/workbench/copies/trace/", sent).content.decode()
    sent = {"file": io.BytesIO(b"nothing"), "reason": "举报线索"}
    assert browser.post("/workbench/copies/trace/", sent).status_code == 422
