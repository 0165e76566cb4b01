"""Mandates: given, accepted, used on the pages of services, refused beyond their reach."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.domains.identity.contracts.mandates import MandateView, NewMandate
from pengcheng.domains.identity.ops import proofs
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import Assurance, Context, system_context
from pengcheng.kernel.permits import Resource, allowed
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NeedsProof, NotFound
from tests.support.people import context_of, person, signed_in

pytestmark = pytest.mark.django_db
SURE = Assurance(level="substantial", methods=("pwd", "otp", "mfa"))


def sure(account: AccountView) -> Context:
    """The circumstances of somebody who has proved themselves well."""
    from msgspec.structs import replace

    return replace(context_of(account), assurance=SURE)


def given(
    principal: AccountView, agent: AccountView, *, accepted: bool = True, **facts: object
) -> MandateView:
    told: dict[str, object] = {"powers": ("apply",), "ends_on": clock.today() + timedelta(days=30)}
    if principal.kind == "organisation":
        told = {"kind": "employee", "role": "clerk"}
    new = NewMandate(username=agent.username, **{**told, **facts})  # type: ignore[arg-type]
    made = api.mandates.give(sure(principal), new=new, principal_id=principal.id)
    if accepted:
        api.mandates.answer(context_of(agent), mandate_id=made.id, accepted=True)
    return made


def acting(agent: AccountView, mandate: MandateView) -> Context:
    found = api.mandates.acting_for(context_of(agent), mandate_id=mandate.id)
    assert found is not None
    return found[0]


@pytest.fixture
def he() -> AccountView:
    return person("hemei", name_zh="何美玉（虚构）")


@pytest.fixture
def chen() -> AccountView:
    return person()


def test_a_mandate_counts_once_accepted(he: AccountView, chen: AccountView) -> None:
    mandate = given(he, chen, accepted=False)
    draft = Resource(kind="draft", owner=he.id)
    assert not allowed(acting(chen, mandate), "services.draft.change", draft)
    api.mandates.answer(context_of(chen), mandate_id=mandate.id, accepted=True)
    context = acting(chen, mandate)
    assert (context.actor.id, context.on_behalf_of) == (chen.id, he.id)
    assert allowed(context, "services.draft.change", draft)


@pytest.mark.parametrize(
    ("action", "covered"),
    [
        ("services.application.submit", True),
        ("casework.case.read", True),  # whoever applies may follow
        ("payments.order.read", False),
        ("licences.licence.read", False),
        ("messages.message.read", False),
        ("identity.own.change", False),
        ("identity.mandate.give", False),
    ],
)
def test_a_mandate_reaches_as_far_as_its_powers(
    he: AccountView, chen: AccountView, action: str, covered: bool
) -> None:
    context = acting(chen, given(he, chen))
    assert allowed(context, action, Resource(kind="thing", owner=he.id)) is covered


def test_a_mandate_for_some_items_does_not_reach_the_others(
    he: AccountView, chen: AccountView
) -> None:
    context = acting(chen, given(he, chen, items=("SZ-1", "SZ-2")))
    start = "services.application.start"
    assert allowed(context, start, Resource(kind="item", id="SZ-1"))
    assert not allowed(context, start, Resource(kind="item", id="SZ-3"))


def test_an_officials_roles_do_not_come_along(he: AccountView) -> None:
    official = person("lin", kind="official", roles=("official",))
    context = acting(official, given(he, official))
    assert context.actor.roles == {"citizen"}
    assert not allowed(context, "casework.case.decide", Resource(kind="case", owner=he.id))


@pytest.mark.parametrize("how", ["expired", "ended", "declined"])
def test_what_is_over_is_refused_and_audited_on_the_page(
    he: AccountView, chen: AccountView, how: str
) -> None:
    mandate = given(he, chen, powers=("pay",))
    client = signed_in(chen)
    assert client.post(f"/account/mandates/{mandate.id}/", {"step": "use"}).url == "/services/"
    assert client.get("/payments/").status_code == 200
    assert client.get("/licences/").status_code == 403  # not among the powers
    with clock.frozen(clock.now()) as frozen:
        if how == "expired":
            frozen.advance(seconds=31 * 24 * 3600)
        else:
            whose = he if how == "ended" else chen
            api.mandates.end(context_of(whose), mandate_id=mandate.id)
        session = client.session
        session.set_expiry(10**8)
        session.save()
        refused = client.get("/payments/")
    assert refused.status_code == 403
    assert "恢复本人身份" in refused.content.decode()
    line = audit.entries(action="kernel.web.enter")[0]
    assert (line.outcome, line.on_behalf_of) == ("denied", he.id)
    assert line.facts == {"code": "kernel.permit.mandate"}


def test_every_page_says_for_whom_one_acts_and_leads_back(
    he: AccountView, chen: AccountView
) -> None:
    client, mandate = signed_in(chen), given(he, chen, powers=("pay",))
    client.post(f"/account/mandates/{mandate.id}/", {"step": "use"})
    for path in ("/", "/payments/", "/account/"):
        assert "您正在代" in client.get(path).content.decode(), path
    assert chen.id in client.get("/account/").content.decode()  # one's account stays one's own
    assert client.post("/account/mandates/stop/").status_code == 302
    assert "您正在代" not in client.get("/payments/").content.decode()


def test_a_password_alone_gives_no_mandate(he: AccountView, chen: AccountView) -> None:
    new = NewMandate(username="chen", powers=("apply",), ends_on=clock.today())
    with pytest.raises(NeedsProof):
        api.mandates.give(context_of(he), new=new, principal_id=he.id)


def test_the_page_leads_to_a_better_proof_and_back_with_everything_typed() -> None:
    firm, clerk = person("firm", kind="organisation"), person("wang")
    client = signed_in(firm)
    path = f"/account/members/{firm.id}/"
    typed = {"username": "wang", "role": "clerk", "ends_on": ""}
    asked = client.post(path, typed)
    assert asked.url.startswith("/account/prove/?next=%2Faccount%2Fprove%2F")
    session = client.session
    session[proofs.KEY] = {
        "level": "substantial", "methods": ["otp"], "at": clock.now().isoformat(),
    }  # fmt: skip
    session.save()
    waiting = "/account/prove/" + asked.url.split("prove%2F")[1].split("%2F")[0] + "/"
    page = client.get(waiting).content.decode()
    for typed in (f'action="{path}"', 'name="username" value="wang"', 'name="role" value="clerk"'):
        assert typed in page
    assert (
        client.post(path, {"username": "wang", "role": "clerk", "ends_on": ""}).status_code == 302
    )
    assert [m.state for m in api.mandates.held(context_of(clerk))] == ["waiting"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"powers": ()},
        {"powers": ("everything",)},
        {"ends_on": None},
        {"ends_on": date(2000, 1, 1)},
        {"ends_on": date(2999, 1, 1)},
        {"items": ("no such/code",)},
        {"username": "nobody"},
        {"username": "hemei"},
    ],
)
def test_what_is_wrong_with_a_mandate_is_said(
    he: AccountView, chen: AccountView, wrong: dict[str, object]
) -> None:
    facts = {"username": "chen", "powers": ("apply",), "ends_on": clock.today(), **wrong}
    with pytest.raises(Invalid):
        api.mandates.give(sure(he), new=NewMandate(**facts), principal_id=he.id)  # type: ignore[arg-type]


def test_strangers_neither_accept_nor_end_nor_use_it(he: AccountView, chen: AccountView) -> None:
    mandate, stranger = given(he, chen, accepted=False), person("wang")
    with pytest.raises(Denied):
        api.mandates.answer(context_of(stranger), mandate_id=mandate.id, accepted=True)
    with pytest.raises(Denied):
        api.mandates.answer(context_of(he), mandate_id=mandate.id, accepted=True)
    with pytest.raises(Denied):
        api.mandates.end(context_of(stranger), mandate_id=mandate.id)
    assert api.mandates.acting_for(context_of(stranger), mandate_id=mandate.id) is None
    with pytest.raises(Denied):
        api.mandates.given(context_of(stranger), principal_id=he.id)


def test_what_has_ended_does_not_begin_again(he: AccountView, chen: AccountView) -> None:
    mandate = given(he, chen)
    api.mandates.end(context_of(he), mandate_id=mandate.id)
    with pytest.raises(Conflict):
        api.mandates.answer(context_of(chen), mandate_id=mandate.id, accepted=True)
    with pytest.raises(Conflict):
        api.mandates.end(context_of(he), mandate_id=mandate.id)


# --- organisations ----------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "may"), [("administrator", True), ("clerk", False)])
def test_administrators_manage_members_and_clerks_do_not(role: str, may: bool) -> None:
    firm, member = person("firm", kind="organisation"), person("wang")
    given(firm, member, role=role)
    person("lili")
    new = NewMandate(username="lili", kind="employee", role="clerk")
    if may:
        made = api.mandates.give(sure(member), new=new, principal_id=firm.id)
        assert api.mandates.end(context_of(member), mandate_id=made.id).state == "ended"
    else:
        with pytest.raises(Denied):
            api.mandates.give(sure(member), new=new, principal_id=firm.id)
    page = signed_in(member).get(f"/account/members/{firm.id}/")
    assert page.status_code == (200 if may else 404)


def test_a_member_who_leaves_manages_nothing_any_more() -> None:
    firm, member = person("firm", kind="organisation"), person("wang")
    mandate = given(firm, member, role="administrator")
    api.mandates.end(context_of(member), mandate_id=mandate.id)
    with pytest.raises(Denied):
        api.mandates.given(context_of(member), principal_id=firm.id)


# --- by register --------------------------------------------------------------------------------


def family(birth_date: str) -> tuple[AccountView, AccountView]:
    parent, child = person(), person("child", name_zh="陈小鹏（虚构）")
    api.enter_facts(
        system_context("tests"),
        register="identity.person",
        account_id=child.id,
        values={"birth_date": birth_date, "parent": parent.id},
    )
    return parent, child


def test_a_parent_by_register_acts_for_the_child_until_it_is_of_age() -> None:
    parent, child = family("2018-06-01")
    ward = api.mandates.wards(sure(parent))[0]
    assert (ward.account_id, ward.kind, ward.until) == (child.id, "parent", date(2036, 6, 1))
    mandate = api.mandates.claim(sure(parent), ward_id=child.id)
    assert (mandate.state, mandate.ends_on) == ("in_force", date(2036, 5, 31))
    assert api.mandates.wards(sure(parent)) == ()


def test_nobody_is_parent_of_a_grown_up_or_of_anybody_else() -> None:
    parent, child = family("2000-06-01")
    assert api.mandates.wards(sure(parent)) == ()
    for whose in (parent, person("wang")):
        with pytest.raises(NotFound):
            api.mandates.claim(sure(whose), ward_id=child.id)


def test_the_pages_show_both_sides(he: AccountView, chen: AccountView) -> None:
    given(he, chen)
    for whose, name in ((chen, "何美玉"), (he, "陈晓明")):
        assert name in signed_in(whose).get("/account/mandates/").content.decode()
    assert Client().get("/account/mandates/").status_code == 302
