"""Lists that are read page by page: sort links, page links and kept search words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.template import Context

LANGUAGES = (("zh-hans", "zh-Hans", "中文"), ("en", "en", "English"))


def language_links(request: HttpRequest | None, current: str) -> list[dict[str, Any]]:
    return [
        {
            "url": with_query(request, lang=code),
            "lang": tag,
            "name": name,
            "current": tag == current,
        }
        for code, tag, name in LANGUAGES
    ]


def with_query(request: HttpRequest | None, **changes: str | int | None) -> str:
    """This page's own address with some of its question changed; None takes a word out."""
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


def kept(context: Context, form: BaseForm) -> list[tuple[str, str]]:
    """What the address asks for besides this form, so that filtering does not forget it."""
    request = context.get("request")
    if request is None:
        return []
    own = {form.add_prefix(name) for name in form.fields} | {"page", "lang"}
    return [
        (name, value) for name, values in request.GET.lists() if name not in own for value in values
    ]


def page_number(request: HttpRequest) -> int:
    """The page that is asked for, from 1; what is no number asks for the first."""
    given = request.GET.get("page", "")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else 1


def heads(*titles: str, numeric: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Table heads that only say what stands below them."""
    return [{"title": title, "numeric": title in numeric} for title in titles]


def column(request: HttpRequest | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A table head; with `sort` it links to itself, up first and then down."""
    head = {"key": "", "sort": "", "numeric": False, **wanted, "direction": "none"}
    if not head["sort"]:
        return head
    asked = request.GET.get("sort", "") if request else ""
    down = f"-{head['sort']}"
    head["direction"] = {head["sort"]: "ascending", down: "descending"}.get(asked, "none")
    turn = down if asked == head["sort"] else head["sort"]
    head["url"] = with_query(request, sort=turn, page=None)
    return head


def cells(heads: Sequence[Mapping[str, Any]], row: Any) -> list[dict[str, Any]]:
    """Cells may be plain values or mappings with text, url, kind (a state tag) or moment."""
    values = row if isinstance(row, Sequence) else [row[head["key"]] for head in heads]
    return [
        {**(value if isinstance(value, Mapping) else {"text": value}), "head": head}
        for head, value in zip(heads, values, strict=True)
    ]


def pages(request: HttpRequest | None, page: Page[Any]) -> dict[str, Any]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [
        {
            "number": number,
            "url": with_query(request, page=number) if isinstance(number, int) else "",
            "current": number == page.number,
        }
        for number in numbers
    ]
    before = page.previous_page_number() if page.has_previous() else None
    after = page.next_page_number() if page.has_next() else None
    return {
        "page": page,
        "links": links,
        "previous": with_query(request, page=before) if before else "",
        "next": with_query(request, page=after) if after else "",
    }
