"""Poles that do not stand in the street, along roads that do: all of it is marked as simulated."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.domains.poles import api
from pengcheng.domains.poles.contracts import Asked, Kind, NewMount, NewPole, Search, Site
from pengcheng.kernel.context import Context, system_context

COUNT = 40
KEEPER = "福田区城管部门（模拟）"
# Kind, owner, watts, and on every how manyth pole.
KINDS: tuple[tuple[Kind, str, int, int], ...] = (
    ("lamp", "照明管理单位（模拟）", 240, 1),
    ("camera", "交通管理单位（模拟）", 60, 2),
    ("environment", "生态环境部门（模拟）", 15, 3),
    ("cell", "通信运营企业（模拟）", 1200, 4),
    ("display", "宣传部门（模拟）", 800, 5),
    ("sos", "公安部门（模拟）", 30, 6),
    ("broadcast", "应急管理部门（模拟）", 120, 8),
)
FAULTS = ((3, "lamp", "夜间不亮（模拟）"), (17, "environment", "数据中断（模拟）"))


def load(tell: Tell) -> int:
    """A second time adds nothing."""
    who = system_context("demo")
    if api.search(context=who, asked=Search(limit=1)).total:
        return COUNT
    classes = ("trunk", "primary")
    first = Asked(title="示例杆选址（模拟）", count=COUNT, area="futian", classes=classes)
    sites = api.plan(context=who, asked=first).sites
    for number, site in enumerate(sites, 1):
        _stand(who, number, site)
        tell(number, COUNT + 1)
    for number, kind, text in FAULTS:
        _break(who, f"FT-{number:03}", kind, text)
    more = Asked(title="福田区新增 300 杆布点", count=300, area="futian")
    api.plan(context=who, asked=more)
    tell(COUNT + 1, COUNT + 1)
    return len(sites)


def _stand(who: Context, number: int, site: Site) -> None:
    code = f"FT-{number:03}"
    new = NewPole(
        code=code,
        longitude=site.longitude,
        latitude=site.latitude,
        road=site.road,
        owner=KEEPER,
        height=12.0,
        power=9000,
        phases=3,
        circuit=f"C{number % 7 + 1}",
        simulated=True,
    )
    pole = api.save(context=who, pole=new)
    for at, (kind, owner, watts, each) in enumerate(KINDS):
        if number % each == 0:
            given = NewMount(
                code=f"{code}-{kind}", kind=kind, owner=owner, watts=watts, phase=at % 3 + 1
            )
            api.mount(context=who, pole_id=pole.id, given=given)


def _break(who: Context, code: str, kind: str, text: str) -> None:
    pole = api.pole(context=who, pole_id=code)
    mount = next((m for m in api.mounts(context=who, pole_id=pole.id) if m.kind == kind), None)
    api.report(context=who, pole_id=pole.id, mount_id=mount.id if mount else "", text=text)
