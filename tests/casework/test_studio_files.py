"""BPMN and DMN handed in and taken away: whole, or refused in a clear sentence."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pengcheng.domains.casework.api import studio
from pengcheng.kit import bpmn, dmn
from tests.casework.studio_scenes import (
    DECISION,
    ITEM,
    KIND,
    SUN,
    begun,
    dmn_of,
    published,
    saved,
)
from tests.support.people import holder, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ROOT = "/workbench/definitions/"


@pytest.fixture
def desk():
    return signed_in(holder("supervisor"))


@pytest.fixture
def draft():
    published()
    return begun()


def url(draft, rest=""):
    return f"{ROOT}drafts/{draft.id}/{rest}"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def now(draft):
    return studio.get_draft(context=SUN, draft_id=draft.id)


def steps(draft):
    return now(draft).definition.process.steps


def post(desk, draft, rest, **told):
    return desk.post(url(draft, rest), {"revision": now(draft).revision, **told})


def table(draft):
    return dmn.grid.read(now(draft).definition.decision.dmn, DECISION)


def upload(desk, draft, rest, body, name="file.xml"):
    file = SimpleUploadedFile(name, body, content_type="application/xml")
    return desk.post(url(draft, rest), {"revision": now(draft).revision, "file": file})


def test_a_process_goes_out_as_bpmn_and_comes_back_the_same(desk, draft):
    for address in (url(draft, "process.bpmn"), f"{ROOT}{KIND}/{ITEM}/process.bpmn"):
        answer = desk.get(address)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{ITEM}.bpmn"'
    before = steps(draft)
    saved(draft, process=None)
    upload(desk, draft, "process/file/", answer.content)
    assert steps(draft) == before


def test_a_drawing_of_another_program_keeps_what_it_has_no_place_for(desk, draft):
    body = re.sub(
        rb"<bpmn:extensionElements>.*?</bpmn:extensionElements>",
        b"",
        desk.get(url(draft, "process.bpmn")).content,
        flags=re.DOTALL,
    )
    upload(desk, draft, "process/file/", body)
    assert steps(draft)[1].office.zh == "街道办（虚构）"
    assert steps(draft)[1].label.en == "Home visit"
    assert steps(draft)[0].outcomes[0].id == "agree"


def test_a_rule_goes_out_as_dmn_and_comes_back_the_same(desk, draft):
    answer = desk.get(url(draft, "rules/0.dmn"))
    assert answer.content == dmn_of()
    assert desk.get(f"{ROOT}{KIND}/{ITEM}/rules/0.dmn").content == dmn_of()
    other = answer.content.replace(b"&gt;= 65", b"&gt;= 55")
    upload(desk, draft, "rules/0/file/", other)
    assert table(draft).rows[0].inputs == (">= 55",)


BOMB = (
    b'<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<definitions>&b;</definitions>"
)
OUTSIDE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
SCRIPT = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
    '<startEvent id="s"/>\n<scriptTask id="x" name="夺权"><script>boom()</script></scriptTask>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="x"/></process></definitions>'
).encode()
HOSTILE = [
    (BOMB, "不接受文档类型声明和实体"),
    (OUTSIDE, "不接受文档类型声明和实体"),
    (b"<a>" * 10_000, "嵌套过深"),
    (b"<a>" + b" " * (10 * 1024 * 1024) + b"</a>", "文件大于 5 MB"),
    (b"not xml at all", "不是正确的 XML"),
]


@pytest.mark.parametrize(
    ("body", "says"), [*HOSTILE, (SCRIPT, "第2行，scriptTask x 夺权：脚本不在此执行")]
)
def test_a_hostile_drawing_is_refused_in_a_clear_sentence(desk, draft, body, says):
    answer = upload(desk, draft, "process/file/", body)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert now(draft).revision == draft.revision


@pytest.mark.parametrize(("body", "says"), [*HOSTILE, (b"<d/>", "不是 DMN 1.1 至 1.5 版的模型")])
def test_a_hostile_rule_is_refused_in_a_clear_sentence(desk, draft, body, says):
    answer = upload(desk, draft, "rules/0/file/", body)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert now(draft).revision == draft.revision


def test_an_empty_upload_is_refused_at_its_field(desk, draft):
    for rest in ("process/file/", "rules/0/file/"):
        answer = post(desk, draft, rest)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_file_breaks_a_page(desk, draft, data):
    """Files of ours with bytes cut out and put in: taken or refused, never an error."""
    which, whole = data.draw(
        st.sampled_from(
            [
                ("rules/0/file/", dmn_of()),
                ("process/file/", bpmn.to_xml(bpmn.from_steps([])).encode()),
            ]
        )
    )
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 60)))
    put = data.draw(st.binary(max_size=8) | st.sampled_from([b"<x/>", b'id="', b"]]>"]))
    answer = upload(desk, draft, which, whole[:start] + put + whole[stop:])
    assert answer.status_code in {302, 422}
    assert desk.get(url(draft, "rules/0/")).status_code == 200
    assert desk.get(url(draft, "publish/")).status_code == 200
