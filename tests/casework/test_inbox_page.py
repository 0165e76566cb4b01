"""The inbox in a browser without scripts: tabs, filters, claiming many, undo, CSV."""

import csv
import io
import re

import pytest
from django.contrib.messages import get_messages

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, Clock, Label, Person, State
from pengcheng.kernel import audit, clock
from tests.casework.scenes import CHEN, RULES, ZHAO, claimed, opened, registered, submission
from tests.support.people import context_of, holder, signed_in

pytestmark = pytest.mark.django_db
INBOX = "/workbench/cases/"


@pytest.fixture
def official():
    return holder("official")


@pytest.fixture
def desk(official):
    return signed_in(official)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def keys(*cases):
    return [f"{case.id}:{case.version}" for case in cases]


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def state(case):
    return api.get_case(context=ZHAO, case_id=case.id).state


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh-hans",
            ["办件", "本组待办", "我的办件", "居住登记（虚构事项）", "剩5个工作日", "待认领"],
        ),
        ("en", ["Cases", "My groups", "Residence registration (invented)", "working days left"]),
    ],
)
def test_what_waits_is_shown_in_both_languages(desk, language, words):
    case = opened()
    shown = text_of(desk.get(INBOX, {"lang": language}, follow=True))
    for word in (*words, case.reference, CHEN.actor.name):
        assert word in shown


@pytest.mark.parametrize(
    ("days", "shade", "zh"),
    [(5, "active", "剩5个工作日"), (0, "warn", "今天到期")],
)
def test_a_clock_has_colour_and_words(desk, days, shade, zh):
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)):
        opened(clock=Clock(days=days, warn_days=0))
        page = desk.get(INBOX).content.decode()
    assert re.search(rf'pc-tag--{shade}"><span[^>]*></span>{zh}', page)


def test_an_overdue_case_says_by_how_much(desk):
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        opened(clock=Clock(days=1))
        hand.advance(days=3)
        assert "已超期2个工作日" in text_of(desk.get(INBOX))


def test_an_empty_inbox_says_so_and_shows_the_way(desk):
    assert "暂无待办" in text_of(desk.get(INBOX))
    page = desk.get(INBOX, {"tab": "mine", "lang": "en"}, follow=True)
    assert "Your desk is clear" in text_of(page)
    assert 'href="?tab=group"' in page.content.decode()


def test_filters_and_sorting_work_by_address(desk):
    first = opened()
    second = opened(title=Label("婚姻登记", "Marriage registration"))
    shown = text_of(desk.get(INBOX, {"q": "婚姻"}))
    assert second.reference in shown
    assert first.reference not in shown
    assert "找到1个办件" in shown
    nothing = text_of(desk.get(INBOX, {"state": "in_review"}))
    assert "没有符合条件的办件" in nothing
    down = desk.get(INBOX, {"sort": "-opened"}).content.decode()
    assert down.index(second.reference) < down.index(first.reference)
    assert 'aria-sort="descending"' in down


def test_words_that_mean_nothing_in_an_address_are_left_out(desk):
    case = opened()
    odd = {"tab": "x", "state": "nope", "clock": "?", "page": "²", "sort": "';--"}
    response = desk.get(INBOX, odd)
    assert response.status_code == 200
    assert case.reference in text_of(response)


def test_more_than_a_page_is_paged(desk):
    for _ in range(21):
        opened()
    first, second = (desk.get(INBOX, {"page": page}).content.decode() for page in (1, 2))
    count = [len(re.findall(r"cw-link", page)) for page in (first, second)]
    assert count == [20, 1]
    assert 'rel="next"' in first


def test_ticked_cases_are_claimed_and_can_be_given_back(desk, official):
    cases = [opened() for _ in range(3)]
    response = desk.post(INBOX + "claim/", {"case": keys(*cases[:2]), "back": "tab=group"})
    assert response.status_code == 302
    assert response["Location"] == "/workbench/cases/?tab=group"
    assert [state(case) for case in cases] == [State.IN_REVIEW, State.IN_REVIEW, State.SUBMITTED]

    page = desk.get(response["Location"])
    assert "您刚刚认领了2个办件" in text_of(page)
    undo = re.findall(r'name="case" value="([^"]+)"', page.content.decode())
    undo = [key for key in undo if key.split(":")[0] in {case.id for case in cases[:2]}]
    desk.post(INBOX + "release/", {"case": undo})
    assert [state(case) for case in cases] == [State.ACCEPTED, State.ACCEPTED, State.SUBMITTED]
    assert "cw-undo" not in desk.get(INBOX).content.decode()


def test_what_a_colleague_took_first_is_named_and_the_rest_is_claimed(desk):
    free, gone = opened(), opened()
    ticked = keys(free, gone)
    claimed(gone, ZHAO)
    desk.post(INBOX + "claim/", {"case": ticked})
    page = desk.get(INBOX).content.decode()
    for part in (free.reference, gone.reference, "办件刚刚已被他人更新"):
        assert part in page
    assert state(free) == State.IN_REVIEW


def test_an_undo_that_comes_too_late_changes_nothing(desk, official):
    case = opened()
    desk.post(INBOX + "claim/", {"case": keys(case)})
    fresh = api.get_case(context=context_of(official), case_id=case.id)
    api.decide(
        context=context_of(official),
        case_id=case.id,
        version=fresh.version,
        outcome="granted",
        reason="可以",
    )
    desk.post(INBOX + "release/", {"case": [f"{case.id}:{fresh.version}"]})
    assert state(case) == State.GRANTED


@pytest.mark.parametrize(
    "ticked", [[], ["nonsense"], ["a:b"], [":1"], ["0199-x:1"], ["\x00:1"], ["0" * 36 + ":1"]]
)
def test_nothing_ticked_or_nonsense_does_no_harm(desk, ticked):
    response = desk.post(INBOX + "claim/", {"case": ticked})
    assert response.status_code == 302
    assert said(response) or "没有该办件" in desk.get(INBOX).content.decode()


def test_the_way_back_never_leaves_the_inbox(desk):
    response = desk.post(INBOX + "claim/", {"back": "https://elsewhere.example/"})
    assert response["Location"].startswith("/workbench/cases/?")


def test_ones_own_application_has_no_box_to_tick(desk, official):
    api.open_case(
        context=RULES,
        owner=Person(official.id, official.name_zh),
        definition=registered(),
        submission=submission(),
        idempotency_key="own-application",
    )
    assert 'type="checkbox"' not in desk.get(INBOX).content.decode()


def test_the_list_can_be_taken_away_as_csv(desk):
    case = opened()
    response = desk.get(INBOX + "export.csv", {"tab": "all"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    told = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told)))
    assert rows[0][0] == "办件编号"
    assert rows[1][0] == case.reference
    assert rows[1][5] == case.clock.due_on.isoformat()
    assert len(rows) == 2
    assert audit.entries(action="casework.case.export")[0].facts["rows"] == 1


def test_no_cell_of_the_csv_begins_a_formula(desk):
    api.open_case(
        context=RULES,
        owner=Person("bad", '=HYPERLINK("http://elsewhere")'),
        definition=registered(),
        submission=submission(),
        idempotency_key="formula-in-name",
    )
    rows = list(csv.reader(io.StringIO(desk.get(INBOX + "export.csv").content.decode())))
    assert rows[1][2].startswith("'=")


def test_a_name_cannot_bring_markup_into_the_page(desk):
    api.open_case(
        context=RULES,
        owner=Person("bad", "<script>alert(1)</script>"),
        definition=registered(),
        submission=submission(),
        idempotency_key="markup-in-name",
    )
    assert "<script>alert" not in desk.get(INBOX).content.decode()


@pytest.mark.parametrize("role", ["citizen", "commander", "admin", "developer"])
def test_the_inbox_is_for_officials(role):
    browser = signed_in(holder(role))
    assert browser.get(INBOX).status_code == 403
    assert browser.get(INBOX + "export.csv").status_code == 403
    assert browser.post(INBOX + "claim/").status_code == 403


def test_strangers_are_sent_to_sign_in(client):
    response = client.get(INBOX)
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


def test_nothing_of_it_is_kept_by_browsers(desk):
    for address in (INBOX, INBOX + "export.csv"):
        assert "no-store" in desk.get(address)["Cache-Control"]


def test_counts_stand_on_the_tabs(desk, official):
    claimed(opened(), context_of(official))
    opened()
    page = desk.get(INBOX).content.decode()
    assert re.findall(r'cw-count">(\d+)<', page) == ["1", "2", "2", "0"]
    assert api.list_cases(context=context_of(official), query=CaseQuery()).total == 2


def test_a_version_of_a_thousand_digits_is_none(desk):
    case, digits = opened(), "9" * 5000
    answer = desk.post(INBOX + "claim/", {"case": [f"{case.id}:{digits}"]})
    assert answer.status_code == 302
    assert state(case) == State.SUBMITTED
    assert desk.post(f"{INBOX}{case.id}/claim/", {"version": digits}).status_code == 302
