"""Seals under custody: others must agree, every use is written down, a stopped one seals none."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pengcheng.domains.signatures import api
from pengcheng.domains.signatures.contracts.custody import NewRequest, RequestState, SealStep
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import Actor, Context, system_context
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kit import seals
from tests.signatures.scenes import SEAL, added_to, looked, plain
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db


def somebody(name: str, *roles: str) -> Context:
    actor = Actor(id=name, kind="official", name=f"{name}（虚构）", roles=frozenset(roles))
    return Context(actor=actor, purpose="test")


LIN = somebody("lin", "official")
HE = somebody("he", "official", "supervisor")
XU = somebody("xu", "steward")
CITY = system_context("licences")
STANDING = {"seal": "licences", "about": "licences.paper.make"}


def new(**facts: Any) -> NewRequest:
    told = {"seal": "office", "title": "证明", "purpose": "对外出具", "name": "a.pdf"}
    return NewRequest(**{**told, "content": plain(), **facts})


def asked(context: Context = LIN, **facts: Any) -> str:
    return api.ask_for_seal(context=context, new=new(**facts))


def said(context: Context, request_id: str, agreed: bool = True, note: str = "") -> RequestState:
    return api.answer_request(context=context, request_id=request_id, agreed=agreed, note=note)


def sealed(request_id: str, context: Context = LIN) -> bytes:
    return api.document(context=context, request_id=request_id, sealed=True)[1]


def test_with_one_approval_the_sealed_document_comes_back(home):
    request_id = asked()
    assert said(HE, request_id) == RequestState.SEALED
    found = looked(sealed(request_id))
    assert found.verdict == "holds"
    assert "演示政务服务中心公章" in found.signed[0].signer


def test_a_seal_of_high_value_needs_two_others(home):
    request_id = asked(seal="contracts")
    assert said(HE, request_id) == RequestState.WAITING
    with pytest.raises(NotFound):
        sealed(request_id)
    with pytest.raises(Denied):
        said(HE, request_id)
    assert said(XU, request_id) == RequestState.SEALED


def test_nobody_approves_their_own(home):
    request_id = asked(HE, seal="contracts")
    with pytest.raises(Denied):
        said(HE, request_id)
    with pytest.raises(Denied):
        said(LIN, request_id)


def test_a_refusal_needs_its_reason_and_ends_the_request(home):
    request_id = asked()
    with pytest.raises(Invalid):
        said(HE, request_id, agreed=False)
    assert said(HE, request_id, agreed=False, note="内容不符") == RequestState.REFUSED
    with pytest.raises(Conflict):
        said(XU, request_id)


def test_only_the_asker_withdraws_and_only_while_it_waits(home):
    request_id = asked()
    with pytest.raises(Denied):
        api.withdraw_request(context=HE, request_id=request_id)
    api.withdraw_request(context=LIN, request_id=request_id)
    with pytest.raises(Conflict):
        said(HE, request_id)


def test_a_suspended_seal_seals_nothing_and_a_retired_one_never_again(home):
    waiting = asked()
    api.seal_step(context=XU, seal="office", step=SealStep.SUSPEND, reason="盘点")
    with pytest.raises(Conflict):
        said(HE, waiting)
    with pytest.raises(Conflict):
        asked()
    api.seal_step(context=XU, seal="office", step=SealStep.RESUME, reason="盘点完毕")
    assert said(HE, waiting) == RequestState.SEALED
    api.seal_step(context=XU, seal="office", step=SealStep.RETIRE, reason="机构调整")
    with pytest.raises(Conflict):
        api.seal_step(context=XU, seal="office", step=SealStep.RESUME, reason="再用")
    assert looked(sealed(waiting)).verdict == "holds"


@pytest.mark.parametrize(
    ("who", "step"), [(LIN, SealStep.SUSPEND), (somebody("wu", "citizen"), SealStep.RETIRE)]
)
def test_only_those_who_keep_seals_stop_them(who, step):
    with pytest.raises(Denied):
        api.seal_step(context=who, seal="office", step=step, reason="x")


def test_standing_approval_is_for_its_act_and_for_systems(home):
    face = {"content": plain(), "face": SEAL}
    pdf = api.seal_standing(context=CITY, **STANDING, **face)
    assert looked(pdf).verdict == "holds"
    with pytest.raises(Conflict):
        api.seal_standing(context=CITY, seal="licences", about="something.else", **face)
    with pytest.raises(Conflict):
        api.seal_standing(context=CITY, seal="office", about="licences.paper.make", **face)
    with pytest.raises(Denied):
        api.seal_standing(context=HE, **STANDING, **face)
    api.seal_step(context=XU, seal="licences", step=SealStep.SUSPEND, reason="盘点")
    with pytest.raises(Conflict):
        api.seal_standing(context=CITY, **STANDING, **face)


def test_every_use_is_in_the_list_and_in_the_audit(home):
    request_id = asked()
    said(HE, request_id)
    digest = hashlib.sha256(sealed(request_id)).hexdigest()
    (use,) = api.uses(context=XU, seal="office")
    assert (use.sha256, use.request_id, use.actor_name) == (digest, request_id, "he（虚构）")
    line = audit.entries(action="signatures.request.answer")[0]
    assert line.facts["sha256"] == digest


def test_a_refused_use_is_in_the_audit_too(home):
    request_id = asked(HE, seal="contracts")
    with pytest.raises(Denied):
        said(HE, request_id)
    line = audit.entries(action="signatures.request.answer")[0]
    assert line.outcome == "denied"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"content": b"no pdf"}, "/file"),
        ({"content": plain() + b" " * (5 * 2**20)}, "/file"),
        ({"title": " "}, "/title"),
        ({"purpose": "x" * 401}, "/purpose"),
    ],
)
def test_what_cannot_be_sealed_is_refused_beside_its_field(facts, pointer):
    with pytest.raises(Invalid) as problem:
        asked(**facts)
    assert problem.value.errors[0].pointer == pointer


def test_a_document_whose_seal_is_broken_is_not_sealed_again(home):
    broken = added_to(seals.stamp(plain(), SEAL, level="B-B"))
    with pytest.raises(Invalid):
        asked(content=broken)


def test_documents_open_for_those_concerned_alone(home):
    request_id = asked()
    assert api.document(context=HE, request_id=request_id, sealed=False)[1] == plain()
    with pytest.raises(Denied):
        api.document(context=somebody("zhou", "official"), request_id=request_id, sealed=False)
    assert audit.entries(action="signatures.document.read")


def test_what_waits_is_shown_to_those_who_may_answer(home):
    request_id = asked(HE, seal="contracts")
    assert [one.id for one in api.overview(context=XU).waiting] == [request_id]
    assert api.overview(context=HE).waiting == ()
    assert [one.id for one in api.overview(context=HE).own] == [request_id]


def test_proofs_of_time_are_renewed_before_they_run_out(home):
    request_id = asked()
    said(HE, request_id)
    assert api.renew_stamps(context=system_context("signatures")) == 0
    with clock.frozen(clock.now() + timedelta(days=1500)):
        assert api.renew_stamps(context=system_context("signatures")) == 1
        found = looked(sealed(request_id))
        assert [one.form for one in found.signed] == ["pades", "stamp", "stamp"]
        assert api.renew_stamps(context=system_context("signatures")) == 0


def test_the_pages_lead_from_the_request_to_the_sealed_document(home):
    lin = signed_in(person("linjing", kind="official", roles=("official",), name_zh="林静（虚构）"))
    he = signed_in(person("hemin", kind="official", roles=("official", "supervisor")))
    file = SimpleUploadedFile("a.pdf", plain())
    told = {"seal": "office", "title": "证明", "purpose": "对外", "file": file}
    request = lin.post("/workbench/seals/ask/", told).headers["Location"]
    assert "待审批" in lin.get(request).content.decode()
    assert request in he.get("/workbench/seals/").content.decode()
    refused = he.post(f"{request}answer/", {"answer": "refuse", "note": ""})
    assert (refused.status_code, "请说明不同意的理由" in refused.content.decode()) == (422, True)
    he.post(f"{request}answer/", {"answer": "agree"})
    assert lin.get(f"{request}sealed.pdf").content.startswith(b"%PDF")
    assert "经申请用印" in he.get("/workbench/seals/office/").content.decode()
    wrong = lin.post("/workbench/seals/ask/", {**told, "file": SimpleUploadedFile("a.pdf", b"x")})
    assert (wrong.status_code, "须为完好的PDF文件" in wrong.content.decode()) == (422, True)
