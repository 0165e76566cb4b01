"""Templates are data with checks: both languages, every variable declared, nothing personal out."""

from __future__ import annotations

import pytest
from msgspec import ValidationError

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import Template, Text
from pengcheng.domains.messages.rules import templates
from pengcheng.kernel.problems import Denied
from tests.messages.scenes import CHEN, WANG

GOOD = {
    "id": "x.case.opened",
    "variables": ["reference", "title"],
    "title": {"zh": "已收到{title}", "en": "{title} received"},
    "body": {"zh": "{title}（{reference}）", "en": "{title} ({reference})"},
    "short": {"zh": "{reference}有新进展", "en": "News of {reference}"},
    "sample": {"reference": "SZ-1", "title": {"zh": "开业", "en": "Opening"}},
}


def read(**changes):
    return templates.read({"template": [{**GOOD, **changes}]}, "x")


def test_every_template_of_the_house_reads_whole_in_both_languages() -> None:
    found = api.previews_of_templates(context=WANG)
    assert found
    for preview in found:
        for text in (preview.title, preview.body, preview.short or Text("中", "e")):
            assert "{" not in text.zh + text.en
            assert any("\u4e00" <= char <= "\u9fff" for char in text.zh)
            assert text.en.strip()


def test_citizens_do_not_read_the_templates() -> None:
    with pytest.raises(Denied):
        api.previews_of_templates(context=CHEN)


def test_a_whole_template_is_taken_and_filled_in_each_language() -> None:
    preview = templates.preview(read()[0])
    assert preview.title == Text("已收到开业", "Opening received")
    assert preview.short == Text("SZ-1有新进展", "News of SZ-1")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "y.case.opened"}, "does not begin with x."),
        ({"title": {"zh": "已收到{title}", "en": ""}}, "title has no en"),
        ({"title": {"zh": "已收到", "en": "{title} received"}}, "same variables in both"),
        ({"body": {"zh": "{who}", "en": "{who}"}}, "body uses who undeclared"),
        ({"variables": ["reference", "title", "day"]}, "day is declared but not used"),
        ({"short": {"zh": "{title}", "en": "{title}"}}, "short must not tell title"),
        ({"short": {"zh": "长" * 141, "en": "long"}}, "short is too long"),
        ({"sample": {"reference": "SZ-1"}}, "sample must give exactly"),
    ],
)
def test_what_is_wrong_with_a_template_is_named(changes, fault) -> None:
    with pytest.raises(ValueError, match=fault):
        read(**changes)


def test_a_template_twice_or_with_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="defined twice"):
        templates.read({"template": [GOOD, GOOD]}, "x")
    with pytest.raises(ValidationError):
        read(colour="red")


def test_a_value_is_never_read_as_a_template() -> None:
    text = templates.fill(Text("{title}", "{title}"), {"title": "{reference} {0.__class__} %s"})
    assert text.zh == "{reference} {0.__class__} %s"


def test_a_template_is_of_the_declared_kind() -> None:
    assert isinstance(api.get_template(name="messages.preference.changed"), Template)
