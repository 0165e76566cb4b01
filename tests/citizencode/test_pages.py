"""The code on a page, its uses, verifying by text and by picture, printing, the published keys."""

from __future__ import annotations

import io
import re

import cbor2
import pytest
import segno
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.domains.citizencode import api
from pengcheng.kit.credentials.jws import unchecked
from tests.citizencode.scenes import citizen, official

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def browser_of(context) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=context.actor.id))
    return client


@pytest.fixture
def chen():
    return citizen()


@pytest.fixture
def browser(chen):
    return browser_of(chen)


@pytest.fixture
def desk():
    return browser_of(official())


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def wire(response) -> str:
    return re.search(r"SZC1:[0-9A-Z $%*+\-./:]+", response.content.decode())[0]


def picture(text: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=4)
    return SimpleUploadedFile("code.png", out.getvalue(), "image/png")


def test_the_page_shows_a_code_that_anybody_may_check(browser):
    page = browser.get("/my-code/")
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode().split("<main")[1]
    text = wire(page)
    stranger = Client()
    assert "市民码有效" in text_of(stranger.post("/check-code/", {"text": text}))
    again = text_of(stranger.post("/check-code/", {"text": text}))
    assert "此码已被使用过" in again
    assert "请对方出示新的市民码" in again


def test_the_page_renews_itself(browser):
    told = [browser.get("/my-code/fresh/").json() for _ in range(2)]
    assert told[0]["text"] != told[1]["text"]
    assert told[0]["lives"] == 60
    assert browser.get("/my-code/fresh/?scene=transit").status_code == 409


def test_a_picture_is_as_good_as_a_text(chen):
    stranger = Client()
    code = api.show(context=chen).text
    read = stranger.post("/check-code/read/", {"picture": picture(code)}).json()
    assert read == {"text": code}
    assert "市民码有效" in text_of(stranger.post("/check-code/", {"picture": picture(code)}))
    junk = SimpleUploadedFile("x.png", b"junk", "image/png")
    assert stranger.post("/check-code/read/", {"picture": junk}).json() == {"text": ""}
    junk.seek(0)
    answer = stranger.post("/check-code/", {"picture": junk})
    assert (answer.status_code, "不是可以读取的图片" in text_of(answer)) == (422, True)
    assert stranger.post("/check-code/").status_code == 422


def test_only_the_scanning_pages_may_ask_for_the_camera(browser):
    assert "camera=(self)" in Client().get("/check-code/")["Permissions-Policy"]
    assert "camera=()" in browser.get("/my-code/")["Permissions-Policy"]


def test_a_card_is_joined_and_taken_off_by_buttons(browser, chen, desk):
    faulty = browser.post("/my-code/uses/library/bind/", {"library-card": "XX1"})
    assert (faulty.status_code, "卡号以TSG开头" in text_of(faulty)) == (422, True)
    browser.post("/my-code/uses/library/bind/", {"library-card": "TSG 0042"})
    text = wire(browser.get("/my-code/?scene=library"))
    page = text_of(desk.post("/workbench/codes/", {"text": text, "scene": "library"}))
    assert "TSG0042" in page
    browser.post("/my-code/uses/library/unbind/")
    assert "TSG0042" not in text_of(browser.get("/my-code/uses/"))


def test_a_code_is_printed_once_and_revoked_by_its_holder(browser, chen, desk):
    form = {"username": "chen", "confirmed": "on"}
    page = desk.post("/workbench/codes/paper/", form)
    assert "陈晓明" in text_of(page)
    assert "当面核验" in text_of(desk.post("/workbench/codes/paper/", {"username": "chen"}))
    paper = api.papers(context=chen)[0]
    assert "已遗失，立即作废" in text_of(browser.get("/my-code/"))
    browser.post(f"/my-code/paper/{paper.id}/revoke/")
    assert "已作废" in text_of(browser.get("/my-code/"))
    signed = Client().get("/.well-known/citizen-code-revoked.jwt")
    assert signed["Content-Type"] == "application/jwt"
    assert len(unchecked(signed.content.decode())["serials"]) == 1


def test_a_lost_phone_is_stopped_by_one_button(browser, chen):
    assert browser.post("/my-code/stop/")["Location"] == "/my-code/"


def test_terminals_fetch_the_keys(browser):
    browser.get("/my-code/")
    keys = Client().get("/.well-known/citizen-code-keys.json")
    assert keys["Cache-Control"] == "public, max-age=300"
    cose = Client().get("/.well-known/citizen-code-keys.cbor")
    assert len(cbor2.loads(cose.content)) == len(keys.json()["keys"])


def test_the_english_pages_hold_no_unmarked_chinese(browser, chen, desk):
    api.bind(context=chen, scene="library", card="TSG0042")
    pages = [browser.get(f"/my-code/{path}?lang=en", follow=True) for path in ("", "uses/")]
    pages += [browser.get("/check-code/?lang=en", follow=True)]
    pages += [desk.get(f"/workbench/codes/{path}?lang=en", follow=True) for path in ("", "paper/")]
    for page in pages:
        body = page.content.decode().split("<main")[1].split("</main")[0]
        assert not re.findall(r"[\u4e00-\u9fff]+", body), page.request["PATH_INFO"]


def test_programs_make_and_verify_codes(browser, desk):
    base = "/api/v1/citizencode"
    made = browser.post(f"{base}/codes", data={}, content_type="application/json").json()
    told = {"text": made["text"], "scene": "counter"}
    found = desk.post(f"{base}/verifications", data=told, content_type="application/json").json()
    assert (found["verdict"], found["name"]) == ("valid", "陈**")
    refused = browser.post(f"{base}/verifications", data=told, content_type="application/json")
    assert refused.status_code == 403
