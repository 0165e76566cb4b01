"""Contracts through the door and on the workbench: deployed, called, sealed, kept in the log."""

from __future__ import annotations

import base64
import hashlib

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import DatabaseError, connection, transaction

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.api import contracts
from pengcheng.domains.ledger.models import MachineStep, MachineValue
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.ledger.scenes import ANYBODY, WRITER
from tests.support.people import context_of, person, signed_in

pytestmark = pytest.mark.django_db
SECRET = b"k" * 32


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def offices():
    """Two departments and an arbiter; the first has units."""
    made = {
        name: context_of(person(f"o-{n}", kind="official", roles=("official",), organisation=name))
        for n, name in enumerate(("水务局", "建设公司", "仲裁院"))
    }
    contracts.issue(context=WRITER, to="水务局", amount=100)
    return made


def escrow(offices, **more):
    terms = {"buyer": "水务局", "seller": "建设公司", "judge": "仲裁院", "amount": 60}
    until = int(clock.now().timestamp()) + 1000
    return contracts.deploy(
        context=offices["水务局"], template="escrow", params=terms | {"until": until} | more
    )


def test_an_escrow_runs_and_each_step_stands_in_the_log(offices):
    made = escrow(offices)
    contracts.call(context=offices["水务局"], contract=made.id, name="fund", args={})
    with pytest.raises(Conflict, match=r"another party"):
        contracts.call(context=offices["建设公司"], contract=made.id, name="release", args={})
    after = contracts.call(context=offices["仲裁院"], contract=made.id, name="release", args={})
    assert (after.state["stage"], after.held) == ("released", 0)
    assert contracts.balance(context=WRITER, who="建设公司") == 60
    api.integrate(context=WRITER)
    told = contracts.history(context=WRITER, place=made.id)
    assert [one.do for one in told] == ["release", "fund", "deploy"]
    for one in told:
        assert api.standing(context=ANYBODY, digest=one.digest).proof.entry.index == one.index
    assert contracts.sound(context=WRITER)


def test_a_touched_state_is_found_out(offices):
    escrow(offices)
    MachineValue.objects.filter(key="account/水务局").update(value=10**6)
    assert not contracts.sound(context=WRITER)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ledger_step SET gas = 0")


def test_a_refused_call_leaves_nothing_behind(offices):
    made = escrow(offices, amount=101)
    before = MachineStep.objects.count(), dict(MachineValue.objects.values_list("key", "value"))
    for name, args in (("fund", {}), ("nothing", {}), ("fund", {"a": 1})):
        with pytest.raises(Conflict):
            contracts.call(context=offices["水务局"], contract=made.id, name=name, args=args)
    after = dict(MachineValue.objects.values_list("key", "value"))
    assert (MachineStep.objects.count(), after) == before
    with pytest.raises(NotFound):
        contracts.call(context=WRITER, contract="contract-9-x", name="fund", args={})


def test_units_are_locked_claimed_and_brought_back(offices):
    hashed = hashlib.sha256(SECRET).hexdigest()
    now, giver = int(clock.now().timestamp()), offices["水务局"]
    first, second = (
        contracts.lock(context=giver, to="建设公司", amount=10, hash=hashed, until=now + 60)
        for _ in range(2)
    )
    contracts.claim(context=offices["建设公司"], lock=first, preimage=SECRET.hex())
    with pytest.raises(Conflict):
        contracts.refund(context=giver, lock=second)
    with clock.frozen(clock.now()) as hour:
        hour.advance(seconds=61)
        contracts.refund(context=giver, lock=second)
    assert contracts.balance(context=WRITER, who="水务局") == 90
    assert [one.stage for one in contracts.locks(context=WRITER)] == ["refunded", "claimed"]
    assert contracts.sound(context=WRITER)


def test_who_has_no_right_neither_sees_nor_acts(offices):
    citizen = context_of(person("someone", roles=("citizen",)))
    for act in (
        lambda: contracts.contracts(context=citizen),
        lambda: contracts.deploy(context=citizen, template="notary", params={"keeper": "x"}),
        lambda: contracts.issue(context=offices["水务局"], to="x", amount=1),
    ):
        with pytest.raises(Denied):
            act()


def test_a_private_attachment_is_opened_by_its_reader_alone(offices):
    key = X25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    contracts.add_reader(context=WRITER, name="审计局", public=public)
    office = offices["水务局"]
    made = contracts.seal(context=office, payload="底价".encode(), readers=("审计局",))
    api.integrate(context=WRITER)
    entry = api.standing(context=ANYBODY, digest=made.commitment).proof.entry
    assert entry.kind == "contracts.private"
    (kept,) = contracts.payloads(context=office)
    text = msgspec.json.encode(kept.envelope)
    own = base64.b64encode(key.private_bytes_raw()).decode()
    assert contracts.unseal(envelope=text, reader="审计局", key=own).decode() == "底价"
    other = base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()
    for wrong in (other, "", "x"):
        with pytest.raises(Invalid):
            contracts.unseal(envelope=text, reader="审计局", key=wrong)
    with pytest.raises(Invalid):
        contracts.seal(context=office, payload=b"x", readers=("nobody",))
    with pytest.raises(Invalid):
        contracts.add_reader(context=WRITER, name="x", public="short")


def test_a_contract_is_deployed_and_called_on_the_workbench():
    account = person("clerk", kind="official", roles=("official", "steward"), organisation="水务局")
    browser = signed_in(account)
    assert browser.get("/workbench/contracts/").status_code == 200
    units = {"to": "水务局", "amount": "50"}
    assert browser.post("/workbench/contracts/issue/", units).status_code == 302
    new = "/workbench/contracts/new/quota/"
    assert browser.get(new).status_code == 200
    assert browser.post(new, {"keeper": "水务局", "limit": "x", "each": "2"}).status_code == 422
    made = browser.post(new, {"keeper": "水务局", "limit": "10", "each": "4"})
    assert made.status_code == 302
    call = f"{made.url}call/draw/"
    assert browser.post(call, {"draw-amount": "4"}).status_code == 302
    answer = browser.post(call, {"draw-amount": "1"})
    assert answer.status_code == 409
    assert "条件不满足" in answer.content.decode()
    assert browser.post(call, {"draw-amount": "-1"}).status_code == 422
    assert browser.post(f"{made.url}call/nothing/").status_code == 404
    page = browser.get(made.url).content.decode()
    assert "领用" in page
    assert "6" in page
    contracts.add_reader(context=WRITER, name="审计局", public=base64.b64encode(b"k" * 32).decode())
    sealed = {"payload": "底价", "readers": ["审计局"]}
    assert browser.post(f"{made.url}private/", sealed).status_code == 302
    (one,) = contracts.payloads(context=WRITER, contract=made.url.split("/")[-2])
    kept = browser.get(f"{made.url}private/{one.commitment}/")
    assert kept.json()["commitment"] == one.commitment
    assert browser.get(f"{made.url}private/other/").status_code == 404
    for missing in ("/workbench/contracts/contract-7-x/", "/workbench/contracts/new/loan/"):
        assert browser.get(missing).status_code == 404
