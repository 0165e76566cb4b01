"""Company start-up and construction permit: several departments at once, and a public notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.casework import api as casework
from pengcheng.domains.licences import api as licences
from pengcheng.domains.services import api
from pengcheng.domains.services.api import public_notices as notices
from pengcheng.domains.services.api import registration
from pengcheng.domains.services.contracts.notices import NoticeState
from pengcheng.domains.services.contracts.registration import NameParts
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from pengcheng.kit.forms.answers import Answer
from tests.services import events
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

SITE = "11440300DEM000073RCONSTRUCTION"
COMPANY = "11440000MB2D0234372440125017008"
HOUSING = "演示住房和建设局"
OFFICES = {
    "planning": "演示规划和自然资源局",
    "fire": "演示消防救援支队",
    "water": "演示水务局",
    "structure": HOUSING,
}
SITE_ANSWERS = {
    "project": "虚构大厦",
    "location": "深圳市福田区虚构路 2 号",
    "kind": "house",
    "area": "12000",
    "height": "60",
    "builder": "鹏城示例置业有限公司（虚构）",
    "builder-code": "91350100M000100Y43",
    "contractor": "鹏城示例建设有限公司（虚构）",
    "mobile": "13800000000",
    "land-approval": "深地合字 2026-1（虚构）",
    "planning-permit": "深规建许字 2026-1（虚构）",
    "funds": "yes",
    "safety": "yes",
    "earthworks": "no",
    "days": "400",
    "true": "yes",
}
COMPANY_ANSWERS = {
    "company-name": "深圳市鹿鸣涧餐饮有限公司",
    "holders.1.holder": "陈晓明（虚构）",
    "holders.1.share": "100",
    "address": "深圳市福田区虚构路 1 号",
    "scope": "餐饮服务",
    "representative": "陈晓明（虚构）",
    "resident-id": events.ID,
    "mobile": "13800000000",
    "employees": "3",
    "seals": "yes",
    "true": "yes",
}


@pytest.fixture
def firm() -> Any:
    return people.context_of(people.holder("citizen"))


def applied(owner: Any, code: str, told: dict[str, str]) -> str:
    draft = api.start_application(context=owner, code=code)
    answers = {key: Answer(value=value) for key, value in told.items()}
    api.save_answers(context=owner, draft_id=draft.id, answers=answers)
    return api.submit(context=owner, draft_id=draft.id).case_id


def settle() -> None:
    for _ in range(4):
        deliver_pending()


def answered(case_id: str, step: str, office: str, outcome: str = "agree") -> None:
    desk = events.official(office)
    casework.claim_task(context=desk, case_id=case_id, step_id=step)
    casework.complete_task(
        context=desk, case_id=case_id, step_id=step, outcome=outcome, note="已审查"
    )
    settle()


@pytest.fixture
def site(firm: Any) -> str:
    """A construction permit under review by four offices at once."""
    case_id = applied(firm, SITE, SITE_ANSWERS)
    casework.accept(context=events.official(HOUSING), case_id=case_id)
    settle()
    return case_id


def steps(case_id: str) -> dict[str, str]:
    found = casework.process(context=events.official(HOUSING), case_id=case_id)
    return {each.id: each.state.value for each in found.steps}


def reviewed(case_id: str, **outcomes: str) -> None:
    for step, office in OFFICES.items():
        answered(case_id, step, office, outcomes.get(step, "agree"))
    answered(case_id, "joint", HOUSING, outcomes.get("joint", "agree"))


def test_four_offices_have_the_case_at_the_same_time(site: str) -> None:
    found = steps(site)
    assert {found[step] for step in OFFICES} == {"ready"}
    assert found["joint"] not in {"ready", "done"}


def test_an_office_answers_its_own_step_only(site: str) -> None:
    with pytest.raises(Denied):
        casework.claim_task(
            context=events.official(OFFICES["water"]), case_id=site, step_id="planning"
        )


def test_the_agreed_permit_is_put_up_for_the_public(site: str) -> None:
    reviewed(site)
    notice = notices.standing()[0]
    assert notice.closes > notice.opens
    told = {line.zh: line.value_zh for line in notice.lines}
    assert told["项目名称"] == "虚构大厦"
    assert "手机号码" not in told
    assert "13800000000" not in Client().get(f"/notices/{notice.id}/").content.decode()


def test_without_agreement_there_is_no_notice(site: str) -> None:
    reviewed(site, joint="object")
    assert notices.standing() == ()


def test_objections_are_answered_before_the_case_goes_on(site: str, firm: Any) -> None:
    reviewed(site)
    notice = notices.standing()[0]
    wang = people.context_of(people.person("wang", roles=("citizen",), kind="person"))
    notices.object_to(context=wang, notice_id=notice.id, text="夜间施工扰民")
    with pytest.raises(Conflict):
        notices.object_to(context=wang, notice_id=notice.id, text="再说一次")
    with clock.frozen(clock.now() + timedelta(days=14)):
        assert notices.sweep(context=system_context("services")) == 0
        assert notices.get(context=wang, notice_id=notice.id).state is NoticeState.WAITING
        with pytest.raises(Conflict):
            notices.object_to(context=firm, notice_id=notice.id, text="太晚了")
        objection = notices.of_office(context=events.official(HOUSING))[0].seen[0]
        with pytest.raises(Denied):
            notices.answer(
                context=events.official(OFFICES["water"]),
                objection_id=objection.id,
                text="不是我们",
            )
        notices.answer(
            context=events.official(HOUSING), objection_id=objection.id, text="夜间不施工"
        )
        settle()
        assert notices.past()[0].answered == 1
        assert steps(site)["public"] == "done"
    mine = notices.get(context=wang, notice_id=notice.id).seen
    assert [one.answer for one in mine] == ["夜间不施工"]
    assert notices.get(context=firm, notice_id=notice.id).seen == (), "others' words stay theirs"


def test_a_quiet_notice_ends_by_itself_and_the_permit_is_given(site: str, firm: Any) -> None:
    reviewed(site)
    with clock.frozen(clock.now() + timedelta(days=14)):
        assert notices.sweep(context=system_context("services")) == 1
        settle()
        desk = events.official(HOUSING)
        case = casework.claim(context=desk, case_id=site)
        casework.decide(
            context=desk, case_id=site, version=case.version, outcome="granted", reason="符合条件"
        )
        settle()
    rows = licences.list_of(context=firm, case_id=site)
    assert [row.type for row in rows] == ["construction-permit"]


def test_a_withdrawn_application_takes_its_notice_down(site: str, firm: Any) -> None:
    reviewed(site)
    casework.withdraw(context=firm.for_purpose("service.own-matter"), case_id=site)
    settle()
    assert notices.standing() == ()


def test_empty_objections_are_refused(site: str, firm: Any) -> None:
    reviewed(site)
    with pytest.raises(Invalid):
        notices.object_to(context=firm, notice_id=notices.standing()[0].id, text="  ")


def test_a_company_is_founded_with_the_name_that_was_kept(firm: Any) -> None:
    parts = NameParts(region="深圳市", trade="鹿鸣涧", industry="餐饮", form="有限公司")
    registration.reserve_name(context=firm, parts=parts)
    draft = api.start_application(context=firm, code=COMPANY)
    assert draft.answers["company-name"]["value"] == "深圳市鹿鸣涧餐饮有限公司"  # type: ignore[index]
    case_id = applied(firm, COMPANY, COMPANY_ANSWERS)
    market = "演示市场监督管理局登记处"
    casework.accept(context=events.official(market), case_id=case_id)
    settle()
    answered(case_id, "seal", "演示公安局")
    answered(case_id, "insurance", "演示人力资源和社会保障局")
    answered(case_id, "examine", market)
    desk = events.official(market)
    case = casework.claim(context=desk, case_id=case_id)
    casework.decide(
        context=desk, case_id=case_id, version=case.version, outcome="granted", reason="符合条件"
    )
    settle()
    assert registration.own_names(context=firm)[0].used
    assert [row.type for row in licences.list_of(context=firm)] == ["business-licence"]


def test_pages_show_notices_to_everybody_and_objections_to_the_office(site: str) -> None:
    reviewed(site)
    notice = notices.standing()[0]
    assert "虚构大厦" in Client().get("/notices/").content.decode()
    account = people.person("wang", roles=("citizen",), kind="person")
    browser = people.signed_in(account)
    assert browser.post(f"/notices/{notice.id}/object/", {"text": ""}).status_code == 422
    browser.post(f"/notices/{notice.id}/object/", {"text": "遮挡采光"})
    assert "遮挡采光" in browser.get(f"/notices/{notice.id}/").content.decode()
    assert "遮挡采光" not in Client().get(f"/notices/{notice.id}/").content.decode()
    official = people.person("liang", roles=("official",), kind="official", organisation=HOUSING)
    desk = people.signed_in(official)
    assert "遮挡采光" in desk.get("/workbench/notices/").content.decode()
    objection = notices.of_office(context=events.official(HOUSING))[0].seen[0]
    desk.post(f"/workbench/notices/{objection.id}/answer/", {"text": "已核实，间距符合标准"})
    assert "间距符合标准" in browser.get(f"/notices/{notice.id}/").content.decode()
