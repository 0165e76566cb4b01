"""A pole and all that is mounted on it are one asset: power, owners and faults."""

from __future__ import annotations

import pytest

from pengcheng.domains.poles import api
from pengcheng.domains.poles.contracts import PhaseLoad, Search
from pengcheng.domains.poles.rules import power
from pengcheng.kernel import events
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.poles.scenes import SYSTEM, mounted, new_mount, new_pole, pole
from tests.support.people import context_of, holder

pytestmark = pytest.mark.django_db


def codes(**asked: object) -> list[str]:
    found = api.search(context=SYSTEM, asked=Search(**asked))  # type: ignore[arg-type]
    return [each.code for each in found.poles]


def test_a_phase_bears_its_share_of_the_budget_and_no_watt_more() -> None:
    on = pole()
    mounted(on, "a", watts=600)
    mounted(on, "b", watts=400)
    with pytest.raises(Conflict, match="exceeded"):
        mounted(on, "c", watts=1)
    mounted(on, "c", watts=1, phase=2)
    assert api.loads(context=SYSTEM, pole=on) == (
        PhaseLoad(1, 1000, 1000),
        PhaseLoad(2, 1, 1000),
        PhaseLoad(3, 0, 1000),
    )


def test_a_budget_cannot_sink_below_what_is_mounted() -> None:
    mounted(pole(), watts=900)
    with pytest.raises(Conflict):
        pole(power=2400)
    with pytest.raises(Conflict):
        api.save(context=SYSTEM, pole=new_pole(), new=True)


def test_load_on_a_phase_that_the_pole_lost_counts_as_too_much() -> None:
    found = power.loads(900, 1, [(1, 100), (3, 950)])
    assert [each.phase for each in power.overloaded(found)] == [3]


def test_a_thing_is_mounted_in_one_place_and_stays_on_record() -> None:
    here, there = pole(), pole("P-2")
    lamp = mounted(here)
    with pytest.raises(Conflict, match="taken"):
        mounted(there)
    api.unmount(context=SYSTEM, mount_id=lamp.id)
    again = api.unmount(context=SYSTEM, mount_id=lamp.id)
    assert again.unmounted_at is not None
    mounted(there)
    assert api.mounts(context=SYSTEM, pole_id=here.id) == ()
    assert len(api.mounts(context=SYSTEM, pole_id=here.id, past=True)) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "drone"},
        {"owner": " "},
        {"phase": 4},
        {"watts": -1},
        {"device": "lamp 7"},
    ],
)
def test_what_cannot_be_mounted_is_refused(facts: dict[str, object]) -> None:
    on = pole()
    with pytest.raises(Invalid) as told:
        api.mount(context=SYSTEM, pole_id=on.id, given=new_mount(**facts))
    assert told.value.errors[0].pointer == f"/{next(iter(facts))}"


def test_poles_are_found_by_words_kind_owner_and_faults() -> None:
    first, _second = pole(owner="城管局"), pole("P-2", road="红荔路", state="planned")
    sos = mounted(first, "S-1", kind="sos", owner="公安局")
    assert codes(words="红荔") == ["P-2"]
    assert codes(kind="sos") == codes(owner="公安局") == codes(owner="城管局") == ["P-1"]
    assert codes(state="planned") == ["P-2"]
    api.report(context=SYSTEM, pole_id=first.id, mount_id=sos.id, text="无应答")
    assert codes(faulty=True) == ["P-1"]
    assert api.pole(context=SYSTEM, pole_id="P-1").faults == 1
    assert api.owners(context=SYSTEM) == ("公安局", "城管局")


def test_a_fault_is_opened_once_taken_up_repaired_and_told() -> None:
    on = pole()
    lamp = mounted(on)
    fault = api.report(context=SYSTEM, pole_id=on.id, mount_id=lamp.id, text="不亮")
    more = api.report(context=SYSTEM, pole_id="P-1", mount_id=lamp.id, text="闪烁")
    assert more.id == fault.id
    assert api.mounts(context=SYSTEM, pole_id=on.id)[0].faulty
    worker = context_of(holder("grid_worker"))
    api.move_fault(context=worker, fault_id=fault.id, to="acknowledged", note="已到场")
    done = api.move_fault(context=worker, fault_id=fault.id, to="repaired", note="更换灯头")
    assert [(each.state, each.note) for each in done.journal] == [
        ("opened", "不亮"),
        ("opened", "闪烁"),
        ("acknowledged", "已到场"),
        ("repaired", "更换灯头"),
    ]
    with pytest.raises(Conflict):
        api.move_fault(context=worker, fault_id=fault.id, to="acknowledged")
    assert not api.mounts(context=SYSTEM, pole_id=on.id)[0].faulty
    new = api.report(context=SYSTEM, pole_id=on.id, mount_id=lamp.id, text="又不亮")
    assert new.id != fault.id


def test_a_fault_belongs_to_what_is_on_this_pole_now() -> None:
    on, other = pole(), pole("P-2")
    lamp = mounted(other)
    with pytest.raises(NotFound):
        api.report(context=SYSTEM, pole_id=on.id, mount_id=lamp.id, text="不亮")
    with pytest.raises(Invalid):
        api.report(context=SYSTEM, pole_id=on.id, text=" ")


def test_officials_report_but_do_not_register() -> None:
    on = pole()
    official = context_of(holder("official"))
    api.report(context=official, pole_id=on.id, text="杆体倾斜")
    with pytest.raises(Denied):
        api.save(context=official, pole=new_pole("P-9"))
    with pytest.raises(Denied):
        api.search(context=context_of(holder("citizen")), asked=Search())
    assert events.deliver_pending() >= 0
