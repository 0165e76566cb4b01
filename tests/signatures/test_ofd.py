"""Electronic seals on OFD: made after GB/T 38540 and GB/T 33190, and what breaks them."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kernel import clock
from pengcheng.kit.seals import eseal, hostile, ofd, smcerts
from tests.signatures.scenes import bad, looked

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SIGN = "Doc_0/Signs/Sign_0"
SHEET = ofd.Sheet(
    title="居住证明（虚构）", office="虚构政务局", lines=(("持证人", "陈晓明"),), reference="1"
)


def made(days: int = 365) -> bytes:
    until = clock.now() + timedelta(days=days)
    return ofd.make(SHEET, seal="虚构专用章", number="4403009900001", until=until)


@pytest.fixture(scope="session")
def sealed_ofd(sealed_once) -> bytes:
    with override_settings(PENGCHENG_HOME=sealed_once[0]):
        return made()


def with_(document: bytes, name: str, data: bytes) -> bytes:
    """The same archive with one file changed or put beside."""
    return ofd.packed(hostile.unzipped(document) | {name: data})


def test_a_sealed_document_holds(home):
    (seal,) = looked(made()).signed
    assert seal.verdict == "holds"
    assert "虚构专用章" in seal.signer
    assert seal.proved_at is not None


def test_what_was_written_later_is_noticed(home):
    document, name = made(), "Doc_0/Pages/Page_0/Content.xml"
    page = hostile.unzipped(document)[name]
    changed = with_(document, name, page.replace("陈晓明".encode(), "刘晓明".encode()))
    assert "intact" in bad(looked(changed).signed[0])


def test_a_file_put_beside_is_noticed(home):
    assert bad(looked(with_(made(), "Doc_0/Annots.xml", b"<x/>")).signed[0]) == ["changed"]


def test_a_seal_taken_from_another_document_does_not_hold(home):
    one, two = hostile.unzipped(made()), hostile.unzipped(made())
    one["Doc_0/Document.xml"] += b" "
    for name in ("Signature.xml", "SignedValue.dat", "Seal.esl"):
        one[f"{SIGN}/{name}"] = two[f"{SIGN}/{name}"]
    assert "intact" in bad(looked(ofd.packed(one)).signed[0])


def resigned(key, owner, seal) -> bytes:
    """The document, signed anew by whoever has a key."""
    files = hostile.unzipped(made())
    about = f"{SIGN}/Signature.xml"
    files[f"{SIGN}/SignedValue.dat"] = eseal.sign(
        seal=seal, owner=owner, key=key, data=files[about], about=f"/{about}", at=clock.now()
    )
    return ofd.packed(files)


def a_seal(owner, **changes):
    told = {"number": "1", "name": "虚构章", "owner": owner, "at": clock.now(), "png": b"x"}
    told["until"] = clock.now() + timedelta(days=1)
    return eseal.make_seal(**(told | changes))


def test_another_persons_seal_cannot_be_used(home):
    owner = smcerts.certificate(smcerts.seal_ring(), "one")
    key = smcerts.seal_ring().signer().private
    smcerts.seal_ring().rotate()
    thief = smcerts.certificate(smcerts.seal_ring(), "two")
    document = resigned(smcerts.seal_ring().signer().private, thief, a_seal(owner))
    assert bad(looked(document).signed[0]) == ["seal_user"]
    assert key != smcerts.seal_ring().signer().private


def test_a_seal_that_has_run_out_does_not_hold(home):
    owner = smcerts.certificate(smcerts.seal_ring(), "one")
    old = a_seal(owner, at=clock.now() - timedelta(days=9), until=clock.now() - timedelta(days=1))
    document = resigned(smcerts.seal_ring().signer().private, owner, old)
    assert bad(looked(document).signed[0]) == ["seal_valid"]


def test_a_seal_whose_information_was_changed_does_not_hold(home):
    owner = smcerts.certificate(smcerts.seal_ring(), "one")
    seal = a_seal(owner)
    seal["info"]["property"]["name"] = "国家章"
    document = resigned(smcerts.seal_ring().signer().private, owner, seal)
    assert bad(looked(document).signed[0]) == ["seal"]


def test_another_citys_seal_is_whole_and_not_known(home, tmp_path, settings):
    document = made()
    settings.PENGCHENG_HOME = tmp_path / "elsewhere"
    assert looked(document).verdict == "unknown"


def test_distrust_takes_seals_back_and_rotation_does_not(home):
    old = made()
    smcerts.seal_ring().rotate()
    assert looked(old).verdict == "holds"
    new = made()
    smcerts.seal_ring().rotate(distrust=True)
    assert bad(looked(new).signed[0]) == ["revoked"]
    assert looked(old).verdict == "holds"


def test_a_seal_of_version_1_says_that_it_is_not_known_here(home):
    files = hostile.unzipped(made())
    value = eseal.SesSignature.load(files[f"{SIGN}/SignedValue.dat"])
    value["to_sign"]["version"] = 1
    files[f"{SIGN}/SignedValue.dat"] = value.dump(force=True)
    (seal,) = looked(ofd.packed(files)).signed
    assert seal.points[0].detail == "algorithm"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return out.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
POINTS_OUT = b'<x xmlns="http://www.ofdspec.org/2016"><Signatures>../../etc/passwd</Signatures></x>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped(**{"a.txt": b""}), "unknown_kind"),
        (zipped(**{"OFD.xml": b"", "../up": b"x"}), "traversal"),
        (zipped(**{"OFD.xml": b"", "/root": b"x"}), "traversal"),
        (zipped(**{"OFD.xml": b"", "a": bytes(2**24)}), "bomb"),
        (zipped(**{"OFD.xml": b"", **{f"f{n}": b"" for n in range(1001)}}), "bomb"),
        (zipped(**{"OFD.xml": b"", "A": b"", "a": b""}), "twice"),
        (zipped(**{"OFD.xml": ENTITIES}), "entities"),
        (zipped(**{"OFD.xml": OUTSIDE}), "entities"),
        (zipped(**{"OFD.xml": POINTS_OUT}), "traversal"),
        (zipped(**{"OFD.xml": b"<x>"}), "not_readable"),
        (zipped(**{"OFD.xml": b"<x/>"})[:-30], "not_readable"),
    ],
    ids=["no", "up", "root", "bomb", "many", "twice", "entity", "outside", "out", "xml", "cut"],
)
def test_hostile_archives_are_refused_with_their_reason(content, reason):
    found = looked(content)
    assert (found.verdict, found.points[0].detail) == ("unreadable", reason)


@settings(max_examples=15, deadline=None)
@given(at=st.floats(0, 1), noise=st.binary(min_size=1, max_size=6))
def test_no_spoiled_seal_brings_the_page_down_or_holds(sealed_ofd, at, noise):
    files = hostile.unzipped(sealed_ofd)
    value = files[f"{SIGN}/SignedValue.dat"]
    place = int((len(value) // 2) * at)
    files[f"{SIGN}/SignedValue.dat"] = value[:place] + noise + value[place:]
    assert looked(ofd.packed(files)).verdict in {"broken", "unreadable"}
