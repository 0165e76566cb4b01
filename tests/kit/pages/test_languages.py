"""The checker of languages finds each kind of gap, and the tool that fills catalogues works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages
from tools.inspect import languages

ROOT = Path(__file__).resolve().parents[3]
HEAD = (
    'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


class House:
    """A scratch repository with one domain."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lamps = self.domain("lamps")

    def domain(self, name: str) -> Path:
        folder = self.root / "src" / "pengcheng" / "domains" / name
        (folder / "web" / "templates" / name).mkdir(parents=True)
        return folder

    def page(self, text: str, owner: Path | None = None) -> None:
        owner = owner or self.lamps
        (owner / "web" / "templates" / owner.name / "page.html").write_text(text, "utf-8")

    def code(self, text: str) -> None:
        (self.lamps / "web" / "pages.py").write_text(text, "utf-8")

    def catalogue(self, body: str, owner: Path | None = None) -> None:
        path = languages.catalogue_path(owner or self.lamps)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + body, "utf-8")

    def found(self) -> list[str]:
        return languages.check(self.root)


@pytest.fixture
def house(tmp_path) -> House:
    return House(tmp_path)


LAMP = '{% load i18n %}<p>{% translate "Lamp" %}</p>'


def test_a_whole_catalogue_passes(house):
    house.page(LAMP)
    house.code('from django.utils.translation import pgettext\npgettext("light", "Off")\n')
    house.catalogue('msgid "Lamp"\nmsgstr "灯"\n\nmsgctxt "light"\nmsgid "Off"\nmsgstr "关"\n')
    assert house.found() == []


def test_no_catalogue_at_all_is_found(house):
    house.page(LAMP)
    assert house.found() == ["lamps: no zh_Hans catalogue for 1 messages"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "missing: 'Lamp'"),
        ('msgid "Lamp"\nmsgstr ""\n', "empty: 'Lamp'"),
        ('#, fuzzy\nmsgid "Lamp"\nmsgstr "灯"\n', "fuzzy: 'Lamp'"),
        ('msgid "Lamp"\nmsgstr "灯"\n\nmsgid "Candle"\nmsgstr "烛"\n', "obsolete: 'Candle'"),
        ('msgid "Lamp"\nmsgstr "灯"\n\n#~ msgid "Oil"\n#~ msgstr "油"\n', "obsolete: 'Oil'"),
        ('msgctxt "x"\nmsgid "Lamp"\nmsgstr "灯"\n', "missing: 'Lamp'"),
    ],
)
def test_each_gap_is_found(house, body, fault):
    house.page(LAMP)
    house.catalogue(body)
    assert f"lamps: {fault}" in house.found()


@pytest.mark.parametrize(
    ("chinese", "right"),
    [("%(n)s 盏灯", True), ("%(m)s 盏灯", False), ("盏灯", False), ("%(n)s %(n)s", False)],
)
def test_placeholders_must_be_the_same(house, chinese, right):
    house.page(
        "{% load i18n %}{% blocktranslate count n=n %}{{ n }} lamp{% plural %}{{ n }} lamps"
        "{% endblocktranslate %}"
    )
    house.catalogue(f'msgid "%(n)s lamp"\nmsgid_plural "%(n)s lamps"\nmsgstr[0] "{chinese}"\n')
    assert (house.found() == []) is right


@pytest.mark.parametrize(
    "page",
    [
        "<p>Lamp</p>",
        "<p>{{ n }} 盏</p>",
        '<img alt="A lamp">',
        '<input placeholder="Type here">',
        '<nav aria-label="Main"></nav>',
        "{% if x %}on{% else %}off{% endif %}",
        "<div><img><p>after a void element</p></div>",
    ],
)
def test_text_outside_the_catalogue_is_found(house, page):
    house.page(page)
    assert any("literal" in line for line in house.found())


@pytest.mark.parametrize(
    "page",
    [
        "<p>{{ name }} · 26 % – {{ x }}</p>",
        '<p lang="zh-Hans">鹏城</p>',
        "{% comment %}not shown{% endcomment %}{# nor this #}",
        "{% block main_class %}wide{% endblock %}",
        '<img alt="" class="photo">',
        "<code>pengcheng run</code>",
    ],
)
def test_what_is_no_text_of_ours_is_left_alone(house, page):
    house.page(page)
    assert house.found() == []


def test_two_owners_may_not_translate_one_message_differently(house):
    other = house.domain("torches")
    house.page(LAMP)
    house.page(LAMP, other)
    house.catalogue('msgid "Lamp"\nmsgstr "灯"\n')
    house.catalogue('msgid "Lamp"\nmsgstr "灯具"\n', other)
    found = house.found()
    assert len(found) == 1
    assert "two ways" in found[0]


def test_the_line_of_literal_text_is_told(house):
    house.page("{% load i18n %}\n{% translate 'Lamp' %}\n<p>bare</p>")
    assert any(line.split(": ")[0].endswith("page.html:3") for line in house.found())


def test_the_tool_adds_new_messages_and_drops_old_ones(house):
    house.page(LAMP + '{% translate "Switch" %}')
    house.catalogue('msgid "Lamp"\nmsgstr "灯"\n\nmsgid "Candle"\nmsgstr "烛"\n')
    assert messages.update(house.lamps) == ["lamps: empty: 'Switch'"]
    text = languages.catalogue_path(house.lamps).read_text("utf-8")
    assert 'msgid "Lamp"\nmsgstr "灯"' in text
    assert 'msgid "Switch"\nmsgstr ""' in text
    assert "Candle" not in text


def test_the_tool_changes_nothing_when_nothing_changed(house):
    house.page(LAMP)
    messages.update(house.lamps)
    path = languages.catalogue_path(house.lamps)
    first = path.read_bytes()
    messages.update(house.lamps)
    assert path.read_bytes() == first


def test_an_owner_that_says_nothing_gets_no_catalogue(house):
    assert messages.update(house.lamps) == []
    assert not languages.catalogue_path(house.lamps).exists()


@pytest.mark.parametrize("owner", ["kit/pages", "shell"])
def test_our_own_pages_are_whole_in_both_languages(owner):
    folder = ROOT / "src" / "pengcheng" / owner
    assert languages.check_catalogue(folder) == []
    for template in folder.rglob("templates/**/*.html"):
        assert languages.literal_text(template) == [], template
