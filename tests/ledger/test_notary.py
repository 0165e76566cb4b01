"""The notary and the explorer: a file's hash goes on record, and a proof that is kept holds."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.ops import stamping, versions
from pengcheng.domains.ledger.rules import receipts
from pengcheng.kernel.problems import Denied, TooMany
from tests.ledger.scenes import ANYBODY, WRITER, digest, grown
from tests.support.people import context_of, person, signed_in

pytestmark = pytest.mark.django_db
DEED = b"I leave my kites to the library."


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def upload(data=DEED, name="deed.txt"):
    return SimpleUploadedFile(name, data)


def test_a_file_is_put_on_record_and_proved_later():
    account = person()
    browser = signed_in(account)
    assert "deed.txt" not in browser.get("/ledger/notary/").content.decode()
    assert browser.post("/ledger/notary/", {"file": upload()}).status_code == 302
    assert "正在存证" in browser.get("/ledger/notary/").content.decode()
    grown(4)
    page = browser.get("/ledger/notary/").content.decode()
    assert "deed.txt" in page
    index = int(re.search(r"/ledger/entries/(\d+)/", page)[1])
    assert "已存证" in Client().post("/ledger/notary/check/", {"file": upload()}).content.decode()
    kept = Client().get(f"/ledger/entries/{index}.tlog-proof")
    assert kept.headers["Content-Disposition"].endswith('.tlog-proof"')
    both = {"file": upload(), "proof": upload(kept.content, "a.tlog-proof")}
    answer = Client().post("/ledger/notary/check/", both).content.decode()
    assert "证明成立" in answer
    other = {"file": upload(b"forged"), "proof": upload(kept.content, "a.tlog-proof")}
    assert "另一份文件" in Client().post("/ledger/notary/check/", other).content.decode()


def test_the_same_file_of_two_people_stands_once_and_names_nobody():
    first, second = person("first"), person("second")
    for account in (first, second):
        api.stamp(context=context_of(account), digest=hashlib.sha256(DEED).hexdigest())
    api.integrate(context=WRITER)
    (entry,) = api.entries(context=ANYBODY).entries
    assert entry.kind == "notary.file"
    assert first.id not in entry.leaf
    assert [one.index for one in api.stamps(context=context_of(second))] == [0]


def test_strangers_check_and_do_not_stamp():
    assert Client().get("/ledger/notary/").status_code == 302
    with pytest.raises(Denied):
        api.stamp(context=ANYBODY, digest=digest(1))


def test_nobody_floods_the_record(monkeypatch):
    monkeypatch.setattr(stamping, "A_DAY", 2)
    account = context_of(person())
    for n in (1, 2, 2):
        api.stamp(context=account, digest=digest(n))
    with pytest.raises(TooMany):
        api.stamp(context=account, digest=digest(3))


@pytest.mark.parametrize("given", [{}, {"digest": "xyz"}, {"digest": "a" * 63}])
def test_nothing_given_is_said_so(given):
    assert Client().post("/ledger/notary/check/", given).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.replace("index 2", "index 1"),
        lambda text: text.replace("index 2", "index 99999999999999999999999"),
        lambda text: text.replace("extra ", "extra !"),
        lambda text: text.replace("tlog-proof@v1", "tlog-proof@v2"),
        lambda text: text.replace("\n5\n", "\n6\n"),
        lambda text: text.replace(text.split("\n")[3], "A" * 43 + "="),
        lambda text: "x" * 200_000,
    ],
)
def test_a_touched_proof_does_not_hold(change):
    grown(5)
    text = api.receipt(context=ANYBODY, index=2)
    assert api.judge(context=ANYBODY, text=text, digest=digest(2)).fits
    assert receipts.read(text).index == 2
    assert not api.judge(context=ANYBODY, text=change(text)).holds


def test_a_proof_holds_after_the_key_was_rotated():
    from pengcheng.domains.ledger.ops import log

    grown(3)
    text = api.receipt(context=ANYBODY, index=1)
    log.keys().rotate()
    grown(3, 3)
    assert api.judge(context=ANYBODY, text=text).holds
    log.keys().rotate(distrust=True)
    newer = api.receipt(context=ANYBODY, index=1)
    assert not api.judge(context=ANYBODY, text=newer).holds


@pytest.mark.parametrize(("size", "index"), [(1, 0), (5, 4), (6, 2), (260, 257)])
def test_the_drawn_way_ends_in_the_head(size, index):
    grown(size)
    proof = api.prove(context=ANYBODY, index=index)
    steps = api.walk(proof=proof)
    assert len(steps) == len(proof.path)
    if steps:
        left, right, _ = steps[-1]
        top = hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))
        assert top.hexdigest() == proof.checkpoint.root
    page = Client().get(f"/ledger/entries/{index}/").content.decode()
    assert page.count("<rect") == 2 * len(steps) + 1


def test_entries_are_turned_page_by_page():
    grown(60)
    first = api.entries(context=ANYBODY)
    assert [first.entries[0].index, first.older, first.newer] == [59, 35, None]
    last = api.entries(context=ANYBODY, before=10)
    assert [len(last.entries), last.older, last.newer] == [10, None, 35]
    assert "before=35" in Client().get("/ledger/entries/").content.decode()
    for strange in ("x", "-3", "9" * 30, "99999"):
        assert Client().get("/ledger/entries/", {"before": strange}).status_code == 200
    assert Client().get("/ledger/entries/60/").status_code == 404
    assert Client().get("/ledger/entries/99.tlog-proof").status_code == 404
    assert len(Client().get("/api/v1/ledger/entries?before=7").json()["entries"]) == 7
    assert Client().get("/api/v1/ledger/witnesses").json()["witnesses"] == []


def test_the_versions_of_the_data_go_on_record_once(monkeypatch, tmp_path):
    (tmp_path / "rivers").mkdir()
    (tmp_path / "rivers" / "SOURCE.toml").write_text("name = 'Rivers'\n")
    (tmp_path / "rivers" / "a.csv").write_text("1,2\n")
    monkeypatch.setattr(versions, "PACKAGE", tmp_path)
    assert api.anchor_data(context=WRITER) == 1
    api.integrate(context=WRITER)
    assert api.anchor_data(context=WRITER) == 0
    (tmp_path / "rivers" / "a.csv").write_text("1,3\n")
    assert api.anchor_data(context=WRITER) == 1


def test_a_batch_is_taken_in_once():
    told = [digest(n) for n in range(30)]
    assert api.append_many(context=WRITER, kind="tests.thing", digests=told[:20]) == 20
    assert api.append_many(context=WRITER, kind="tests.thing", digests=told) == 10
    api.integrate(context=WRITER)
    assert api.append_many(context=WRITER, kind="tests.thing", digests=told + told) == 0
    assert api.verify_log(context=ANYBODY).size == 30
