"""A licence as a sealed PDF: bound to a purpose, judged by openssl, broken by any changed byte."""

import re
import shutil
import subprocess

import pytest

from pengcheng.domains.licences import api
from pengcheng.domains.signatures import api as signatures
from pengcheng.kernel import audit
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from pengcheng.kit import letters, seals
from pengcheng.kit.seals import hostile
from tests.licences.scenes import ANYBODY, CHEN, STRANGER, WANG, holder, issued, suspended
from tests.support.people import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def font():
    try:
        letters.chinese_font()
    except Exception:
        pytest.skip("no Chinese font on this machine")


def made(**facts):
    return api.paper(context=CHEN, licence_id=issued("seniors-card").id, **facts)


def judged(pdf, folder):
    """What openssl says of the seal: the signed bytes are all but the signature's own place."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine")
    one, length, two, rest = map(int, re.findall(rb"/ByteRange\s*\[([^\]]+)\]", pdf)[0].split())
    (folder / "content").write_bytes(pdf[one : one + length] + pdf[two : two + rest])
    contents = bytes.fromhex(pdf[one + length : two].strip(b"<>").decode())
    (folder / "seal.der").write_bytes(contents)
    (folder / "seal.pem").write_bytes(api.seal_certificate(context=ANYBODY))
    asked = ["-inform", "DER", "-in", "seal.der", "-content", "content", "-CAfile", "seal.pem"]
    done = subprocess.run(
        [openssl, "cms", "-verify", "-binary", *asked, "-purpose", "any", "-out", "seen"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.returncode == 0, done.stderr


def test_openssl_accepts_the_seal_and_refuses_a_changed_byte(font, tmp_path):
    pdf = made(purpose="办理入学", taker="示例小学").content
    assert pdf.startswith(b"%PDF-")
    holds, told = judged(pdf, tmp_path)
    assert holds, told
    at = pdf.index(b"/Author") + 12
    changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    assert not judged(changed, tmp_path)[0]


def test_after_a_rotation_old_seals_still_hold(font, tmp_path):
    old = made().content
    seals.keys().rotate()
    for pdf in (old, made().content):
        holds, told = judged(pdf, tmp_path)
        assert holds, told


def test_purpose_and_taker_reach_the_page(font, monkeypatch):
    seen = []
    real = letters.render
    monkeypatch.setattr(
        letters, "render", lambda letter, at: seen.append(letter) or real(letter, at=at)
    )
    made(purpose="办理入学", taker="示例小学")
    made()
    assert "仅用于办理入学 · 交示例小学" in seen[0].draft
    assert "only for 办理入学" in seen[0].parts[1].note
    assert seen[1].draft == "模拟"


def test_the_audit_knows_the_copy_by_its_hash(font):
    paper = made(purpose="办理入学")
    line = audit.entries(action="licences.paper.make")[0]
    assert line.facts == {"sha256": paper.sha256, "bound": True, "form": "pdf"}


@pytest.mark.parametrize("facts", [{"purpose": "x" * 41}, {"taker": "a\nb"}, {"purpose": "\u202e"}])
def test_words_that_do_not_fit_the_page_are_refused(facts):
    with pytest.raises(Invalid):
        made(**facts)


@pytest.mark.parametrize("who", [STRANGER, WANG])
def test_only_the_holder_takes_it(who):
    with pytest.raises(Denied):
        api.paper(context=who, licence_id=issued().id)


def test_of_a_licence_that_does_not_hold_none_is_made():
    with pytest.raises(Conflict):
        api.paper(context=CHEN, licence_id=suspended().id)


def test_it_is_downloaded_from_the_page(font):
    chen = person("chen")
    licence = issued("seniors-card", holder=holder(chen.id))
    page = f"/licences/{licence.id}/paper/"
    assert "仅用于" in signed_in(chen).get(page).content.decode()
    answer = signed_in(chen).post(page, {"purpose": "入学", "taker": ""})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert signed_in(chen).post(page, {"purpose": "x" * 41}).status_code == 422
    assert b"BEGIN CERTIFICATE" in signed_in(chen).get("/licences/seal.pem").content


def test_as_ofd_it_bears_an_sm2_seal_and_the_purpose():
    ofd = made(purpose="办理入学", form="ofd").content
    found = signatures.check_file(context=ANYBODY, content=ofd)
    assert (found.kind, found.verdict) == ("ofd", "holds")
    assert "电子证照专用章" in found.signed[0].signer
    page = hostile.xml(hostile.unzipped(ofd)["Doc_0/Pages/Page_0/Content.xml"])
    assert "仅用于办理入学" in "".join(page.itertext())
