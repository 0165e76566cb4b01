"""A document is looked at first, shown, and kept when that was what was meant."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import NewCollection, NewScene
from pengcheng.domains.earth.web import pictures
from pengcheng.domains.earth.web.forms import DocumentForm
from pengcheng.domains.earth.web.scenes import known, origin
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A document without faults: an item for ``holder``, or a collection."""

    told: dict[str, Any]
    scene: NewScene | None = None
    collection: NewCollection | None = None
    holder: str = ""

    @property
    def data(self) -> bytes:
        return msgspec.json.encode(self.told)


@page(permission="earth.scene.keep")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The form; what was sent, to look at; and once more, to keep it."""
    context = context_of(request)
    listed = scenes.collections(context=context)
    sent = request.method == "POST"
    form = DocumentForm(request.POST if sent else None, request.FILES if sent else None, listed)
    facts: dict[str, Any] = {"form": form, "known": bool(listed)}
    try:
        read = _read(context, form) if form.is_valid() else None
        if read and request.POST.get("keep"):
            return _kept(request, context, read)
        facts |= _preview(context, read) if read else {}
    except Problem as problem:
        if problem.status == 403:
            raise
        form.show(problem, context.language)
    return render(request, "earth/register.html", facts, status=422 if form.errors else 200)


def _read(context: Context, form: DocumentForm) -> Read | None:
    """What was sent; None where nothing was, which the form tells. Raises Problem."""
    data = form.document()
    if not data:
        return None
    told = scenes.decode(data=data)
    if told.get("type") == "Collection":
        return Read(told=told, collection=scenes.check_collection(data=data))
    scene, named = scenes.check(data=data)
    holder = form.cleaned_data["collection"] or named
    scenes.collection(context=context, collection=holder)
    return Read(told={**told, "collection": holder}, scene=scene, holder=holder)


def _kept(request: HttpRequest, context: Context, read: Read) -> HttpResponse:
    """Raises Problem."""
    if read.collection:
        made = scenes.add_collection(context=context, data=read.data)
        messages.success(request, _("%(scene)s is registered.") % {"scene": made.id})
        return redirect("earth:desk")
    kept = scenes.add_scenes(context=context, collection=read.holder, data=read.data)[0]
    messages.success(request, _("%(scene)s is registered.") % {"scene": kept.id})
    return redirect("earth:scene", kept.collection, kept.id)


def _preview(context: Context, read: Read) -> dict[str, Any]:
    """What would be kept; the document goes along in the form, so that nothing waits here."""
    facts: dict[str, Any] = {"read": read, "text": read.data.decode()}
    if read.scene is None:
        return {**facts, "facts": origin(read.collection) if read.collection else []}
    city = pictures.city(scenes.outlines(context=context))
    return {
        **facts,
        "facts": known(read.scene),
        "files": len(read.scene.assets),
        "city": city,
        "picture": pictures.footprint(read.scene.geometry, city),
        "credit": scenes.credit(context=context) if city else "",
    }
