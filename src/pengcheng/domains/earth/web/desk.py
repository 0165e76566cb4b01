"""The workbench of scenes: what is in the catalogue, and one withdrawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import Collection, Scene
from pengcheng.domains.earth.web.forms import Filter
from pengcheng.domains.earth.web.scenes import cloud, known
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.doers import doer
from pengcheng.kit.pages.listing import heads, page_number

PER_PAGE = 25
FORM = require_http_methods(["GET", "HEAD", "POST"])


@page(permission="earth.desk.enter")
@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """All scenes, and the collections they are in."""
    context = context_of(request)
    form, number = Filter(request.GET, context), min(page_number(request), 10_000)
    wanted = form.wanted(skip=(number - 1) * PER_PAGE, limit=PER_PAGE)
    found = scenes.search(context=context, wanted=wanted)
    if not found.scenes and number > 1:
        raise Http404
    seen = (number - 1) * PER_PAGE + len(found.scenes) + (1 if found.after else 0)
    many = seen if found.total is None else found.total
    listed = scenes.collections(context=context)
    counted = scenes.counts(context=context)
    count = _("Scenes")
    facts = {
        "form": form,
        "total": many,
        "page": Paginator(range(many), PER_PAGE).get_page(number),
        "columns": heads(
            pgettext("scene", "Scene"),
            pgettext("scene", "Collection"),
            pgettext("scene", "Taken"),
            _("Cloud cover"),
            _("Registered by"),
            pgettext("scene", "Changed"),
            pgettext("scene", "Withdraw"),
        ),
        "rows": [_row(each) for each in found.scenes],
        "collections": heads(
            pgettext("scene", "Collection"),
            pgettext("scene", "Licence"),
            _("Provided by"),
            count,
            numeric=[count],
        ),
        "collection_rows": [_holder(each, counted) for each in listed],
    }
    return render(request, "earth/desk.html", facts)


def _row(each: Scene) -> list[Any]:
    where = [each.collection, each.id]
    return [
        {"text": each.title, "url": reverse("earth:scene", args=where)},
        each.collection,
        {"moment": each.at or each.start},
        cloud(each),
        doer(each.kept.by, {each.kept.by: each.kept.by}),
        {"moment": each.kept.changed_at},
        {
            "text": _("Withdraw %(scene)s") % {"scene": each.id},
            "url": reverse("earth:withdraw", args=where),
        },
    ]


def _holder(each: Collection, counted: dict[str, int]) -> list[Any]:
    many = str(counted.get(each.id, 0))
    return [each.title or each.id, each.licence, ", ".join(each.providers) or "–", many]


@page(permission="earth.scene.keep")
@FORM
@never_cache
def withdraw(request: HttpRequest, collection: str, scene: str) -> HttpResponse:
    """Asked once more before it is gone."""
    context = context_of(request)
    found = scenes.scene(context=context, collection=collection, scene=scene)
    if request.method == "POST":
        known_as = request.POST.get("version", "")
        try:
            scenes.remove_scene(context=context, collection=collection, scene=scene, known=known_as)
        except Problem as problem:
            if problem.status != 412:
                raise
            messages.error(request, problem.title(context.language))
            return redirect("earth:withdraw", collection, scene)
        messages.success(request, _("%(scene)s is withdrawn.") % {"scene": scene})
        return redirect("earth:desk")
    return render(request, "earth/withdraw.html", {"scene": found, "facts": known(found)})
