"""Company names judged by others: the regulation's own text, and published examples.

The examples: what the State Administration for Industry and Commerce told the press of the rules
of 2017 (National Business Daily, 2017-08-12), and the illustration in the Guide to enterprise names
(edition of 2025) of a trade name that is taken for the line of business.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from pengcheng.domains.services.rules import registration as names

REFUSED_IN_PUBLIC = (
    "支那 黑太阳 大地主 九一一 占中 大和 福尔摩萨 妻妾成群 "
    "海洛因 推牌九 董存瑞 雷锋 国家级 最高级 最佳"
).split()
SENTENCE = "宝鸡有一群怀揣着梦想的少年相信在牛大叔的带领下会创造生命的奇迹网络科技有限公司"


def weights(name: str) -> set[str]:
    return {each.weight for each in names.objections(names.parse(name))}


@pytest.mark.parametrize("word", REFUSED_IN_PUBLIC)
def test_words_that_were_published_as_forbidden_are_refused(word: str) -> None:
    assert "refuse" in weights(f"深圳市{word}贸易有限公司")


@pytest.mark.parametrize("word", ["中国", "中华", "全国", "国家", "国际"])
def test_words_of_the_state_are_not_for_the_registrar_to_give(word: str) -> None:
    assert weights(f"{word}荔香里贸易有限公司") & {"refuse", "approval"}


def test_the_sentence_that_made_the_news_is_refused() -> None:
    found = names.objections(names.parse(SENTENCE))
    assert "sentence" in {each.rule for each in found}


def test_the_guides_own_pair_is_told_apart() -> None:
    assert "refuse" not in weights("深圳市沃动机械有限公司")
    assert "refuse" in weights("深圳市动力机械有限公司")


@pytest.fixture(scope="module")
def articles(shared_data: Path) -> dict[str, str]:
    """The regulation of 2020, article by article."""
    path = shared_data / "government" / "laws_cn_gd_sz.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        laws = [json.loads(line) for line in lines]
    text = next(law["text"] for law in laws if law["title"] == "企业名称登记管理规定")
    parts = re.split(r"\n(第[一二三四五六七八九十]+条) ", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_article_that_a_rule_cites_says_so(articles: dict[str, str]) -> None:
    for group in names.naming()["words"]:
        article, item = re.fullmatch(r"(第.+?条)第(（.）)项", group["article"]).groups()  # type: ignore[union-attr]
        line = next(one for one in articles[article].split("\n\n") if one.startswith(item))
        if group["id"] in {"dignity", "public", "state-bodies", "foreign"}:
            assert group["zh"][:4] in line
        assert line


def test_the_time_a_name_is_kept_is_the_regulations(articles: dict[str, str]) -> None:
    from pengcheng.domains.services.ops import registration

    assert "保留期为2个月" in articles["第十八条"]
    assert registration.KEPT_DAYS == 60
    assert "未满1年" in articles["第十七条"]
