"""Tables of ratings: right figures, honest intervals, nothing told of few, and their pages."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.casework.contracts.ratings import NewRating, RatingQuery
from pengcheng.domains.casework.rules.rating import ranked, row, wilson
from pengcheng.kernel import clock
from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.problems import Denied
from tests.casework.scenes import (
    CHEN,
    RULES,
    WANG,
    by_rule,
    context,
    definition,
    opened,
    submission,
)
from tests.support.people import context_of, holder, person, signed_in

NOBODY = anonymous_context()
HE = context("he", "official", organisation="演示政务服务监督组")
BY_ITEM = RatingQuery(by="item")


def rated(*grades: int, by=CHEN, tags=(), text="", **changes: object) -> None:
    """One instant matter for each grade."""
    for grade in grades:
        case = opened(by, **changes)
        api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())
        new = NewRating(grade=grade, tags=tags, text=text)
        api.rate(context=by, case_id=case.id, new=new)


# --- judged from outside ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("good", "count", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(good, count, low, high):
    found = wilson(good, count)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


def test_of_nobody_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


# --- figures ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_line_counts_means_and_shares():
    rated(5, 5, 4, 3, 1)
    (line,) = api.rating_board(context=WANG, query=BY_ITEM).rows
    assert (line.count, line.mean, line.satisfied, line.bad) == (5, 3.6, 0.8, 1)
    assert line.rank is None
    assert line.label == Label("居住登记（虚构事项）", "Residence registration (invented)")


@pytest.mark.django_db
def test_a_correction_counts_in_place_of_the_first_word():
    case = opened()
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())
    for grade in (3, 5):
        api.rate(context=CHEN, case_id=case.id, new=NewRating(grade=grade))
    total = api.rating_board(context=WANG, query=BY_ITEM).total
    assert (total.count, total.mean) == (1, 5.0)


@pytest.mark.django_db
def test_tables_by_point_channel_and_grade():
    rated(5, 5, tags=("fast", "reasons"))
    rated(2, tags=("late",))

    def counts(by):
        found = api.rating_board(context=WANG, query=RatingQuery(by=by))
        return [(line.key, line.count) for line in found.rows]

    assert counts("tag") == [("fast", 2), ("reasons", 2), ("late", 1)]
    assert counts("channel") == [("online", 3)]
    assert counts("grade") == [("5", 2), ("2", 1)]


@pytest.mark.django_db
def test_period_channel_and_department_narrow_the_table():
    rated(5)
    rated(1, department="虚构民政局")
    today = clock.today()

    def total(**asked):
        query = RatingQuery(**asked)
        return api.rating_board(context=WANG, query=query).total.count

    assert total(since=today, until=today) == 2
    assert total(since=today + timedelta(days=1)) == total(channel="phone") == 0
    assert total(department="虚构民政局") == 1
    assert total(until=today - timedelta(days=1)) == 0


def test_ranks_go_by_the_lower_end_and_not_to_a_handful():
    lines = [
        row("few", Label("", ""), {5: 19}),
        row("solid", Label("", ""), {5: 90, 1: 5}),
        row("small", Label("", ""), {5: 20, 1: 1}),
    ]
    assert [(line.key, line.rank) for line in ranked(lines)] == [
        ("solid", 1),
        ("small", 2),
        ("few", None),
    ]


# --- what the public sees ---------------------------------------------------------------


@pytest.mark.django_db
def test_the_public_sees_no_line_of_fewer_than_five_nor_can_reckon_it():
    rated(5, 5, 4, 4, 3)
    rated(1, 1, department="虚构民政局")
    found = api.league(context=NOBODY, query=RatingQuery())
    assert [line.label.zh for line in found.rows] == ["虚构人口局"]
    assert (found.hidden, found.hidden_count, found.total.count) == (1, None, 5)
    full = api.rating_board(context=WANG, query=RatingQuery())
    assert full.total.count == 7


@pytest.mark.django_db
def test_several_small_lines_are_told_together():
    rated(5, 5, 4, 4, 3)
    for department in ("甲局", "乙局"):
        rated(5, 1, 1, department=department)
    found = api.league(context=NOBODY, query=RatingQuery())
    assert (found.hidden, found.hidden_count, found.total.count) == (2, 6, 11)


@pytest.mark.django_db
def test_free_words_go_to_supervisors_alone_and_without_the_case():
    rated(4, text="指南很清楚")
    with pytest.raises(Denied):
        api.rating_comments(context=WANG, query=RatingQuery())
    (said,) = api.rating_comments(context=HE, query=RatingQuery())
    assert (said.text, said.grade) == ("指南很清楚", 4)
    assert "case_id" not in msgspec.to_builtins(said)


@pytest.mark.parametrize("by", [CHEN, NOBODY])
@pytest.mark.django_db
def test_the_board_is_for_officials(by):
    for door in (api.rating_board, api.export_ratings):
        with pytest.raises(Denied):
            door(context=by, query=RatingQuery())


# --- pages ------------------------------------------------------------------------------


@pytest.fixture
def matter(db):
    """An account of a citizen with a matter that was decided."""
    account = person()
    case = opened(context_of(account))
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())
    return account, case


def test_grade_then_points_then_thanks(matter):
    account, case = matter
    client, address = signed_in(account), f"/ratings/{case.id}/"
    assert "非常满意" in client.get(address).content.decode()
    assert client.get(f"{address}?grade=9").status_code == 422
    page = client.get(f"{address}?grade=1").content.decode()
    assert "反复要求补材料" in page
    assert "办理比承诺快" not in page
    sent = client.post(f"{address}?grade=1", {"tags": ["late"], "text": "<script>x</script>"})
    assert sent.status_code == 302
    after = client.get(address).content.decode()
    assert "核实" in after
    assert "<script>x" not in after


def test_points_that_are_not_offered_are_refused(matter):
    account, case = matter
    sent = signed_in(account).post(f"/ratings/{case.id}/?grade=5", {"tags": ["rude"]})
    assert sent.status_code == 422


def test_a_stranger_and_an_official_get_no_form(matter):
    _account, case = matter
    address = f"/ratings/{case.id}/"
    assert signed_in(person("liu")).get(address).status_code == 403
    assert signed_in(holder("official")).get(address).status_code == 403


def test_number_and_code_open_the_page_without_an_account(db, client):
    receipt = api.open_case(
        context=CHEN,
        definition=api.register_definition(context=RULES, definition=definition()),
        submission=submission(),
        idempotency_key="by-number",
    )
    api.decide_by_rule(context=RULES, case_id=receipt.case.id, decision=by_rule())
    assert client.get("/ratings/by-number/rate/").status_code == 302
    wrong = {"reference": receipt.case.reference, "code": "AAAA-BBBB-CCCC"}
    assert client.post("/ratings/by-number/", wrong).status_code == 404
    right = {**wrong, "code": receipt.code}
    assert client.post("/ratings/by-number/", right).url == "/ratings/by-number/rate/"
    assert client.post("/ratings/by-number/rate/?grade=5", {"text": "好"}).status_code == 302
    assert "好" in client.get("/ratings/by-number/rate/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["department", "item", "channel", "tag", "grade", "?"])
def test_every_table_has_its_page_and_its_csv(by, client):
    rated(5, 4, 4, 3, 2, tags=(), department="=HYPERLINK(1)")
    public = client.get(f"/ratings/?by={by}&period=30")
    assert public.status_code == 200
    official = signed_in(holder("official"))
    assert official.get(f"/workbench/ratings/?by={by}").status_code == 200
    text = official.get(f"/workbench/ratings/export.csv?by={by}").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    expected = {"grade": 4, "tag": 0}.get(by, 1)
    assert len(lines) == 1 + expected
    if by in {"department", "?"}:
        assert lines[1][1:4] == ["'=HYPERLINK(1)", "5", "3.6000"]


def test_a_supervisor_takes_the_steps_on_pages(matter):
    account, case = matter
    api.rate(context=context_of(account), case_id=case.id, new=NewRating(grade=1))
    team = person(
        "he-team", kind="official", roles=("official",), organisation="演示政务服务监督组"
    )
    client = signed_in(team)
    listed = client.get("/workbench/cases/?kind=casework.rectification").content.decode()
    rectification = api.rating_offer(context=context_of(account), case_id=case.id).rectification
    assert rectification.reference in listed
    address = f"/workbench/cases/{rectification.case_id}/"
    client.post(f"{address}claim/")
    assert "rating/verify/" in client.get(address).content.decode()
    told = {"confirmed": "yes", "words": "属实"}
    assert client.post(f"{address}rating/verify/", {"confirmed": "yes"}).status_code == 422
    assert client.post(f"{address}rating/verify/", told).status_code == 302
    assert "rating/mend/" in client.get(address).content.decode()
    assert client.post(f"{address}rating/mend/", {"words": "已整改"}).status_code == 302
    assert "grant/" in client.get(address).content.decode()
