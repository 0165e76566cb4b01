"""The inbox in a browser without scripts, the count in the head, the desk of officials, REST."""

from __future__ import annotations

import re

import pytest

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import About, Folder, MessageQuery
from pengcheng.kernel import clock
from tests.messages.scenes import NOON, SENDER, told
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db
INBOX = "/messages/"


@pytest.fixture
def chen():
    return holder("citizen")


@pytest.fixture
def browser(chen):
    return signed_in(chen)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def listed(account, folder=Folder.INBOX):
    return api.list_messages(context=context_of(account), query=MessageQuery(folder=folder))


def test_unread_come_first_and_are_counted_in_the_head(browser, chen) -> None:
    with clock.frozen(NOON) as hand:
        first = told(chen.id, "1")
        hand.advance(hours=1)
        second = told(chen.id, "2")
        browser.get(f"{INBOX}{second.id}/")
        page = browser.get(INBOX).content.decode()
    assert page.index(first.id) < page.index(second.id)
    assert re.search(r'pc-badge">1<', page)
    assert "pc-badge" not in signed_in(person("liu")).get(INBOX).content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "消息接收方式已更改"), ("en", "The way you are told was changed")],
)
def test_a_message_is_read_in_ones_own_language_and_leads_to_its_matter(
    browser, chen, language, words
) -> None:
    sent = told(chen.id)
    page = browser.get(f"{INBOX}{sent.id}/", {"lang": language}, follow=True)
    assert words in text_of(page)
    assert 'href="/matters/c-1/"' in page.content.decode()
    assert listed(chen).unread == 0


def test_nobody_reads_anothers_message(chen) -> None:
    sent = told(chen.id)
    other = signed_in(person("liu"))
    assert other.get(f"{INBOX}{sent.id}/").status_code == 404
    assert other.post(f"{INBOX}{sent.id}/archive/").status_code == 404
    assert listed(chen).unread == 1


def test_messages_are_put_away_taken_back_and_marked(browser, chen) -> None:
    sent = told(chen.id)
    browser.post(f"{INBOX}{sent.id}/archive/")
    assert (listed(chen).total, listed(chen, Folder.ARCHIVE).total) == (0, 1)
    assert sent.id in browser.get(INBOX, {"show": "archive"}).content.decode()
    browser.post(f"{INBOX}{sent.id}/restore/")
    browser.post(f"{INBOX}{sent.id}/unread/")
    assert (listed(chen).total, listed(chen).unread) == (1, 1)
    browser.post(f"{INBOX}read-all/")
    assert listed(chen).unread == 0
    assert browser.post(f"{INBOX}{sent.id}/nonsense/").status_code == 404


def test_words_are_searched_in_both_languages_and_pages_turned(browser, chen) -> None:
    for number in range(21):
        told(chen.id, str(number))
    assert "找到21条消息" in text_of(browser.get(INBOX, {"q": "接收方式"}))
    assert "21" in text_of(browser.get(INBOX, {"q": "PASSWORD"}))
    assert "没有包含这些词的消息" in text_of(browser.get(INBOX, {"q": "100%"}))
    assert browser.get(INBOX, {"page": "2"}).content.decode().count("ms-line__title") == 1
    odd = browser.get(INBOX, {"page": "²", "show": "x"})
    assert odd.status_code == 200


def test_markup_in_a_message_stays_text(browser, chen) -> None:
    api.send(
        context=SENDER,
        to=chen.id,
        template="services.case.notice",
        values={"title": "<script>alert(1)</script>", "reference": "SZ-1", "text": "<b>x</b>"},
        about=About("case", "1"),
        idempotency_key="markup",
    )
    assert "<script>alert" not in browser.get(INBOX).content.decode()


def test_a_person_chooses_how_to_be_told(browser, chen) -> None:
    address = f"{INBOX}preferences/"
    assert "模拟：不会真实发送" in text_of(browser.get(address))
    chosen = {"sms": "on", "phone": "12", "quiet_from": "22:00", "quiet_until": "08:00"}
    wrong = browser.post(address, chosen)
    assert wrong.status_code == 422
    assert "请输入11位手机号码" in text_of(wrong)
    right = browser.post(address, {**chosen, "phone": "10000000002"}, follow=True)
    assert "设置已保存" in text_of(right)
    assert api.own_preference(context=context_of(chen)).phone == "10000000002"


def test_the_desk_shows_deliveries_templates_and_the_simulated_gateway(browser, chen) -> None:
    with clock.frozen(NOON):
        browser.post(
            f"{INBOX}preferences/",
            {
                "email": "on",
                "address": "chen@example.invalid",
                "quiet_from": "22:00",
                "quiet_until": "08:00",
            },
        )
        told(chen.id)
        api.deliver_due(context=SENDER)
    desk = signed_in(holder("official"))
    log = text_of(desk.get("/workbench/messages/", {"state": "sent", "channel": "email"}))
    assert "c***@example.invalid" in log
    assert "chen@example.invalid" not in log
    assert "您的消息接收方式已更改" in text_of(desk.get("/workbench/messages/templates/"))
    held = text_of(desk.get("/workbench/messages/gateway/"))
    assert "模拟：不会真实发送" in held
    assert "您有一条新消息" in held
    assert desk.post("/workbench/messages/gateway/sms/").status_code == 403
    admin = signed_in(holder("admin"))
    admin.post("/workbench/messages/gateway/sms/", {"down": "1"})
    assert "已停用" in text_of(admin.get("/workbench/messages/gateway/"))
    assert admin.post("/workbench/messages/gateway/pigeon/").status_code == 404


def test_programs_read_ones_own_inbox(browser, chen) -> None:
    sent = told(chen.id)
    found = browser.get("/api/v1/messages/inbox").json()
    assert (found["total"], found["unread"], found["rows"][0]["id"]) == (1, 1, sent.id)
    one = browser.get(f"/api/v1/messages/inbox/{sent.id}").json()
    assert one["title"]["en"].startswith("The way")
    assert listed(chen).unread == 1


def test_strangers_are_sent_to_sign_in(client) -> None:
    assert "/sign-in/" in client.get(INBOX)["Location"]
    assert client.get("/api/v1/messages/inbox").status_code in {401, 403}
