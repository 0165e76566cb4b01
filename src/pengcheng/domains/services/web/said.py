"""Plain words for what the catalogue and the cases say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import Item, Limit, Source


def english(language: str) -> bool:
    return language.startswith("en")


def zh(text: str, language: str) -> SafeString:
    """A text that exists only in Chinese, marked so on an English page."""
    if english(language) and text:
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return format_html("{}", text)


def title(item: Item, language: str) -> SafeString:
    """The item's name; the Chinese one marked as such where there is no English one."""
    if english(language) and item.name_en:
        return format_html("{}", item.name_en)
    return zh(item.task_name, language)


def department(item: Item, language: str) -> SafeString:
    if english(language) and item.dept_name_en:
        return format_html("{}", item.dept_name_en)
    return zh(item.dept_name, language)


def limit(value: Limit | None) -> str:
    """``5 working days``; empty when the source says nothing."""
    if value is None:
        return ""
    if value.unit == "working":
        text = ngettext("%(days)d working day", "%(days)d working days", value.days)
    else:
        text = ngettext("%(days)d calendar day", "%(days)d calendar days", value.days)
    return text % {"days": value.days}


def how_long(item: Item) -> str:
    """The promised time and the legal one, in one sentence."""
    promised, legal = limit(item.promise), limit(item.anticipate)
    if promised and legal and promised != legal:
        return _("%(promised)s promised (the law allows %(legal)s)") % {
            "promised": promised,
            "legal": legal,
        }
    return promised or legal or _("Not stated in the source data")


def visits(item: Item) -> str:
    if item.limit_scene_num == 0:
        return _("No visit needed")
    count = item.limit_scene_num
    return ngettext("%(count)d visit", "%(count)d visits", count) % {"count": count}


def who(item: Item, language: str) -> str:
    """Whom the item is for."""
    names = [api.term(kind="audience", id=id).text(language) for id in item.server_type]
    return joined(names, language)


def joined(names: Iterable[str], language: str) -> str:
    return (", " if english(language) else "、").join(names)


def where(item: Item, language: str) -> SafeString:
    """Online, at the counter, or both."""
    lines = []
    if item.is_online:
        lines.append(format_html("{}", _("Online")))
    if item.transact_addr:
        lines.append(zh(item.transact_addr, language))
    if not lines:
        lines.append(format_html("{}", _("Not stated in the source data")))
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


def needed(item: Item) -> str:
    """How many materials the source lists."""
    count = len(item.materials)
    if not count:
        return _("The source lists no materials; ask before you go")
    return ngettext("%(count)d material", "%(count)d materials", count) % {"count": count}


def express(item: Item) -> str:
    told = {True: _("Yes"), False: _("No"), None: _("Not stated in the source data")}
    return told[item.is_express]


def day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


def source_line(source: Source, language: str) -> str:
    """Where the data comes from and how old it is; stands on every page with an item."""
    name = source.name if english(language) else source.name_zh
    return _(
        "Source: %(name)s, %(origin)s, as of %(month)s. Rules and prices may have changed."
    ) % {
        "name": name,
        "origin": source.origin,
        "month": date_format(source.as_of, "YEAR_MONTH_FORMAT"),
    }
