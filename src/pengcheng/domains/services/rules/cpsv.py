"""Service items as CPSV-AP 3.2: the European profile for descriptions of public services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from rdflib import DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT

from pengcheng.domains.services.contracts import Item, Limit, Situation, Source, Term
from pengcheng.domains.services.rules import vocabulary

CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
AREA_TYPE = URIRef("http://data.europa.eu/88u/dataset/atu-type")
CHINESE = URIRef("http://publications.europa.eu/resource/authority/language/ZHO")
ZH, EN = "zh-Hans", "en"
PREFIXES = {"cpsv": CPSV, "cv": CV, "eli": ELI, "dct": DCTERMS, "dcat": DCAT}


def graph(
    base: str, items: Iterable[Item], situations: Iterable[Situation], source: Source
) -> Graph:
    """The graph of these items: everything that they point at is described in it."""
    made = _Scribe(base.rstrip("/"))
    kept = list(items)
    for item in kept:
        made.service(item)
    for life in situations:
        made.event(life, kept)
    made.dataset(source, kept)
    return made.graph


def written(made: Graph, format: str) -> bytes:
    """As Turtle or JSON-LD, in a settled order."""
    if format == "turtle":
        return made.serialize(format="turtle", encoding="utf-8")
    context = {prefix: str(space) for prefix, space in PREFIXES.items()}
    text: str = made.serialize(format="json-ld", context=context, auto_compact=False, indent=1)
    return text.encode()


class _Scribe:
    """Writes into one graph; each address is made once."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.graph = Graph()
        self.described: set[URIRef] = set()
        for prefix, space in PREFIXES.items():
            self.graph.bind(prefix, space)

    def at(self, kind: str, *parts: str) -> URIRef:
        path = "/".join(quote(part, safe="") for part in parts)
        return URIRef(f"{self.base}/id/{kind}/{path}")

    def say(self, subject: URIRef, *facts: tuple[URIRef, URIRef | Literal]) -> URIRef:
        for predicate, value in facts:
            self.graph.add((subject, predicate, value))
        return subject

    def told(self, subject: URIRef) -> bool:
        """Whether this shared thing is described already; from now on it is."""
        known = subject in self.described
        self.described.add(subject)
        return known

    def name(self, subject: URIRef, predicate: URIRef, zh: str, en: str = "") -> None:
        self.say(subject, (predicate, Literal(zh, lang=ZH)))
        if en:
            self.say(subject, (predicate, Literal(en, lang=EN)))

    def named(self, kind: str, type: URIRef, code: str, zh: str, en: str = "") -> URIRef:
        """A thing of its own with identifier and title."""
        made = self.at(kind, code)
        self.say(made, (RDF.type, type), (DCTERMS.identifier, Literal(code)))
        self.name(made, DCTERMS.title, zh, en)
        return made

    def concept(self, kind: str, term: Term) -> URIRef:
        made = self.at(kind, term.id)
        if not self.told(made):
            self.say(made, (RDF.type, SKOS.Concept))
            self.name(made, SKOS.prefLabel, term.zh, term.en)
        return made

    # --- the service itself -------------------------------------------------------------

    def service(self, item: Item) -> None:
        made = self.named(
            "service", CPSV.PublicService, item.task_code, item.task_name, item.name_en
        )
        self.say(
            made,
            (DCTERMS.description, Literal(_description(item), lang=ZH)),
            (DCTERMS.language, self.say(CHINESE, (RDF.type, DCTERMS.LinguisticSystem))),
            (DCTERMS.spatial, self.region(item)),
            (CV.hasCompetentAuthority, self.authority(item)),
            (CV.isClassifiedBy, self.term("task_type", item.task_type)),
            *((CV.thematicArea, self.term("theme", one)) for one in item.topic_type),
            *((DCTERMS.audience, self.term("audience", one)) for one in item.server_type),
            *((DCAT.keyword, Literal(word, lang=ZH)) for word in item.aliases),
        )
        if item.promise:
            self.say(made, (CV.processingTime, _duration(item.promise)))
        self.papers(made, item)
        self.laws(made, item)
        self.channels(made, item)
        self.contacts(made, item)
        self.outcome(made, item)

    def term(self, kind: vocabulary.Kind, id: str) -> URIRef:
        return self.concept(kind.replace("_", "-"), vocabulary.term(kind, id))

    def region(self, item: Item) -> URIRef:
        made = self.at("region", item.region_code)
        if self.told(made):
            return made
        self.say(made, (RDF.type, AREA_TYPE), (RDF.type, DCTERMS.Location))
        self.name(made, SKOS.prefLabel, item.region_name)
        return made

    def authority(self, item: Item) -> URIRef:
        made = self.at("organisation", item.dept_code)
        if self.told(made):
            return made
        self.say(
            made,
            (RDF.type, CV.PublicOrganisation),
            (DCTERMS.identifier, Literal(item.dept_code)),
            (DCTERMS.spatial, self.region(item)),
        )
        self.name(made, SKOS.prefLabel, item.dept_name, item.dept_name_en)
        return made

    # --- what it needs and gives --------------------------------------------------------

    def papers(self, service: URIRef, item: Item) -> None:
        """The conditions as one requirement, the materials as evidence for it."""
        evidence = [
            self.named("evidence", CV.Evidence, f"{item.task_code}-{number}", title)
            for number, title in enumerate(item.materials, 1)
        ]
        self.say(service, *((CPSV.hasInput, one) for one in evidence))
        if item.accept_condition:
            needed = self.named("requirement", CV.Requirement, item.task_code, "受理条件")
            self.name(needed, DCTERMS.title, "受理条件", "Conditions")
            self.name(needed, DCTERMS.description, item.accept_condition)
            self.say(needed, *((CV.hasSupportingEvidence, one) for one in evidence))
            self.say(service, (CV.holdsRequirement, needed))

    def laws(self, service: URIRef, item: Item) -> None:
        for title in item.by_law:
            law = self.say(self.at("law", title), (RDF.type, ELI.LegalResource))
            self.name(law, DCTERMS.title, title)
            self.say(service, (CV.hasLegalResource, law))

    def outcome(self, service: URIRef, item: Item) -> None:
        told = item.declared
        if told.result_name:
            made = self.named("output", CV.Output, item.task_code, told.result_name)
            self.say(service, (CPSV.produces, made))
        for number, title in enumerate(told.fee_items or (), 1):
            code = f"{item.task_code}-{number}"
            cost = self.say(
                self.at("cost", code),
                (RDF.type, CV.Cost),
                (DCTERMS.identifier, Literal(code)),
                (DCTERMS.description, Literal(f"{title}：{told.fee_stand or ''}", lang=ZH)),
            )
            self.say(service, (CV.hasCost, cost))

    # --- how to reach it ----------------------------------------------------------------

    def channels(self, service: URIRef, item: Item) -> None:
        if item.is_online:
            self.channel(service, item, Term("online", "网上办理", "Online"), item.platform)
        if item.has_window:
            self.channel(
                service, item, Term("counter", "窗口办理", "At the counter"), item.transact_addr
            )

    def channel(self, service: URIRef, item: Item, way: Term, words: str) -> None:
        code = f"{item.task_code}-{way.id}"
        made = self.say(
            self.at("channel", code),
            (RDF.type, CV.Channel),
            (DCTERMS.identifier, Literal(code)),
            (DCTERMS.type, self.concept("way", way)),
        )
        if words:
            self.name(made, DCTERMS.description, words)
        self.say(service, (CV.hasChannel, made))

    def contacts(self, service: URIRef, item: Item) -> None:
        link = _address(item.link_addr)
        self.contact(service, item, "enquiry", item.consult_phone, link)
        self.contact(service, item, "complaint", item.complain_phone, None)

    def contact(
        self,
        service: URIRef,
        item: Item,
        kind: str,
        numbers: tuple[str, ...],
        link: URIRef | None,
    ) -> None:
        if not numbers and link is None:
            return
        made = self.at("contact", f"{item.task_code}-{kind}")
        self.say(made, (RDF.type, CV.ContactPoint))
        self.say(made, *((CV.telephone, Literal(number)) for number in numbers))
        self.say(made, (DCTERMS.type, self.concept("contact-kind", CONTACTS[kind])))
        if link is not None:
            self.say(made, (CV.contactPage, self.say(link, (RDF.type, FOAF.Document))))
        self.say(service, (CV.contactPoint, made))

    # --- what holds services together ---------------------------------------------------

    def event(self, life: Situation, items: list[Item]) -> None:
        """A moment of life, if any of these services belongs to it."""
        held = [item for item in items if item.task_code in life.items]
        if not held:
            return
        made = self.named("event", CV.Event, life.id, life.zh, life.en)
        people = life.kind == "life" or (
            not life.kind and any("person" in item.server_type for item in held)
        )
        self.say(made, (RDF.type, CV.LifeEvent if people else CV.BusinessEvent))
        if life.hint_zh:
            self.name(made, DCTERMS.description, life.hint_zh, life.hint_en)
        for item in held:
            service = self.at("service", item.task_code)
            self.say(made, (CV.hasRelatedService, service))
            self.say(service, (CV.isGroupedBy, made))

    def dataset(self, source: Source, items: list[Item]) -> None:
        made = self.at("catalogue", "services")
        publisher = self.named("publisher", FOAF.Agent, source.origin, source.origin)
        page = _address(source.origin_url)
        self.say(made, (RDF.type, DCAT.Dataset), (DCTERMS.publisher, publisher))
        self.name(made, DCTERMS.title, source.name_zh, source.name)
        as_of = source.as_of.isoformat()
        self.name(
            made,
            DCTERMS.description,
            f"{source.coverage_zh}（数据截至 {as_of}）",
            f"{source.coverage_en} (as of {as_of})",
        )
        if page is not None:
            self.say(made, (DCAT.landingPage, self.say(page, (RDF.type, FOAF.Document))))
        for item in items:
            service = self.at("service", item.task_code)
            self.say(made, (DCTERMS.hasPart, service))
            self.say(service, (DCTERMS.isPartOf, made))


SAFE = "%/:=&?~+!$,;@"
STRAY = re.compile("%(?![0-9A-Fa-f]{2})")
CONTACTS = {
    "enquiry": Term("enquiry", "咨询", "Enquiries"),
    "complaint": Term("complaint", "投诉", "Complaints"),
}


def _description(item: Item) -> str:
    """One sentence of ours out of the item's own facts: the source has no description."""
    said = f"{item.task_name}，由{item.dept_name}办理。"
    if item.promise:
        unit = "工作日" if item.promise.unit == "working" else "自然日"
        said += f"承诺办结时限：{item.promise.days}个{unit}。"
    return said


def _duration(limit: Limit) -> Literal:
    """Days as they are counted: the type knows no working days, so the description names them."""
    return Literal(f"P{limit.days}D", datatype=XSD.duration, normalize=False)


def _address(text: str) -> URIRef | None:
    """A web address that RDF accepts, or none: clerks wrote all kinds of things in that field."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    front, mark, fragment = text.partition("#")
    tidy = quote(front, safe=SAFE) + mark + quote(fragment, safe=SAFE)
    return URIRef(STRAY.sub("%25", tidy))
