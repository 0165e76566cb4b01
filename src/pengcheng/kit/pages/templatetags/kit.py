"""`{% load kit %}`: the components as tags. docs/design.md lists them with their parameters."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from pengcheng.kit.pages import fields, listing, moments
from pengcheng.kit.pages.furnish import furnish, icons
from pengcheng.kit.pages.tongues import mark_chinese

register = template.Library()
register.filter("han", mark_chinese)
register.filter("day", moments.day)
component = register.simple_tag(takes_context=True)
Rows = Iterable[Mapping[str, Any]]


@register.simple_tag
def html_lang() -> str:
    return "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"


@component
def icon(context: Context, name: str, label: str = "") -> SafeString:
    known = name if name in icons() else "square"  # a plain shape rather than an empty place
    return furnish(context, "icon", name=known, label=label)


# -- head of a page ------------------------------------------------------------------------


@component
def page_title(context: Context, text: str, caption: str = "", lead: str = "") -> SafeString:
    return furnish(context, "page_title", text=text, caption=caption, lead=lead)


@component
def breadcrumbs(context: Context, items: Rows) -> SafeString:
    return furnish(context, "breadcrumbs", items=items)


@component
def back_link(context: Context, url: str, text: str = "") -> SafeString:
    return furnish(context, "back_link", url=url, text=text)


@component
def language_switch(context: Context) -> SafeString:
    links = listing.language_links(context.get("request"), html_lang())
    return furnish(context, "language_switch", links=links)


@component
def flash(context: Context) -> SafeString:
    return furnish(context, "flash", messages=context.get("messages") or [])


# -- words that stand out ------------------------------------------------------------------


@component
def notice(context: Context, text: str, title: str = "", kind: str = "info") -> SafeString:
    return furnish(context, "notice", text=text, title=title, kind=kind)


@component
def inset(context: Context, text: str) -> SafeString:
    return furnish(context, "inset", text=text)


@component
def empty(
    context: Context, title: str, text: str = "", url: str = "", link: str = ""
) -> SafeString:
    return furnish(context, "empty", title=title, text=text, url=url, link=link)


@component
def confirm(context: Context, title: str, reference: str = "", text: str = "") -> SafeString:
    return furnish(context, "confirm", title=title, reference=reference, text=text)


@component
def state_tag(context: Context, text: str, kind: str = "neutral") -> SafeString:
    return furnish(context, "state_tag", text=text, kind=kind)


# -- forms ---------------------------------------------------------------------------------


@component
def error_summary(context: Context, form: BaseForm | Rows) -> SafeString:
    return furnish(context, "error_summary", errors=fields.errors_of(form))


@component
def field(context: Context, bound: BoundField, inline: bool = False) -> SafeString:
    """One field with its label, hint and error tied together for a screen reader."""
    return furnish(context, "field", **fields.describe(bound, inline=inline))


@component
def fieldset(context: Context, form: BaseForm, marked: bool = True) -> SafeString:
    """Every field of the form in its order; `marked` says which may be left out."""
    described = [fields.describe(bound, marked=marked) for bound in form]
    return furnish(context, "fields", items=described)


@component
def button(
    context: Context,
    text: str,
    kind: str = "primary",
    url: str = "",
    name: str = "",
    value: str = "",
) -> SafeString:
    return furnish(context, "button", text=text, kind=kind, url=url, name=name, value=value)


@component
def search_box(
    context: Context, label: str, action: str = "", name: str = "q", value: str = "", hint: str = ""
) -> SafeString:
    return furnish(
        context, "search_box", label=label, action=action, name=name, value=value, hint=hint
    )


@component
def filters(context: Context, form: BaseForm, title: str = "") -> SafeString:
    return furnish(context, "filters", form=form, title=title, keep=listing.kept(context, form))


# -- lists and figures ---------------------------------------------------------------------


@component
def summary_list(context: Context, rows: Rows) -> SafeString:
    return furnish(context, "summary_list", rows=rows)


@component
def task_list(context: Context, tasks: Rows) -> SafeString:
    return furnish(context, "task_list", tasks=tasks)


@component
def cards(context: Context, items: Rows, level: int = 2) -> SafeString:
    return furnish(context, "cards", items=items, level=level)


@component
def timeline(context: Context, entries: Rows) -> SafeString:
    return furnish(context, "timeline", entries=entries)


@component
def steps(context: Context, items: Sequence[str], current: int) -> SafeString:
    return furnish(context, "steps", items=list(enumerate(items, 1)), current=current)


@component
def table(
    context: Context, columns: Sequence[Mapping[str, Any]], rows: Iterable[Any], caption: str = ""
) -> SafeString:
    heads = [listing.column(context.get("request"), each) for each in columns]
    body = [listing.cells(heads, row) for row in rows]
    return furnish(context, "table", heads=heads, rows=body, caption=caption)


@component
def sort_link(context: Context, title: str, key: str) -> SafeString:
    head = listing.column(context.get("request"), {"title": title, "key": key, "sort": key})
    return furnish(context, "sort_link", head=head)


@component
def pagination(context: Context, page: Any) -> SafeString:
    return furnish(context, "pagination", **listing.pages(context.get("request"), page))


@component
def progress(context: Context, value: float, maximum: float = 100, label: str = "") -> SafeString:
    share = round(100 * value / maximum) if maximum else 0
    return furnish(context, "progress", value=value, maximum=maximum, label=label, share=share)


@component
def figure(
    context: Context,
    value: Any,
    unit: str = "",
    source: str = "",
    observed_at: datetime | None = None,
    label: str = "",
    simulated: bool = False,
) -> SafeString:
    """A number with the two things it may not go without: its source and its age."""
    if not source or observed_at is None:
        raise template.TemplateSyntaxError("A figure needs source and observed_at.")
    return furnish(
        context,
        "figure",
        value=value,
        unit=unit,
        source=source,
        observed_at=observed_at,
        label=label,
        simulated=simulated,
    )


@component
def when(context: Context, moment: datetime) -> SafeString:
    """A moment in the city's time, exact to the minute."""
    return furnish(context, "when", **moments.stamp(moment))


@component
def age(context: Context, moment: datetime) -> SafeString:
    """How long ago, with the exact moment for who asks."""
    return furnish(context, "age", **moments.stamp(moment), ago=moments.ago(moment))
