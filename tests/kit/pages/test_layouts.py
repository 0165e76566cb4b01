"""What every page of a face has, whoever wrote it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from pengcheng.kernel.context import Actor, Context

FACES = {"portal": "/", "workbench": "/workbench/", "screen": "/screen/"}


def draw(face: str, *, language: str = "en", person: Actor | None = None, **facts) -> str:
    source = (
        "{% extends 'faces/" + face + ".html' %}{% load kit %}{% block title %}Lamps{% endblock %}"
        "{% block content %}{% page_title 'Lamps' %}{% endblock %}"
    )
    request = RequestFactory().get(FACES[face])
    actor = person or Actor(id="", kind="anonymous")
    request.context = Context(actor=actor, purpose="test")
    with override(language):
        return engines["django"].from_string(source).render(facts, request)


CHEN = Actor(id="1", kind="person", name="陈晓明", roles=frozenset({"citizen"}))


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-hans", "zh-Hans")])
def test_a_page_names_its_language_and_title(face, language, tag):
    drawn = draw(face, language=language)
    assert f'<html lang="{tag}"' in drawn
    brand = "Pengcheng" if language == "en" else "鹏城"
    assert f"<title>Lamps · {brand}</title>" in drawn


@pytest.mark.parametrize("face", FACES)
def test_the_first_link_leads_to_the_content(face):
    drawn = draw(face)
    assert re.search(r'<body[^>]*>\s*<a class="pc-skip" href="#main">', drawn)
    assert re.search(r'<main[^>]*id="main" tabindex="-1"', drawn)


@pytest.mark.parametrize("face", FACES)
def test_nothing_inline_that_the_content_policy_would_refuse(face):
    drawn = draw(face)
    assert not re.search(r"<script(?![^>]*src=)", drawn)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", drawn)


@pytest.mark.parametrize("face", FACES)
def test_everything_is_loaded_from_this_server(face):
    addresses = re.findall(r'(?:src|href)="([^"]+)"', draw(face))
    assert addresses
    assert not [each for each in addresses if "//" in each]


@pytest.mark.parametrize("face", FACES)
def test_a_demonstration_says_so_on_every_page(face, settings):
    settings.PENGCHENG_DEMO = True
    assert re.search(r'class="pc-demo"[^>]*>[^<]*(<span|Simulated)', draw(face))


@pytest.mark.parametrize("face", FACES)
def test_an_installation_in_earnest_does_not(face, settings):
    settings.PENGCHENG_DEMO = False
    assert "pc-demo" not in draw(face)


@pytest.mark.django_db  # entries of the navigation may carry a count
def test_strangers_are_asked_to_sign_in_and_people_are_named():
    assert 'class="pc-visitor__in"' in draw("portal")
    known = draw("portal", person=CHEN)
    assert "陈晓明" in known
    assert re.search(r'<form method="post" action="/sign-out/">', known)
    assert 'class="pc-visitor__in"' not in known


def test_a_link_that_leads_nowhere_is_left_out(settings):
    settings.PENGCHENG_ACCOUNT_URLS = {"sign_in": "no-such:page"}
    assert "pc-visitor__in" not in draw("portal")


def test_the_present_entry_of_the_navigation_is_marked():
    nav = [
        {"title": "Home", "url": "/", "icon": "home", "current": False},
        {"title": "Cases", "url": "/cases/", "icon": "list", "current": True},
    ]
    for face in FACES:
        drawn = draw(face, nav=nav)
        assert len(re.findall(r'href="/cases/" aria-current="page"', drawn)) == 1


def test_the_foot_of_the_page_leads_to_the_promises():
    drawn = draw("portal")
    for address in ("/about/", "/help/", "/accessibility/", "/privacy/", "/data-sources/"):
        assert f'href="{address}"' in drawn


def test_flash_messages_are_announced():
    messages = [Message(constants.SUCCESS, "Saved <b>")]
    drawn = draw("portal", messages=messages)
    assert 'role="status"' in drawn
    assert "Saved &lt;b&gt;" in drawn
    assert "pc-notice--success" in drawn


def test_the_workbench_gives_its_token_to_htmx_without_script():
    request_token = re.search(r'data-csrf="(\w{20,})"', draw("workbench"))
    assert request_token
    assert "&quot;allowEval&quot;: false" in draw("workbench").replace('"', "&quot;")


def test_a_problem_is_told_in_both_languages():
    problem = SimpleNamespace(
        status=404,
        code="x.y",
        zh="找不到",
        en="Not found",
        next_zh="请重试。",
        next_en="Try again.",
    )
    template = engines["django"].get_template("errors/problem.html")
    facts = {"problem": problem, "title": "Not found", "next_step": "Try again."}
    with override("en"):
        drawn = template.render(facts, RequestFactory().get("/x"))
    assert 'lang="zh-Hans">找不到。请重试。' in drawn
    assert "x.y" in drawn


def test_the_server_error_page_needs_neither_request_nor_database():
    # Without the mark for a database a query would fail this test.
    drawn = engines["django"].get_template("500.html").render()
    assert 'lang="zh-Hans"' in drawn
    assert 'lang="en"' in drawn
