"""What a page author may count on when using the components."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils.translation import override

from pengcheng.kernel import clock
from pengcheng.kit.pages.fields import DayField

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def draw(source: str, *, path: str = "/", language: str = "en", **facts) -> str:
    template = engines["django"].from_string("{% load i18n kit %}" + source)
    with override(language):
        return template.render(facts, RequestFactory().get(path))


class Permit(forms.Form):
    name = forms.CharField(label="Full name", help_text="As on the card")
    day = DayField(label="Day")
    way = forms.ChoiceField(
        label="Way", widget=forms.RadioSelect, choices=[("a", "Letter"), ("b", "Call")]
    )
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="It is true.")


# -- figures ---------------------------------------------------------------------------------


def test_a_figure_carries_its_source_and_its_age():
    with clock.frozen(NOW):
        drawn = draw(
            '{% figure 26.4 "°C" "Station 59493" at label="Air" %}', at=NOW - timedelta(hours=2)
        )
    assert "26.4" in drawn
    assert "Station 59493" in drawn
    assert "2 hours ago" in drawn
    assert 'datetime="2026-11-22T10:00:00+08:00"' in drawn


@pytest.mark.parametrize(
    "tag", ['{% figure 3 "km" %}', '{% figure 3 "km" "map" %}', '{% figure 3 "km" "" at %}']
)
def test_a_figure_without_source_or_time_is_refused(tag):
    with pytest.raises(TemplateSyntaxError, match="source and observed_at"):
        draw(tag, at=NOW)


def test_a_simulated_figure_says_so():
    tag = '{% figure 3 "" "model" at simulated=True %}'
    assert "Simulated" in draw(tag, at=NOW)
    assert "模拟" in draw(tag, at=NOW, language="zh-hans")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (5, "just now", "刚刚"),
        (60, "1 minute ago", "1 分钟前"),
        (7200, "2 hours ago", "2 小时前"),
        (86400 * 3, "3 days ago", "3 天前"),
        (-30, "just now", "刚刚"),
    ],
)
def test_ages_are_told_in_words(seconds, english, chinese):
    with clock.frozen(NOW):
        at = NOW - timedelta(seconds=seconds)
        assert english in draw("{% age at %}", at=at)
        assert chinese in draw("{% age at %}", at=at, language="zh-hans")


def test_moments_are_told_in_the_citys_time():
    late = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert "2027年1月1日 01:30" in draw("{% when at %}", at=late, language="zh-hans")


# -- forms -----------------------------------------------------------------------------------


def test_hint_and_error_are_tied_to_their_field():
    drawn = draw("{% field form.name %}", form=Permit({}))
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', drawn)[1].split()
    assert described == ["id_name-hint", "id_name-error"]
    assert all(f'id="{name}"' in drawn for name in described)
    assert 'aria-invalid="true"' in drawn
    assert 'for="id_name"' in drawn


def test_a_group_of_radios_is_a_fieldset_that_owns_its_error():
    drawn = draw("{% field form.way %}", form=Permit({}))
    assert re.search(r'<fieldset[^>]*aria-describedby="id_way-error"', drawn)
    assert "<legend" in drawn
    assert drawn.count('type="radio"') == 2


def test_what_was_chosen_stays_chosen():
    drawn = draw("{% field form.way %}", form=Permit({"way": "b"}))
    assert re.search(r'value="b" checked', drawn)
    assert not re.search(r'value="a" checked', drawn)


def test_a_day_is_written_for_the_browser_whatever_the_language():
    form = Permit(initial={"day": datetime(2026, 3, 9, tzinfo=UTC).date()})
    for language in ("en", "zh-hans"):
        assert 'type="date" name="day" value="2026-03-09"' in draw(
            "{% field form.day %}", form=form, language=language
        )


@pytest.mark.parametrize("typed", ["2026-03-09", "2026/03/09"])
def test_a_day_may_be_typed_where_there_is_no_picker(typed):
    assert DayField().clean(typed).isoformat() == "2026-03-09"


def test_only_what_may_be_left_out_is_marked():
    drawn = draw("{% fieldset form %}", form=Permit())
    assert drawn.count("(optional)") == 1


def test_the_error_summary_names_each_field_and_leads_to_it():
    drawn = draw("{% error_summary form %}", form=Permit({}))
    assert '<a href="#id_name">Full name: This field is required.</a>' in drawn
    assert 'href="#id_way_0"' in drawn
    assert "It is true: This field is required." in drawn


def test_a_form_without_errors_has_no_summary():
    assert draw("{% error_summary form %}", form=Permit()).strip() == ""


def test_errors_of_the_whole_form_are_told_without_a_link():
    form = Permit({})
    form.add_error(None, "Two answers contradict each other")
    drawn = draw("{% error_summary form %}", form=form)
    assert "<li>Two answers contradict each other</li>" in drawn


def test_what_people_type_cannot_become_markup():
    evil = '"><script>alert(1)</script>'
    form = Permit({"name": evil, "note": evil})
    drawn = draw(
        '{% fieldset form %}{% search_box "S" value=evil %}{% summary_list rows %}'
        "{% notice evil title=evil %}{% state_tag evil %}{% timeline entries %}{% empty evil %}",
        form=form,
        evil=evil,
        rows=[{"key": evil, "value": evil}],
        entries=[{"title": evil, "text": evil, "by": evil}],
    )
    assert "<script" not in drawn


# -- lists -----------------------------------------------------------------------------------


def links(drawn: str) -> list[str]:
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag == "a":
                found.append(dict(attrs)["href"])

    Reader().feed(drawn)
    return found


def test_page_links_keep_what_was_asked():
    page = Paginator(range(95), 10).page(5)
    found = links(draw("{% pagination page %}", page=page, path="/x?q=permit&page=5"))
    asked = [QueryDict(link[1:]) for link in found]
    assert {query["q"] for query in asked} == {"permit"}
    assert [query["page"] for query in asked] == ["4", "1", "4", "6", "10", "6"]


def test_a_single_page_needs_no_page_links():
    assert draw("{% pagination page %}", page=Paginator([1], 10).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("path", "direction", "next_sort"),
    [
        ("/", None, "days"),
        ("/?sort=days", "ascending", "-days"),
        ("/?sort=-days", "descending", "days"),
    ],
)
def test_a_table_head_sorts_up_then_down(path, direction, next_sort):
    columns = [{"key": "days", "title": "Days", "sort": "days", "numeric": True}]
    drawn = draw("{% table columns rows %}", columns=columns, rows=[[5]], path=path)
    assert (
        re.search(r'aria-sort="(\w+)"', drawn) is None
        if direction is None
        else (f'aria-sort="{direction}"' in drawn)
    )
    assert QueryDict(links(drawn)[0][1:])["sort"] == next_sort


def test_sorting_starts_again_at_the_first_page():
    columns = [{"key": "a", "title": "A", "sort": "a"}]
    drawn = draw("{% table columns rows %}", columns=columns, rows=[[1]], path="/?q=x&page=3")
    assert links(drawn) == ["?q=x&sort=a"]


def test_cells_may_be_links_states_moments_or_nothing():
    columns = [{"key": key, "title": key} for key in "abcd"]
    row = {
        "a": {"text": "Permit", "url": "/p"},
        "b": {"text": "Open", "kind": "active"},
        "c": {"moment": NOW},
        "d": None,
    }
    drawn = draw("{% table columns rows %}", columns=columns, rows=[row])
    assert '<a class="govuk-link" href="/p">Permit</a>' in drawn
    assert "pc-tag--active" in drawn
    assert "<time" in drawn
    assert ">–</td>" in drawn


def test_a_row_of_the_wrong_length_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        draw("{% table columns rows %}", columns=[{"title": "A"}], rows=[[1, 2]])


def test_filters_keep_the_search_words_but_not_the_page():
    class Filter(forms.Form):
        state = forms.CharField(required=False)

    drawn = draw("{% filters form %}", form=Filter(), path="/?q=permit&state=open&page=4&lang=en")
    hidden = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', drawn)
    assert hidden == [("q", "permit")]
    assert "(optional)" not in drawn  # nobody must filter


def test_a_state_is_told_by_word_and_shape():
    drawn = draw('{% state_tag "Refused" "bad" %}')
    assert "Refused" in drawn
    assert 'class="pc-tag__shape" aria-hidden="true"' in drawn


def test_steps_mark_the_present_one():
    drawn = draw("{% steps titles 2 %}", titles=["Check", "Details", "Send"])
    assert drawn.count('aria-current="step"') == 1
    assert "Check<span" in drawn
    assert "(done)" in drawn


@pytest.mark.parametrize(("value", "maximum", "share"), [(62, 100, 62), (1, 3, 33), (0, 0, 0)])
def test_progress_is_told_as_a_share(value, maximum, share):
    assert f"{share}%" in draw("{% progress v m label='Load' %}", v=value, m=maximum)


def test_an_unknown_icon_is_a_plain_shape():
    assert "icons.svg#square" in draw('{% icon "no-such-thing" %}')
    assert "icons.svg#home" in draw('{% icon "home" %}')


def test_an_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in draw('{% icon "home" %}')
    assert 'role="img" aria-label="At home"' in draw('{% icon "home" "At home" %}')


def test_the_language_switch_keeps_the_page_and_its_question():
    drawn = draw("{% language_switch %}", path="/items/?q=permit&lang=en")
    assert links(drawn) == ["?q=permit&lang=zh-hans"]
    assert 'lang="zh-Hans"' in drawn
    assert re.search(r'<span lang="en" aria-current="true">English', drawn)


@pytest.mark.parametrize("kind", ["info", "success", "warning", "error"])
def test_notices_say_their_kind_to_who_cannot_see_colours(kind):
    words = {"info": "Note", "success": "Success", "warning": "Warning", "error": "Error"}
    assert f'aria-label="{words[kind]}"' in draw("{% notice 'x' kind=kind %}", kind=kind)
