"""Letters: drafted before, made once after, right in both languages, kept and proved."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.db import connection
from pypdf import PdfReader

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import State, Step
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Denied, Invalid, NotFound, Problem, Unavailable
from pengcheng.kit import letters as kit
from tests.casework.scenes import (
    CHEN,
    RULES,
    STRANGER,
    WANG,
    ZHAO,
    appeal_decided,
    appealed,
    by_rule,
    claimed,
    context,
    correction,
    decided,
    in_state,
    opened,
)
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db
HOSTILE = '#eval("1+1") $x$ *粗* <script>alert(1)</script> \\ @ref // `code`'


@pytest.fixture(autouse=True)
def chinese_font():
    try:
        kit.chinese_font()
    except Unavailable:
        pytest.skip("this machine has no Chinese font; install fonts-noto-cjk")


def pdf(body: bytes) -> PdfReader:
    """As pypdf reads it, which knows nothing of what made it."""
    return PdfReader(io.BytesIO(body))


def text_of(body: bytes) -> str:
    text = "".join(page.extract_text() for page in pdf(body).pages)
    return "".join(text.split())


def newest(case, by=CHEN):
    return api.newest_letter(context=by, case_id=case.id)


def test_a_refusal_says_what_why_on_which_law_until_when_and_when():
    case = decided(claimed(opened()), "refused")
    found, body = newest(case)
    text = text_of(body)
    until = api.get_case(context=CHEN, case_id=case.id).appeal_until
    day = f"{until.year}年{until.month}月{until.day}日"
    for part in (
        "不予决定书",
        "Decisiontorefuse",
        case.reference,
        "经审查",
        "《虚构条例》第七条",
        f"在{day}前",
        "行政复议",
        "虚构人口局",
        "chen",
    ):
        assert part in text, part
    assert (found.kind, found.sha256) == ("refused", hashlib.sha256(body).hexdigest())


def test_it_is_a_tagged_pdf_with_a_title_in_chinese():
    _found, body = newest(decided(claimed(opened()), "granted"))
    catalog = pdf(body).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].lower().startswith("zh")
    assert catalog["/StructTreeRoot"] is not None
    assert pdf(body).metadata.title == "准予决定书"
    assert len(pdf(body).pages) == 2


@pytest.mark.parametrize(
    ("make", "kind", "title"),
    [
        (lambda: correction(claimed(opened())), "correction", "补正通知书"),
        (lambda: in_state(State.GRANTED), "granted", "准予决定书"),
        (lambda: in_state(State.UPHELD), "upheld", "复核决定书"),
        (lambda: in_state(State.OVERTURNED), "overturned", "复核决定书"),
    ],
)
def test_every_step_that_tells_the_applicant_has_its_letter(make, kind, title):
    found, body = newest(make())
    assert found.kind == kind
    assert title in text_of(body)


def test_words_are_words_and_never_instructions():
    case = claimed(opened())
    case = api.decide(
        context=WANG, case_id=case.id, version=case.version, outcome="refused", reason=HOSTILE
    )
    assert "".join(HOSTILE.split()) in text_of(newest(case)[1])


def test_the_letter_is_made_by_itself_once_and_its_hash_is_in_the_journal():
    case = decided(claimed(opened()), "granted")
    deliver_pending()
    for _ in range(2):
        found, _body = newest(case)
    dossier = api.dossier(context=WANG, case_id=case.id)
    lines = [entry for entry in dossier.journal if entry.step == Step.LETTER]
    assert [line.facts["letter"] for line in lines] == [found.sha256]
    assert [each.id for each in dossier.letters] == [found.id]
    assert dossier.report.intact


def test_a_decision_by_rule_gets_its_letter_when_it_is_asked_for():
    case = opened()
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule("refused"))
    deliver_pending()
    assert not api.dossier(context=WANG, case_id=case.id).letters
    text = text_of(newest(case)[1])
    assert "符合条件" in text
    assert "Theconditionsaremet" in text


def test_each_decision_keeps_its_own_letter():
    case = decided(claimed(opened()), "refused")
    deliver_pending()
    appeal_decided(appealed(case), "overturned")
    deliver_pending()
    kinds = [each.kind for each in api.dossier(context=ZHAO, case_id=case.id).letters]
    assert kinds == ["overturned", "refused"]


def test_a_letter_that_was_changed_or_lost_is_found_out():
    case = decided(claimed(opened()), "granted")
    newest(case)
    for change in ("UPDATE casework_letter SET body = %s", "DELETE FROM casework_letter"):
        with connection.cursor() as cursor:
            cursor.execute(change, [b"forged"] if "%s" in change else [])
        assert not api.verify_journal(context=WANG, case_id=case.id).intact


def test_what_has_no_letter_says_so():
    with pytest.raises(NotFound):
        newest(opened())


def test_only_the_applicant_and_the_group_read_a_letter():
    case = decided(claimed(opened(candidate_group="人口局"), by=_insider()), "granted", _insider())
    found, _body = newest(case)
    for by in (STRANGER, WANG):
        with pytest.raises(Denied):
            api.read_letter(context=by, case_id=case.id, letter_id=found.id)
    other = opened()
    with pytest.raises(NotFound):
        api.read_letter(context=CHEN, case_id=other.id, letter_id=found.id)


def _insider():
    return context("he", "official", organisation="人口局")


# --- drafts -----------------------------------------------------------------------------


def drafted(case, step=Step.GRANT, reason="经审查", by=WANG):
    return api.draft_letter(context=by, case_id=case.id, step=step, reason=reason)


def test_a_draft_is_marked_and_leaves_nothing():
    case = claimed(opened())
    assert "草稿DRAFT" in text_of(drafted(case))
    assert "草稿" not in text_of(newest(decided(case, "granted"))[1])
    lines = [entry.step for entry in api.journal(context=WANG, case_id=case.id)]
    assert lines.count(Step.LETTER) == 1


def test_a_draft_is_for_who_could_take_the_step():
    case = claimed(opened())
    for by in (CHEN, ZHAO):
        with pytest.raises(Problem):
            drafted(case, by=by)
    with pytest.raises(Problem):
        drafted(case, Step.UPHOLD)
    with pytest.raises(Invalid):
        drafted(case, reason=" ")


# --- pages ------------------------------------------------------------------------------


def test_the_applicant_downloads_the_letter_as_a_file():
    account = person()
    case = decided(claimed(opened(context_of(account))), "granted")
    response = signed_in(account).get(f"/letters/{case.id}/")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content.startswith(b"%PDF-")
    assert signed_in(person("liu")).get(f"/letters/{case.id}/").status_code == 403


def test_an_official_looks_at_a_draft_then_sends_and_finds_the_letter():
    account = holder("official")
    client, case = signed_in(account), claimed(opened(), context_of(account))
    page = f"/workbench/cases/{case.id}/"
    first = client.get(f"{page}grant/?block=0").content.decode()
    assert "申请材料齐全" in first
    told = {"version": case.version, "reason": "可以", "legal_basis": "《虚构条例》第七条"}
    assert "draft/" in client.post(f"{page}grant/", told).content.decode()
    draft = client.post(f"{page}grant/draft/", told)
    assert "草稿DRAFT" in text_of(draft.content)
    client.post(f"{page}grant/", told | {"confirmed": "yes"})
    deliver_pending()
    (letter,) = api.dossier(context=ZHAO, case_id=case.id).letters
    assert letter.sha256[:12] in client.get(page).content.decode()
    assert client.get(f"{page}letters/{letter.id}/").content.startswith(b"%PDF-")


def test_a_decision_without_a_legal_basis_is_not_taken():
    account = holder("official")
    client, case = signed_in(account), claimed(opened(), context_of(account))
    told = {"version": case.version, "reason": "可以", "legal_basis": " ", "confirmed": "yes"}
    assert client.post(f"/workbench/cases/{case.id}/grant/", told).status_code == 422


def test_without_a_chinese_font_the_work_goes_on_and_the_reader_is_told(monkeypatch):
    case = decided(claimed(opened()), "granted")
    monkeypatch.setattr(kit, "CHINESE", ())
    deliver_pending()
    with pytest.raises(Unavailable) as problem:
        newest(case)
    assert "fonts-noto-cjk" in problem.value.next_step("en")
    monkeypatch.undo()
    assert newest(case)[0].kind == "granted"
