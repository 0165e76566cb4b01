"""Poles that the tests share."""

from __future__ import annotations

from pengcheng.domains.poles import api
from pengcheng.domains.poles.contracts import Mount, NewMount, NewPole, Pole
from pengcheng.kernel.context import system_context

SYSTEM = system_context("tests")


def new_pole(code: str = "P-1", **facts: object) -> NewPole:
    told = {
        "longitude": 114.0579,
        "latitude": 22.5431,
        "power": 3000,
        "phases": 3,
        "road": "深南大道",
    }
    return NewPole(code=code, **{**told, **facts})  # type: ignore[arg-type]


def pole(code: str = "P-1", **facts: object) -> Pole:
    return api.save(context=SYSTEM, pole=new_pole(code, **facts))


def new_mount(code: str = "L-1", **facts: object) -> NewMount:
    told = {"kind": "lamp", "owner": "灯光环境管理中心", "watts": 300, "phase": 1}
    return NewMount(code=code, **{**told, **facts})  # type: ignore[arg-type]


def mounted(on: Pole, code: str = "L-1", **facts: object) -> Mount:
    return api.mount(context=SYSTEM, pole_id=on.id, given=new_mount(code, **facts))
