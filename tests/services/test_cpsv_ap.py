"""The catalogue as CPSV-AP: judged by SHACL and read back by a parser that did not write it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph
import pyshacl
import pytest
from django.test import Client
from msgspec.structs import replace
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef

from tests.services import scenes
from tests.services.plain import plain_city, plain_shelf

__all__ = ["plain_city", "plain_shelf"]

SHAPES = Path(__file__).with_name("cpsv_ap_shapes.ttl")
BASE = "https://city.example"
OX = {"turtle": pyoxigraph.RdfFormat.TURTLE, "json-ld": pyoxigraph.RdfFormat.JSON_LD}
DOOR = "/api/v1/services/cpsv-ap"


def made(shelf: Any, items: Any) -> Graph:
    from pengcheng.domains.services.rules import cpsv

    return cpsv.graph(BASE, items, shelf.situations, shelf.catalogue.source)


@pytest.fixture(scope="module")
def varied(plain_shelf: Any) -> list[Any]:
    """Thirty items that differ most: each kind, each gap, with events, laws, odd addresses."""
    items = plain_shelf.index.items
    wanted = {
        "events": [i for i in items if any(i.task_code in s.items for s in plain_shelf.situations)],
        "laws": [i for i in items if i.by_law],
        "bare": [i for i in items if not (i.materials or i.consult_phone or i.promise)],
        "odd": [i for i in items if "[" in i.link_addr or " " in i.link_addr],
        "materials": sorted(items, key=lambda item: -len(item.materials)),
        **{kind: [i for i in items if i.task_type == kind] for kind in ("01", "05", "20", "21")},
    }
    chosen = {i.task_code: i for group in wanted.values() for i in group[:4]}
    return list(chosen.values())


@pytest.fixture(scope="module")
def graph(plain_shelf: Any, varied: list[Any]) -> Graph:
    return made(plain_shelf, varied)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(SHAPES)


def violations(graph: Graph, shapes: Graph) -> list[str]:
    fits, _report, text = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    return [] if fits else text.splitlines()


def test_the_shapes_find_nothing_to_object_to(graph: Graph, shapes: Graph) -> None:
    assert violations(graph, shapes) == []


def test_fees_and_results_fit_too(plain_shelf: Any, varied: list[Any], shapes: Graph) -> None:
    from pengcheng.domains.services.contracts import Declared

    told = Declared(result_name="居住证", fee_items=("工本费",), fee_stand="20元")
    graph = made(plain_shelf, [replace(varied[0], declared=told)])
    assert violations(graph, shapes) == []
    written = graph.serialize(format="nt")
    assert "m8g/Output" in written
    assert "m8g/Cost" in written


@pytest.mark.parametrize(
    ("type", "path"),
    [
        ("http://purl.org/vocab/cpsv#PublicService", DCTERMS.title),
        ("http://purl.org/vocab/cpsv#PublicService", DCTERMS.description),
        ("http://purl.org/vocab/cpsv#PublicService", DCTERMS.identifier),
        ("http://purl.org/vocab/cpsv#PublicService", "http://data.europa.eu/m8g/hasCompetentAuthority"),
        ("http://data.europa.eu/m8g/PublicOrganisation", SKOS.prefLabel),
        ("http://data.europa.eu/m8g/PublicOrganisation", DCTERMS.spatial),
        ("http://data.europa.eu/m8g/Evidence", DCTERMS.title),
        ("http://data.europa.eu/m8g/Channel", DCTERMS.identifier),
    ],
)  # fmt: skip
def test_the_judge_sees_what_is_taken_away(
    plain_shelf: Any, varied: list[Any], shapes: Graph, type: str, path: str
) -> None:
    small = made(plain_shelf, [item for item in varied if item.materials][:1])
    victim = next(small.subjects(RDF.type, URIRef(type)))
    small.remove((victim, URIRef(path), None))
    assert violations(small, shapes)


def test_the_judge_sees_a_title_without_language_and_a_wrong_range(
    plain_shelf: Any, varied: list[Any], shapes: Graph
) -> None:
    small = made(plain_shelf, varied[:1])
    service = next(small.subjects(RDF.type, URIRef("http://purl.org/vocab/cpsv#PublicService")))
    small.add((service, DCTERMS.title, Literal("nameless")))
    small.add((service, DCTERMS.spatial, URIRef("urn:nowhere")))
    found = "\n".join(violations(small, shapes))
    assert "DatatypeConstraintComponent" in found
    assert "ClassConstraintComponent" in found


@pytest.mark.parametrize("format", ["turtle", "json-ld"])
def test_an_outside_parser_reads_the_same_facts(graph: Graph, format: str) -> None:
    from pengcheng.domains.services.rules import cpsv

    read = list(pyoxigraph.parse(cpsv.written(graph, format), OX[format]))
    assert len(set(read)) == len(graph)
    titles = {q.object.value for q in read if q.predicate.value == str(DCTERMS.title)}
    assert titles == {str(title) for title in graph.objects(None, DCTERMS.title)}


def test_every_address_of_the_source_is_an_address_or_left_out(plain_shelf: Any) -> None:
    from pengcheng.domains.services.rules import cpsv

    links = {item.link_addr for item in plain_shelf.index.items if item.link_addr}
    links |= {"http://a.example/x?y=[1]&z=50%#a#b", "javascript:alert(1)", "http://[::1", "无"}
    found = [link for link in map(cpsv._address, links) if link is not None]
    lines = "".join(f"<urn:a> <urn:b> <{link}> .\n" for link in found)
    assert len(list(pyoxigraph.parse(lines.encode(), pyoxigraph.RdfFormat.N_TRIPLES))) == len(found)
    assert not any(link.startswith("javascript") for link in found)


def test_working_days_are_named_where_the_type_cannot_say_them(
    plain_shelf: Any, varied: list[Any]
) -> None:
    item = next(one for one in varied if one.promise and one.promise.unit == "working")
    text = made(plain_shelf, [item]).serialize(format="turtle")
    assert f'"P{item.promise.days}D"^^xsd:duration' in text
    assert f"{item.promise.days}个工作日" in text


# --- the door ---------------------------------------------------------------------------


@pytest.fixture
def door(plain_city: Any, db: None) -> Client:
    return Client()


def test_pages_join_to_the_whole_without_a_sign_in(door: Client) -> None:
    first = door.get(DOOR, {"size": 3, "format": "turtle"})
    assert (first.status_code, first["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    assert first["X-Total-Count"] == "2262"
    assert 'rel="next"' in first["Link"]
    assert 'rel="prev"' not in first["Link"]
    last = door.get(DOOR, {"size": 3, "page": 754, "format": "turtle"})
    assert 'rel="next"' not in last["Link"]
    assert b"cpsv:PublicService" in last.content


def test_the_form_is_what_is_accepted(door: Client) -> None:
    linked = door.get(DOOR, {"size": 1})
    assert linked["Content-Type"].startswith("application/ld+json")
    assert json.loads(linked.content)["@graph"]
    turtle = door.get(DOOR, {"size": 1}, headers={"accept": "text/turtle"})
    assert turtle["Content-Type"].startswith("text/turtle")


def test_one_item_names_its_department_and_its_events(door: Client) -> None:
    answer = door.get(f"{DOOR}/{scenes.VISIT}", {"format": "turtle"})
    read = list(pyoxigraph.parse(answer.content, pyoxigraph.RdfFormat.TURTLE))
    services = {q.subject.value for q in read if q.object == CLASS}
    assert services == {f"http://testserver/id/service/{scenes.VISIT}"}


def test_the_shapes_accept_the_events_and_the_judge_reads_their_kinds(
    door: Client, shapes: Graph
) -> None:
    answer = door.get(f"{DOOR}/events", {"format": "turtle"})
    found = Graph().parse(data=answer.content, format="turtle")
    assert violations(found, shapes) == []
    kinds = {
        (str(subject).rsplit("/", 1)[-1], str(kind).rsplit("/", 1)[-1])
        for subject, kind in found.subject_objects(RDF.type)
        if "/id/event/" in str(subject)
    }
    assert {("restaurant", "BusinessEvent"), ("birth", "LifeEvent")} <= kinds
    related = URIRef("http://data.europa.eu/m8g/hasRelatedService")
    parts = set(found.objects(URIRef("http://testserver/id/event/restaurant"), related))
    assert len(parts) == 3


CLASS = pyoxigraph.NamedNode("http://purl.org/vocab/cpsv#PublicService")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (f"{DOOR}/NOPE", {}, 404),
        (DOOR, {"size": 101}, 422),
        (DOOR, {"page": 0}, 422),
        (DOOR, {"format": "xml"}, 422),
    ],
)
def test_wrong_questions_get_problem_documents(
    door: Client, path: str, query: dict[str, Any], status: int
) -> None:
    answer = door.get(path, query)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_a_page_behind_the_last_is_empty_and_leads_back(door: Client) -> None:
    answer = door.get(DOOR, {"page": 9999, "format": "turtle"})
    assert b"cpsv:PublicService" not in answer.content
    assert 'rel="first"' in answer["Link"]
