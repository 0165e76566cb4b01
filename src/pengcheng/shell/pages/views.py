"""The house's own pages, open to everyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pengcheng.kernel.problems import Denied
from pengcheng.kernel.web import page
from pengcheng.shell.context import navigation
from pengcheng.shell.pages.sources import sources


@page(public=True)
def about(request: HttpRequest) -> HttpResponse:
    """What this is, what is real in it and what is simulated."""
    return render(request, "shell/about.html")


@page(public=True)
def helping(request: HttpRequest) -> HttpResponse:
    """How to find, apply and follow, and what to do when stuck."""
    return render(request, "shell/help.html")


@page(public=True)
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tried for people with disabilities, and what was not."""
    return render(request, "shell/accessibility.html")


@page(public=True)
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, why and for how long."""
    return render(request, "shell/privacy.html")


@page(public=True)
def data_sources(request: HttpRequest) -> HttpResponse:
    """Every foreign file of the demo city with its licence."""
    language = "en" if get_language() == "en" else "zh-hans"
    listed = [{"title": source.title(language), "source": source} for source in sources()]
    return render(request, "shell/sources.html", {"listed": listed})


@page(public=True)
def workbench(request: HttpRequest) -> HttpResponse:
    """The doors of the workbench that this person may enter; strangers are sent to sign in."""
    ways = navigation(request, "workbench", english=get_language() == "en")
    if not ways:
        raise Denied(
            code="shell.workbench.closed",
            zh="工作台仅限工作人员使用",
            en="The workbench is for officials",
            next_zh="请使用工作人员账户登录。",
            next_en="Sign in with an official's account.",
        )
    return render(request, "shell/workbench.html", {"ways": ways})


@page(permission="command.incident.read")
def refused_stream(request: HttpRequest) -> HttpResponse:
    """Where the live side sends somebody signed in whom it refuses: entering fails, and is audited.

    Whoever was given the right in that very moment is told to come again.
    """
    return HttpResponse(status=204)
