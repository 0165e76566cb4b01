"""Ways through the forms, with invented people and the example numbers of the standards."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.domains.casework import api as casework
from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import Applied
from pengcheng.kernel.context import Context
from pengcheng.kit.forms.answers import Answer

VISIT = "11440100007483172Q3440106043008"
PENSION = "11440000553612461J2442111660000"
DISABILITY = "13440000455857174Y2442169016000"
COPYRIGHT = "11440000006939561H2442193109000"
WEDDING_NAME = "补领结婚证预约"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"
ID = "11010519491231002X"

Pages = dict[str, dict[str, Any]]


def pdf(name: str = "a.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def visit(**changes: Any) -> Pages:
    """The visit endorsement, granted by rule unless changed."""
    told: dict[str, Any] = {
        "name": "陈晓明（虚构）",
        "resident-id": ID,
        "mobile": "13800000000",
        "residence": "guangdong",
        "registered-staff": "no",
        "permit-number": "C12345678",
        "permit-expiry": "2035-01-01",
        "destination": "hkg",
        "validity": "1y1",
        "under-16": "no",
        "true": "on",
    } | changes
    pages = {
        "holder": ("name", "resident-id", "mobile"),
        "residence": ("residence", "registered-staff"),
        "elsewhere": ("residence-permit",),
        "permit": ("permit-number", "permit-expiry"),
        "visit": ("destination", "validity"),
        "age": ("under-16",),
        "guardian": ("guardian-name", "consent"),
        "declaration": ("true",),
    }
    return _pages(pages, told)


def pension(**changes: Any) -> Pages:
    """The pension certificate, granted by rule unless changed."""
    told: dict[str, Any] = {
        "name": "陈晓明（虚构）",
        "resident-id": ID,
        "mobile": "13800000000",
        "insured-elsewhere": "yes",
        "deregistered": "yes",
        "arrears": "no",
        "new-city": "深圳市",
        "since": "2026-01-05",
        "by-delegate": "no",
        "true": "on",
    } | changes
    pages = {
        "holder": ("name", "resident-id", "mobile"),
        "move": ("insured-elsewhere", "deregistered", "arrears"),
        "new-place": ("new-city", "since"),
        "delegate": ("by-delegate",),
        "delegate-paper": ("delegate-name", "delegate-letter"),
        "declaration": ("true",),
    }
    return _pages(pages, told)


def copyright_work() -> Pages:
    """A work of one's own, not published: decided by an official."""
    return {
        "applicant": {"applicant-kind": "person"},
        "person": {"name": "陈晓明（虚构）", "resident-id": ID},
        "contact": {"mobile": "13800000000", "email": ""},
        "work": {
            "title": "荔枝湾的早晨",
            "work-kind": "text",
            "finished": "2026-05-01",
            "published": "no",
        },
        "origin": {"ownership": "original"},
        "sample": {"summary": "一篇散文（虚构）", "sample": pdf("样本.pdf")},
        "declaration": {"true": "on"},
    }


def disability() -> Pages:
    return {
        "holder": {"name": "陈晓明（虚构）", "resident-id": ID, "guangdong": "yes"},
        "contact": {"mobile": "13800000000", "address": "虚构路 1 号"},
        "disability": {"category": ["vision", "hearing"], "assessed": "no"},
        "support": {"home-visit": "yes"},
        "materials": {"id-card": pdf(), "photo": pdf("photo.pdf", PDF + b"\n")},
        "declaration": {"true": "on"},
    }


def general() -> Pages:
    return {
        "applicant": {"applicant-kind": "organisation"},
        "organisation": {
            "organisation-name": "鹏城示例有限公司（虚构）",
            "organisation-code": "91350100M000100Y43",
            "contact-person": "陈晓明（虚构）",
        },
        "contact": {"mobile": "13800000000"},
        "request": {"request": "申请办理（演示）"},
        "materials": {},
        "declaration": {"true": "on"},
    }


def _pages(pages: dict[str, tuple[str, ...]], told: dict[str, Any]) -> Pages:
    return {
        page: {name: told[name] for name in names if name in told} for page, names in pages.items()
    }


# --- through the pages ------------------------------------------------------------------


def begin(client: Client, code: str) -> str:
    """Press start; answers the address of the first page."""
    started = client.post(f"/services/{code}/apply/")
    assert started.status_code == 302, started.content.decode()
    return client.get(started["Location"])["Location"]


def fill(client: Client, url: str, pages: Pages) -> str:
    """Fill page by page as the server leads; answers the address of the check page."""
    for _ in range(20):
        if "/check/" in url:
            return url
        page = url.rstrip("/").rsplit("/", 1)[-1]
        answer = client.post(url, pages[page])
        assert answer.status_code == 302, errors(answer)
        url = answer["Location"]
    raise AssertionError("the form does not end")


def apply(client: Client, code: str, pages: Pages) -> str:
    """All the way; answers the address of the receipt."""
    check = fill(client, begin(client, code), pages)
    assert client.get(check).status_code == 200
    sent = client.post(check)
    assert sent.status_code == 302, errors(sent)
    return sent["Location"]


def errors(answer: Any) -> list[tuple[str, str]]:
    """What the error summary says, as (link, text)."""
    found = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', answer.content.decode())
    return [(link, text) for link, text in found if "#id_" in link]


def case_of(receipt: str) -> str:
    return receipt.split("/")[2]


def plain(answer: Any) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# --- through the door -------------------------------------------------------------------


def submitted(context: Context, code: str, pages: Pages) -> Applied:
    """Fill and send without pages; files are left out."""
    draft = api.start_application(context=context, code=code)
    values = {
        name: Answer(value="yes" if name == "true" else value)
        for page in pages.values()
        for name, value in page.items()
        if isinstance(value, str) and value
    }
    api.save_answers(context=context, draft_id=draft.id, answers=values)
    return api.submit(context=context, draft_id=draft.id)


def applied(context: Context, code: str, answers: dict[str, Answer]) -> Applied:
    """Fill and send: the person's own page, these answers and the declaration."""
    draft = api.start_application(context=context, code=code)
    told = {"name": "陈晓明（虚构）", "resident-id": ID, "mobile": "13800000000", "true": "yes"}
    own = {name: Answer(value=value) for name, value in told.items()}
    api.save_answers(context=context, draft_id=draft.id, answers={**own, **answers})
    return api.submit(context=context, draft_id=draft.id)


def decided(official: Context, case_id: str, outcome: Any) -> None:
    """An official takes the case, does its steps and has the last word."""
    casework.claim(context=official, case_id=case_id)
    for step in casework.process(context=official, case_id=case_id).steps:
        casework.claim_task(context=official, case_id=case_id, step_id=step.id)
        casework.complete_task(context=official, case_id=case_id, step_id=step.id, outcome="agree")
    casework.decide(
        context=official,
        case_id=case_id,
        version=casework.get_case(context=official, case_id=case_id).version,
        outcome=outcome,
        reason="已核对材料（虚构）",
    )
