"""The log for people and for programs: pages, files, REST."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.rules import merkle, tiles
from tests.ledger.scenes import ANYBODY, WRITER, digest, grown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def said(path, **query):
    return unescape(Client().get(path, query, follow=True).content.decode())


def test_the_page_tells_size_head_and_who_signs():
    assert "存证链为空" in said("/ledger/")
    grown(3, kind="audit.head")
    text = said("/ledger/", lang="en")
    assert "The end of the audit chain" in text
    assert api.checkpoint(context=ANYBODY).note in text
    assert "one party signs" in text


def test_a_digest_is_proved_waits_or_is_unknown():
    grown(3)
    api.append(context=WRITER, kind="tests.thing", digest=digest("later"))
    assert "已存证" in said("/ledger/proof/", digest=f" {digest(1).upper()} ")
    assert "正在存证" in said("/ledger/proof/", digest=digest("later"))
    assert "没有存证记录" in said("/ledger/proof/", digest=digest("never"))


def test_the_proof_on_the_page_can_be_checked_by_hand():
    grown(5)
    text = said("/ledger/proof/", digest=digest(3))
    told = json.loads(re.search(r"<pre[^>]*>(\{.*?\})</pre>", text, re.S)[1])
    root = bytes.fromhex(api.checkpoint(context=ANYBODY).root)
    path = [bytes.fromhex(step) for step in told["path"]]
    assert merkle.includes(merkle.leaf_hash(told["leaf"].encode()), told["index"], 5, path, root)


@pytest.mark.parametrize("wrong", ["", "x", "a" * 65, "<script>"])
def test_what_is_no_digest_is_said_so(wrong):
    answer = Client().get("/ledger/proof/", {"digest": wrong})
    assert answer.status_code == 422
    assert "<script>" not in answer.content.decode()


def test_the_files_are_where_tools_look_for_them():
    grown(260)
    browser = Client()
    head = browser.get("/ledger/checkpoint")
    assert head.headers["Content-Type"].startswith("text/plain")
    assert head.content.decode() == api.checkpoint(context=ANYBODY).note
    full = browser.get("/ledger/tile/0/000")
    assert len(full.content) == 256 * 32
    assert "immutable" in full.headers["Cache-Control"]
    assert len(browser.get("/ledger/tile/0/001.p/4").content) == 4 * 32
    assert len(browser.get("/ledger/tile/1/000.p/1").content) == 32
    leaves = tiles.unbundle(browser.get("/ledger/tile/entries/001.p/4").content)
    assert [json.loads(leaf)["digest"] for leaf in leaves] == [digest(n) for n in range(256, 260)]


@pytest.mark.parametrize(
    "path",
    ["tile/0/001", "tile/0/000.p/9", "tile/9/000", "tile/0/x", "tile/0/1", "tile/entries/000",
     "tile/0/../../../etc/passwd", "tile/99999999999999999999/000",
     "tile/0/x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_files_that_are_not_there_are_not_found(path):
    grown(3)
    assert Client().get(f"/ledger/{path}").status_code == 404


def test_rest_proves_and_refuses():
    grown(7)
    browser = Client()

    def ask(path, **query):
        return browser.get(f"/api/v1/ledger/{path}", query)

    assert ask("overview").json()["checkpoint"]["size"] == 7
    assert ask("standing", digest=digest(2)).json()["proof"]["entry"]["index"] == 2
    assert ask("standing", digest=digest("no")).json()["proof"] is None
    assert len(ask("proof", index=2).json()["path"]) == 3
    assert ask("proof", index=7).status_code == 404
    assert ask("consistency", old=7, new=7).json()["path"] == []
    assert ask("consistency", old=3, new=99).status_code == 404
    assert ask("consistency", old=0, new=1).status_code == 422
