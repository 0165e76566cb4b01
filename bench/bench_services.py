"""Services: search over the whole catalogue, and sending an application that is decided by rule."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

from bench.report import Reporter
from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import SearchQuery
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.ids import new_id
from pengcheng.kit.forms.answers import Answer

QUERIES = Path(__file__).resolve().parents[1] / "tests" / "services" / "relevance.toml"
VISIT = "11440100007483172Q3440106043008"
TOLD = {
    "name": "陈晓明（虚构）",
    "resident-id": "11010519491231002X",
    "mobile": "13800000000",
    "residence": "guangdong",
    "registered-staff": "no",
    "permit-number": "C12345678",
    "permit-expiry": "2035-01-01",
    "destination": "hkg",
    "validity": "1y1",
    "under-16": "no",
    "true": "yes",
}


def bench(reporter: Reporter) -> None:
    api.warm_search()
    items = api.catalogue_now().items
    asked = [row["text"] for row in tomllib.loads(QUERIES.read_text("utf-8"))["query"]]
    searched = [search(text) for text in asked * (1 if reporter.quick else 20)]
    reporter.sampled(f"search, {items} items, {len(asked)} questions", searched, "ms")
    reporter.timed("search, nothing typed (all items, facets)", lambda: search(""), n=100)
    reporter.timed("search, nothing found, with suggestions", lambda: search("pasport"), n=50)
    sent = [submit() for _ in range(20 if reporter.quick else 200)]
    reporter.sampled("application sent and decided by rule", sent, "ms")
    reporter.sampled("the same, one after another", [1000 / each for each in sent], "a second")


def search(text: str) -> float:
    began = time.perf_counter()
    api.search_items(query=SearchQuery(text=text))
    return (time.perf_counter() - began) * 1000


def submit() -> float:
    """One submission of somebody new: permit, case, decision, journal, events, audit."""
    actor = Actor(id=new_id(), kind="person", name="bench", roles=frozenset({"citizen"}))
    context = Context(actor=actor, purpose="bench")
    draft = api.start_application(context=context, code=VISIT)
    answers = {question: Answer(value=value) for question, value in TOLD.items()}
    api.save_answers(context=context, draft_id=draft.id, answers=answers)
    began = time.perf_counter()
    api.submit(context=context, draft_id=draft.id)
    return (time.perf_counter() - began) * 1000
