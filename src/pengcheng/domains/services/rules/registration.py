"""What may be in a company's name: its parts, and the rules of the regulation of 2020."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from pengcheng.domains.services.contracts.registration import (
    Industry,
    NameParts,
    Objection,
    Weight,
)
from pengcheng.domains.services.rules.vocabulary import data_bytes

HAN = re.compile(r"[\u3400-\u9fff]+")
BRACKETS = str.maketrans("()", "（）")


@cache
def naming() -> dict[str, Any]:
    """The tables of the rules."""
    return tomllib.loads(data_bytes("registration", "naming.toml").decode())


@cache
def divisions() -> frozenset[str]:
    """Names of provinces, cities, districts and counties, with and without their ending."""
    names = data_bytes("registration", "divisions.txt").decode().split()
    short = {re.sub(r"(特别行政区|自治区|自治州|自治县|省|市|区|县)$", "", name) for name in names}
    return frozenset({*names, *(name for name in short if len(name) > 1)})


@cache
def industries() -> tuple[Industry, ...]:
    return tuple(
        Industry(
            id=row["id"],
            zh=row["zh"],
            en=row["en"],
            words=tuple(row["words"]),
            code=row["class"],
            permit=row.get("permit", False),
        )
        for row in naming()["industry"]
    )


def industry_of(words: str) -> Industry | None:
    """The line of business that these words stand for."""
    return next((one for one in industries() if words in one.words), None)


# --- taking a name apart ----------------------------------------------------------------


def tidy(text: str) -> str:
    """The name without blanks, brackets in their Chinese form."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(BRACKETS)


def standard(text: str) -> str:
    """Traditional characters as their standard ones, as far as we know them."""
    table = naming()["traditional"]
    return text.translate(str.maketrans(table["from"], table["to"]))


def parse(name: str) -> NameParts:
    """The four parts of a whole name; what cannot be told apart stays in the trade name."""
    rest = tidy(name)
    form = _longest((one for one in naming()["forms"] if rest.endswith(one)), "")
    rest = rest.removesuffix(form)
    region = _region(rest)
    rest = rest.removeprefix(region)
    words = (word for one in industries() for word in one.words)
    industry = _longest((w for w in words if rest.endswith(w) and len(rest) > len(w)), "")
    return NameParts(region=region, trade=rest.removesuffix(industry), industry=industry, form=form)


def _region(text: str) -> str:
    rules = naming()
    own = [*rules["own_regions"], *rules["above_regions"], *_with_districts()]
    known = (one for one in {*own, *divisions()} if text.startswith(one) and len(text) > len(one))
    return _longest(known, "")


def _with_districts() -> Iterator[str]:
    rules = naming()
    for city in rules["own_regions"]:
        yield from (f"{city}{district}" for district in rules["districts"])


def _longest(found: Iterator[str], otherwise: str) -> str:
    return max(found, key=len, default=otherwise)


# --- the rules --------------------------------------------------------------------------


def objections(parts: NameParts) -> tuple[Objection, ...]:
    """All that the rules say to this name, the gravest first."""
    rules = (_characters, _form, _trade, _region_rule, _industry, _words, _state_words)
    found = [objection for rule in rules for objection in rule(parts)]
    order: dict[Weight, int] = {"refuse": 0, "approval": 1, "caution": 2}
    return tuple(sorted(found, key=lambda each: order[each.weight]))


def _say(rule: str, weight: Weight, article: str, zh: str, en: str, about: str = "") -> Objection:
    return Objection(rule=rule, weight=weight, article=article, zh=zh, en=en, about=about)


def _characters(parts: NameParts) -> Iterator[Objection]:
    core = f"{parts.region}{parts.trade}{parts.industry}"
    strange = "".join(sorted(set(HAN.sub("", core)) - {"（", "）"}))
    if strange:
        zh = f"企业名称应当使用规范汉字，不得含有“{strange}”"
        en = f"A name is written in standard Chinese characters, without “{strange}”"
        yield _say("characters", "refuse", "第五条", zh, en, strange)
    old = "".join(char for char in core if standard(char) != char)
    if old:
        zh = f"“{old}”不是规范汉字，应写作“{standard(old)}”"
        en = f"“{old}” is not standard: write “{standard(old)}”"
        yield _say("traditional", "refuse", "第五条", zh, en, old)
    rare = "".join(char for char in core if HAN.match(char) and not old and not _common(char))
    if rare:
        zh = f"“{rare}”不在常用字内，请确认是规范汉字"
        en = f"“{rare}” is rare: make sure that it is a standard character"
        yield _say("rare", "caution", "第五条", zh, en, rare)


def _common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _form(parts: NameParts) -> Iterator[Objection]:
    if not parts.form:
        yield _say(
            "form",
            "refuse",
            "第十条",
            "企业名称中应当标明组织形式，例如“有限公司”",
            "A name says what form the enterprise has, such as 有限公司",
        )


def _trade(parts: NameParts) -> Iterator[Objection]:
    trade = parts.trade
    if len(HAN.sub("", trade)) == 0 and len(trade) < 2:
        zh, en = "字号应当由两个以上汉字组成", "The trade name has two characters or more"
        yield _say("short", "refuse", "第八条", zh, en, trade)
    if trade in divisions():
        zh = "县级以上地方行政区划名称不得作为字号，另有含义的除外"
        en = "A division's name cannot be the trade name, unless it means something else"
        yield _say("division", "refuse", "第八条", zh, en, trade)
    if _is_business(parts):
        zh = "行业或者经营特点不得作为字号，字号与行业连用不得被当作行业表述"
        en = "What says the line of business cannot be the trade name"
        yield _say("generic", "refuse", "第八条", zh, en, trade)
    if len(trade) > naming()["longest_trade"]:
        zh, en = "字号不得使用语句", "A trade name is not a sentence"
        yield _say("sentence", "refuse", "第十一条第（八）项", zh, en, trade)


def _is_business(parts: NameParts) -> bool:
    if industry_of(parts.trade) is not None:
        return True
    expression = f"{parts.trade}{parts.industry}"
    return bool(parts.industry) and any(expression == word for word in naming()["modifiers"])


def _region_rule(parts: NameParts) -> Iterator[Objection]:
    rules = naming()
    if parts.region in rules["own_regions"] or parts.region in set(_with_districts()):
        return
    if parts.region in rules["districts"]:
        zh = "市辖区名称应当同时冠以其所属的设区的市的名称，例如“深圳市福田区”"
        en = "A district is named with its city, such as 深圳市福田区"
        yield _say("district", "refuse", "第七条", zh, en, parts.region)
    elif parts.region in rules["above_regions"]:
        zh = "冠以省名的企业名称由省级企业登记机关登记"
        en = "Names with the province are registered by the province"
        yield _say("above", "approval", "第七条", zh, en, parts.region)
    elif parts.region:
        zh = "行政区划名称应当是企业所在地的名称，本机关登记住所在深圳市的企业"
        en = "The region is where the enterprise is: here Shenzhen"
        yield _say("elsewhere", "refuse", "第七条", zh, en, parts.region)
    else:
        zh = "名称不含行政区划的，须是跨省、自治区、直辖市经营的企业"
        en = "Only enterprises at work in several provinces may leave the region out"
        yield _say("no-region", "approval", "第六条", zh, en)


def _industry(parts: NameParts) -> Iterator[Objection]:
    if not parts.industry:
        zh = "名称不含行业的，须是跨行业综合经营的企业"
        en = "Only enterprises in several lines of business may leave the industry out"
        yield _say("no-industry", "caution", "第六条", zh, en)
        return
    found = industry_of(parts.industry)
    if found is None:
        zh = "请按国民经济行业分类标明行业"
        en = "Name the industry after the national classification"
        yield _say("unknown-industry", "caution", "第九条", zh, en, parts.industry)
    elif found.permit:
        zh = f"“{parts.industry}”须先经主管部门批准；名称保留期为一年"
        en = "This business needs a permit first; the name is then kept for a year"
        yield _say("permit", "approval", "第十八条", zh, en, parts.industry)


def _words(parts: NameParts) -> Iterator[Objection]:
    core = f"{parts.trade}{parts.industry}"
    for group in naming()["words"]:
        for word in group["words"]:
            if word in core:
                zh, en = f"“{word}”：{group['zh']}", f"“{word}” {group['en']}"
                yield _say(group["id"], "refuse", group["article"], zh, en, word)


def _state_words(parts: NameParts) -> Iterator[Objection]:
    told = naming()["state_words"]
    for word in told["words"]:
        leading = f"{parts.region}{parts.trade}".startswith(word)
        if leading or word in parts.trade:
            yield _say("state", "approval", told["article"], told["zh"], told["en"], word)
