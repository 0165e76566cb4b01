"""The tables of ratings: for everybody with small numbers left out, for officials complete."""

import csv
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts.ratings import (
    RECTIFICATION,
    RatingQuery,
    RatingRow,
    RatingTable,
)
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Denied
from pengcheng.kernel.web import page
from pengcheng.kit.pages.sheets import harmless

PERIODS = {"30": 30, "90": 90, "365": 365, "all": None}
CHANNELS = ("online", "counter", "kiosk", "phone")


def _context(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined, no-any-return]


def asked(request: HttpRequest, kinds: tuple[str, ...]) -> RatingQuery:
    """The table that the address asks for; words that mean nothing are left out."""
    by, days = request.GET.get("by", ""), PERIODS.get(request.GET.get("period", ""), 365)
    channel = request.GET.get("channel", "")
    return RatingQuery(
        by=by if by in kinds else "department",  # type: ignore[arg-type]
        since=_since(days),
        channel=channel if channel in CHANNELS else "",
        department=request.GET.get("department", "")[:200],
    )


def _since(days: int | None) -> date | None:
    return clock.today() - timedelta(days=days) if days else None


def titles() -> dict[str, str]:
    return {
        "department": _("By department"),
        "item": _("By service item"),
        "channel": _("By channel"),
        "tag": _("By point"),
        "grade": _("By grade"),
    }


PUBLIC = ("department", "item", "channel", "tag")
OFFICIAL = (*PUBLIC, "grade")


@require_safe
@page(public=True)
def league(request: HttpRequest) -> HttpResponse:
    """Counts and shares for everybody; nothing that could tell who said what."""
    query = asked(request, PUBLIC)
    found = api.league(context=_context(request), query=query)
    facts = _facts(request, found, PUBLIC)
    return render(request, "casework/ratings.html", facts)


@require_safe
@never_cache
@page(permission="casework.rating.board")
def board(request: HttpRequest) -> HttpResponse:
    """The same complete, with the answers that are owed."""
    context, query = _context(request), asked(request, OFFICIAL)
    found = api.rating_board(context=context, query=query)
    facts = _facts(request, found, OFFICIAL) | {
        "figures": _figures(found),
        "owed": f"{reverse('casework:inbox')}?{urlencode({'tab': 'group', 'kind': RECTIFICATION})}",
        "official": "official" in context.actor.roles,
        "comments": _comments(context, query),
        "export": f"{reverse('casework:ratings-export')}?{request.GET.urlencode()}",
    }
    return render(request, "casework/rating_board.html", facts)


def _comments(context: Context, query: RatingQuery) -> list[dict[str, Any]] | None:
    """Free words are for supervisors; None: not shown to this official."""
    if "official" not in context.actor.roles or not context.organisation:
        return None
    try:
        found = api.rating_comments(context=context.for_purpose("service.supervision"), query=query)
    except Denied:
        return None
    return [
        {
            "title": f"{each.grade} · {each.item.text(context.language)}",
            "time": each.at,
            "text": each.text,
            "kind": "bad" if each.grade <= 2 else "good",
        }
        for each in found
    ]


def _figures(found: RatingTable) -> list[dict[str, Any]]:
    return [
        {"label": _("Ratings"), "value": found.total.count},
        {"label": _("Satisfied"), "value": percent(found.total.satisfied)},
        {"label": _("Mean"), "value": decimal(found.total.mean)},
        {"label": _("Bad ratings being answered"), "value": found.rectifications_open},
        {"label": _("Answers overdue"), "value": found.rectifications_overdue},
        {
            "label": _("Satisfied after the answer"),
            "value": f"{found.again_satisfied} / {found.again}",
        },
    ]


def _facts(request: HttpRequest, found: RatingTable, kinds: tuple[str, ...]) -> dict[str, Any]:
    language = _context(request).language
    return {
        "table": found,
        "total": line(found.total, language),
        "tabs": [_tab(request, kind, found) for kind in kinds],
        "columns": columns(found.query.by),
        "rows": [line(each, language) for each in found.rows],
        "periods": [_period(request, key) for key in PERIODS],
        "channels": [_channel(request, key, found) for key in ("", *CHANNELS)],
        "few": found.hidden,
        "few_count": found.hidden_count,
    }


def _link(request: HttpRequest, **changes: str) -> str:
    names = ("by", "period", "channel", "department")
    kept = {name: request.GET.get(name, "") for name in names} | changes
    return "?" + urlencode({name: value for name, value in kept.items() if value})


def _tab(request: HttpRequest, kind: str, found: RatingTable) -> dict[str, Any]:
    return {
        "title": titles()[kind],
        "url": _link(request, by=kind),
        "current": found.query.by == kind,
    }


def _period(request: HttpRequest, key: str) -> dict[str, Any]:
    words = {
        "30": _("Last 30 days"),
        "90": _("Last 90 days"),
        "365": _("Last 12 months"),
        "all": _("Since the beginning"),
    }
    now = request.GET.get("period", "365")
    return {"title": words[key], "url": _link(request, period=key), "current": now == key}


def _channel(request: HttpRequest, key: str, found: RatingTable) -> dict[str, Any]:
    words = channel_words()
    return {
        "title": words[key] if key else _("All channels"),
        "url": _link(request, channel=key),
        "current": found.query.channel == key,
    }


def channel_words() -> dict[str, str]:
    return {
        "online": pgettext("channel", "Online"),
        "counter": pgettext("channel", "Counter"),
        "kiosk": pgettext("channel", "Kiosk"),
        "phone": pgettext("channel", "Telephone"),
    }


def columns(by: str) -> list[dict[str, Any]]:
    first = {
        "department": _("Department"),
        "item": _("Service item"),
        "channel": _("Channel"),
        "tag": _("Point"),
        "grade": _("Grade"),
    }[by]
    found = [{"key": "label", "title": first}, {"key": "count", "title": _("Ratings")}]
    if by in {"department", "item"}:
        found.insert(0, {"key": "rank", "title": _("Rank")})
    if by != "grade":
        found += [
            {"key": "satisfied", "title": _("Satisfied")},
            {"key": "interval", "title": _("95% interval")},
            {"key": "mean", "title": _("Mean")},
        ]
    return [{**each, "numeric": each["key"] not in {"label", "rank"}} for each in found]


def line(row: RatingRow, language: str) -> dict[str, Any]:
    interval = f"{percent(row.low)} – {percent(row.high)}" if row.low is not None else "–"
    return {
        "rank": row.rank or "–",
        "label": row.label.text(language) or _("not named"),
        "count": row.count,
        "satisfied": percent(row.satisfied),
        "interval": interval,
        "mean": decimal(row.mean),
    }


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def decimal(mean: float | None) -> str:
    return "–" if mean is None else f"{mean:.2f}"


@require_safe
@never_cache
@page(permission="casework.rating.export")
def export(request: HttpRequest) -> HttpResponse:
    """The board's table as CSV."""
    context = _context(request)
    found = api.export_ratings(context=context, query=asked(request, OFFICIAL))
    name = f"ratings-{clock.today().isoformat()}.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    out = csv.writer(response)
    out.writerow(
        [
            _("Rank"),
            titles()[found.query.by],
            _("Ratings"),
            _("Mean"),
            _("Satisfied"),
            _("Interval from"),
            _("Interval to"),
            _("Bad ratings"),
        ]
    )
    for row in found.rows:
        figures = [row.mean, row.satisfied, row.low, row.high]
        cells = ["" if figure is None else f"{figure:.4f}" for figure in figures]
        label = harmless(row.label.text(context.language))
        out.writerow([row.rank or "", label, row.count, *cells, row.bad])
    return response
