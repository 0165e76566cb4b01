"""Chinese words in an English sentence are marked, and nothing else is touched."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import format_html

from pengcheng.kit.pages.tongues import mark_chinese


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Nanshan, 粤海, 440305007", 'Nanshan, <span lang="zh-Hans">粤海</span>, 440305007'),
        ("南山区科苑路15号A栋", '<span lang="zh-Hans">南山区科苑路15号A栋</span>'),
        ("plain <b>", "plain &lt;b&gt;"),
        ("<i>深圳</i>", '&lt;i&gt;<span lang="zh-Hans">深圳</span>&lt;/i&gt;'),
        (42, "42"),
    ],
)
def test_chinese_runs_are_marked_on_english_pages(text, marked):
    with translation.override("en"):
        assert mark_chinese(text) == marked


def test_chinese_pages_stay_as_they_are():
    with translation.override("zh-hans"):
        assert mark_chinese("a 深圳 <") == "a 深圳 &lt;"


def test_markup_whose_author_marked_it_is_left_alone():
    done = format_html('<em lang="zh-Hans">{}</em>', "深圳")
    with translation.override("en"):
        assert mark_chinese(done) == done


def test_templates_use_it_as_a_filter():
    with translation.override("en"):
        drawn = Template("{% load kit %}{{ text|han }}").render(Context({"text": "at 深圳"}))
    assert drawn == 'at <span lang="zh-Hans">深圳</span>'


def test_words_of_a_template_are_marked_too():
    words = '{% load i18n kit %}{% translate "at 深圳" as text %}{{ text|han }}'
    with translation.override("en"):
        drawn = Template(words).render(Context())
    assert drawn == 'at <span lang="zh-Hans">深圳</span>'
