"""Company names: what the rules say, what is alike, and keeping a name for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pengcheng.demo.shenzhen import registration as demo
from pengcheng.domains.services.api import registration
from pengcheng.domains.services.contracts.registration import NameParts, Verdict
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def register() -> int:
    return registration.add_names(context=system_context("tests"), names=demo.names())


@pytest.fixture
def chen() -> Any:
    return people.context_of(people.holder("citizen"))


def check(name: str, **facts: Any) -> Verdict:
    return registration.check_name(parts=registration.parse_name(name=name), **facts)


def rules(verdict: Verdict) -> set[str]:
    return {each.rule for each in verdict.objections}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("深圳市荔香里餐饮管理有限公司", ("深圳市", "荔香里", "餐饮管理", "有限公司")),
        ("深圳市南山区云梯科技股份有限公司", ("深圳市南山区", "云梯", "科技", "股份有限公司")),
        ("鲸落湾餐饮有限公司", ("", "鲸落湾", "餐饮", "有限公司")),
        ("深圳市红树合伙企业(有限合伙)", ("深圳市", "红树", "", "合伙企业（有限合伙）")),
        (" 深圳市 半山灯火 文化创意有限公司", ("深圳市", "半山灯火", "文化创意", "有限公司")),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: tuple[str, ...]) -> None:
    found = registration.parse_name(name=name)
    assert (found.region, found.trade, found.industry, found.form) == parts


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("深圳市ABC科技有限公司", "characters"),
        ("深圳市8号餐饮有限公司", "characters"),
        ("深圳市龍華興科技有限公司", "traditional"),
        ("深圳市荔科技有限公司", "short"),
        ("深圳市荔香里餐饮", "form"),
        ("深圳市广州餐饮有限公司", "division"),
        ("深圳市咖啡餐饮有限公司", "generic"),
        ("福田区荔香里餐饮有限公司", "district"),
        ("上海市荔香里餐饮有限公司", "elsewhere"),
        ("广东荔香里餐饮有限公司", "above"),
        ("荔香里餐饮有限公司", "no-region"),
        ("深圳市荔香里有限公司", "no-industry"),
        ("深圳市中国荔餐饮有限公司", "state"),
        ("深圳市荔香里银行有限公司", "permit"),
        ("深圳市公安局餐饮有限公司", "state-bodies"),
        ("深圳市美国风餐饮有限公司", "foreign"),
        ("深圳市慈善里餐饮有限公司", "non-profit"),
    ],
)
def test_a_rule_names_what_it_objects_to(name: str, rule: str) -> None:
    verdict = check(name)
    assert rule in rules(verdict)
    assert all(each.article.startswith("第") for each in verdict.objections)


def test_a_good_name_has_nothing_against_it() -> None:
    verdict = check("深圳市鹿鸣涧餐饮有限公司")
    assert verdict.objections == ()
    assert verdict.passes


@pytest.mark.parametrize(
    ("name", "likeness", "passes"),
    [
        ("深圳市鲸落湾餐饮有限公司", "same", False),
        ("深圳市福田区鲸落湾饮食有限公司", "same", False),
        ("深圳市晶落湾餐饮有限公司", "sound", True),
        ("深圳市鲸落湾畔餐饮有限公司", "contains", True),
        ("深圳市鲸落弯餐饮有限公司", "sound", True),
        ("深圳市梧桐听风餐饮有限公司", "near", True),
    ],
)
def test_earlier_names_are_found_and_the_way_they_are_alike_is_said(
    register: int, name: str, likeness: str, passes: bool
) -> None:
    verdict = check(name)
    assert verdict.resemblances[0].likeness == likeness
    assert verdict.passes is passes


def test_the_same_trade_name_is_free_in_another_line_of_business(register: int) -> None:
    assert check("深圳市鲸落湾物流有限公司").resemblances == ()
    assert not check("深圳市鲸落湾有限公司").passes, "a name without industry meets all of them"


def test_firms_that_own_each_other_may_share_a_trade_name(register: int) -> None:
    assert check("深圳市鲸落湾餐饮有限公司", related=True).passes


def test_suggestions_are_names_that_pass(register: int) -> None:
    verdict = check("深圳市鲸落湾餐饮有限公司")
    assert verdict.suggestions
    for name in verdict.suggestions:
        other = check(name)
        assert other.passes
        assert other.resemblances == ()


# --- keeping ----------------------------------------------------------------------------


def parts(trade: str = "鹿鸣涧") -> NameParts:
    return NameParts(region="深圳市", trade=trade, industry="餐饮", form="有限公司")


def test_a_kept_name_is_closed_to_others_for_two_months(chen: Any) -> None:
    kept = registration.reserve_name(context=chen, parts=parts())
    assert kept.until == clock.today() + timedelta(days=60)
    wang = people.context_of(people.person("wang", roles=("citizen",), kind="person"))
    with pytest.raises(Invalid) as refused:
        registration.reserve_name(context=wang, parts=parts())
    assert "字号相同" in refused.value.errors[0].zh
    with clock.frozen(clock.now() + timedelta(days=61)):
        assert registration.own_names(context=chen)[0].expired
        assert registration.reserve_name(context=wang, parts=parts()).full == kept.full


def test_nobody_hoards_names(chen: Any) -> None:
    for trade in ("鹿鸣涧", "云水谣", "听松阁"):
        registration.reserve_name(context=chen, parts=parts(trade))
    with pytest.raises(Conflict):
        registration.reserve_name(context=chen, parts=parts("枕溪亭"))


def test_a_refused_name_cannot_be_kept_and_every_reason_is_given(chen: Any) -> None:
    with pytest.raises(Invalid) as refused:
        registration.reserve_name(context=chen, parts=parts("雷锋国家级"))
    assert len(refused.value.errors) >= 2


def test_the_nightly_sweep_frees_what_ran_out(chen: Any) -> None:
    registration.reserve_name(context=chen, parts=parts())
    system = system_context("services")
    assert registration.end_expired_names(context=system) == 0
    with clock.frozen(clock.now() + timedelta(days=61)):
        assert registration.end_expired_names(context=system) == 1


def test_officials_do_not_keep_names() -> None:
    with pytest.raises(Denied):
        registration.reserve_name(
            context=people.context_of(people.holder("official")), parts=parts()
        )


# --- pages ------------------------------------------------------------------------------


ASKED = {"region": "深圳市", "trade": "鲸落湾", "industry": "餐饮", "form": "有限公司"}


@pytest.mark.usefixtures("city", "register")
def test_anybody_can_check_a_name_by_its_address() -> None:
    page = Client().get("/registration/names/", ASKED).content.decode()
    assert "深圳市鲸落湾餐饮有限公司" in page
    assert "字号相同" in page
    assert "不能保留" in page


@pytest.mark.usefixtures("city")
def test_a_name_is_kept_with_one_press(chen: Any) -> None:
    from tests.services import events

    browser = people.signed_in(events.account(chen))
    told = ASKED | {"trade": "鹿鸣涧"}
    assert "可以保留" in browser.get("/registration/names/", told).content.decode()
    assert browser.post("/registration/names/", told).status_code == 302
    assert "深圳市鹿鸣涧餐饮有限公司" in browser.get("/registration/names/").content.decode()
    again = browser.post("/registration/names/", told)
    assert again.status_code == 422


@pytest.mark.usefixtures("city")
def test_strangers_are_not_given_names() -> None:
    assert Client().post("/registration/names/", ASKED | {"trade": "鹿鸣涧"}).status_code in {
        302,
        403,
    }
