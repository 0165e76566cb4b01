"""The seventeen checks. Each answers its causes (none: it holds), ``IDLE`` or None for unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from pengcheng.domains.services.contracts import Item

Outcome = tuple[str, ...] | list[str] | None
IDLE: tuple[str, ...] = ("idle",)
"""The rule does not concern this item; told apart by identity."""

Check = Callable[[Item, "Settings"], Outcome]


class Settings:
    """The thresholds and words of ``data/lints.toml`` in the form the checks ask for."""

    def __init__(self, tables: dict[str, Any]) -> None:
        numbers, words = tables["numbers"], tables["words"]
        self.stages: tuple[str, ...] = tuple(numbers["stages"])
        self.least_faq: int = numbers["least_faq"]
        self.licence: str = numbers["licence"]
        self.full_depth: int = numbers["full_depth"]
        self.at_once: tuple[str, str] = tuple(words["at_once"])
        self.in_time: tuple[str, str] = tuple(words["in_time"])
        self.by_mail: str = words["by_mail"]
        self.results = {row["rule"]: (row["ending"], row["kind"]) for row in tables["result"]}
        self.area_codes: dict[str, str] = tables["area_codes"]
        self.with_area_code = re.compile(tables["phones"]["with_area_code"])
        self.nationwide = re.compile(tables["phones"]["nationwide"])
        self.topics = {name: frozenset(ids) for name, ids in tables["topics"].items()}
        self.audiences = {name: frozenset(ids) for name, ids in tables["audiences"].items()}


def _differs(pairs: Iterable[tuple[str, object, object]]) -> Outcome:
    """The names of the fields that say otherwise; unknown if one is silent and none says so."""
    wrong, silent = [], False
    for name, said, wanted in pairs:
        silent = silent or said is None
        if said is not None and said != wanted:
            wrong.append(name)
    return None if silent and not wrong else wrong


def _pace(item: Item, kinds: tuple[str, str]) -> Outcome:
    told = item.declared
    pairs = (
        ("project_type", told.project_type, kinds[0]),
        ("audit_type", told.audit_type, kinds[1]),
    )
    return _differs(pairs)


def at_once(item: Item, by: Settings) -> Outcome:
    if item.declared.at_once is None:
        return None
    return _pace(item, by.at_once) if item.declared.at_once else IDLE


def in_time(item: Item, by: Settings) -> Outcome:
    if item.declared.at_once is None:
        return None
    return IDLE if item.declared.at_once else _pace(item, by.in_time)


def _result(rule: str) -> Check:
    def check(item: Item, by: Settings) -> Outcome:
        ending, kind = by.results[rule]
        name = item.declared.result_name
        if name is None:
            return None
        if not name.endswith(ending):
            return IDLE
        return _differs((("result_type", item.declared.result_type, kind),))

    return check


def visit_reason(item: Item, by: Settings) -> Outcome:
    if item.limit_scene_num == 0:
        return IDLE
    reason = item.declared.limit_scene_explain
    return None if reason is None else _lacks({"reason": bool(reason.strip())})


def no_visit_reason(item: Item, by: Settings) -> Outcome:
    if item.limit_scene_num:
        return IDLE
    reason = item.declared.limit_scene_explain
    return None if reason is None else _lacks({"reason": not reason.strip()})


def _lacks(facts: dict[str, bool]) -> list[str]:
    return [name for name, there in facts.items() if not there]


def by_mail(item: Item, by: Settings) -> Outcome:
    if item.limit_scene_num or item.is_online:
        return IDLE
    ways = item.declared.handle_type
    if ways is not None:
        return _lacks({"by_mail": by.by_mail in ways})
    # The source has no way of handing in, but says whether papers go by courier.
    return None if item.is_express is None else _lacks({"by_mail": item.is_express})


def fully_online(item: Item, by: Settings) -> Outcome:
    depth = item.declared.online_handle_depth
    if not item.limit_scene_num:
        return () if depth is not None and depth >= by.full_depth else IDLE
    if depth is None:
        return None if item.is_online else IDLE
    return ("visits",) if depth >= by.full_depth else IDLE


def fee_complete(item: Item, by: Settings) -> Outcome:
    told = item.declared
    if not told.is_fee:
        return None if told.is_fee is None else IDLE
    return _lacks(
        {
            "fee_basis": bool(told.fee_basis),
            "fee_items": bool(told.fee_items),
            "fee_stand": bool(told.fee_stand),
            "is_pay_online": told.is_pay_online is not None,
        }
    )


def free_of_payment(item: Item, by: Settings) -> Outcome:
    told = item.declared
    if told.is_fee is None:
        return None
    if told.is_fee:
        return IDLE
    return None if told.is_pay_online is None else _lacks({"is_pay_online": not told.is_pay_online})


def _area(numbers: Iterable[str], item: Item, by: Settings) -> list[str]:
    own = by.area_codes.get(item.region_code[:4], "")
    found: dict[str, None] = {}
    for number in numbers:
        if by.nationwide.match(number):
            continue
        area = by.with_area_code.match(number)
        if area is None:
            found["area_code"] = None
        elif own and area[1] != own:
            found["foreign_area"] = None
    return list(found)


def phones(item: Item, by: Settings) -> Outcome:
    asked, complained = item.consult_phone, item.complain_phone
    lacking = _lacks({"consult_missing": bool(asked), "complain_missing": bool(complained)})
    if asked and set(asked) == set(complained):
        lacking.append("same")
    return lacking + _area((*asked, *complained), item, by)


def contact(item: Item, by: Settings) -> Outcome:
    number = item.declared.link_way
    if number is None:
        return None
    if not number:
        return ("missing",)
    same = ["same"] if number in item.complain_phone else []
    return same + _area((number,), item, by)


def topics(item: Item, by: Settings) -> Outcome:
    """Two equivalences: persons served ⇔ a theme for persons; organisations likewise."""
    themes = frozenset(item.topic_type) - by.topics["silent"]
    if not themes or not item.server_type:
        return None
    both = bool(themes & by.topics["both"])
    corporate = both or bool(themes & by.topics["corporate"])
    person = both or bool(themes - by.topics["corporate"])
    person_served = bool(by.audiences["person"] & set(item.server_type))
    corporate_served = bool(by.audiences["corporate"] & set(item.server_type))
    only_person = bool(themes - by.topics["corporate"] - by.topics["both"])
    only_corporate = bool(themes & by.topics["corporate"])
    return _lacks(
        {
            "no_person_topic": person or not person_served,
            "no_corporate_topic": corporate or not corporate_served,
            "person_topic": person_served or not only_person,
            "corporate_topic": corporate_served or not only_corporate,
        }
    )


def faq(item: Item, by: Settings) -> Outcome:
    if item.task_type != by.licence:
        return IDLE
    count = item.declared.faq
    return None if count is None else _lacks({"faq": count >= by.least_faq})


def stages(item: Item, by: Settings) -> Outcome:
    if item.task_type != by.licence:
        return IDLE
    named = item.declared.stages
    return None if named is None else _lacks({"stages": set(by.stages) <= set(named)})


def sample(item: Item, by: Settings) -> Outcome:
    told = item.declared
    if not told.result_name:
        return None if told.result_name is None else IDLE
    return None if told.result_sample is None else _lacks({"sample": told.result_sample})


CHECKS: dict[str, Check] = {
    "01": at_once,
    "02": in_time,
    "03": _result("03"),
    "04": _result("04"),
    "05": _result("05"),
    "06": visit_reason,
    "07": no_visit_reason,
    "08": by_mail,
    "09": fully_online,
    "10": fee_complete,
    "11": free_of_payment,
    "12": phones,
    "13": contact,
    "14": topics,
    "15": faq,
    "16": stages,
    "17": sample,
}
