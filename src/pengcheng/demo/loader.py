"""Filling a city with the demo: real open data of Shenzhen, and persons who are all invented.

Each part is a module of this package with `load(tell) -> int`, which may be repeated: it puts there
what is missing and returns how many things it handled; `tell(done, total)` moves a progress bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

import msgspec

Tell = Callable[[int, int], None]
Load = Callable[[Tell], int]


class Part(msgspec.Struct, frozen=True):
    """A part of the demo; later ones may stand on earlier ones."""

    id: str
    zh: str
    en: str

    @property
    def module(self) -> str:
        return f"pengcheng.demo.{self.id}"


PARTS = (
    Part("accounts", "演示账户（虚构人物）", "Demo accounts (invented persons)"),
    Part("places", "区划、道路与站点", "Divisions, roads and stations"),
    Part("base_map", "绘制底图", "Drawing the base map"),
    Part("services", "政务服务事项", "Service items"),
    Part("registration", "企业名称库（虚构）", "Register of company names (invented)"),
    Part("sensing", "天气与充电站观测", "Weather and charging stations"),
    Part("devices", "设备与气象站数据回放", "Devices, and weather stations replayed"),
    Part("poles", "智能杆（模拟）与布点方案", "Poles (simulated) and a plan for more"),
    Part("scenes", "遥感影像（模拟）", "Satellite scenes (simulated)"),
    Part("cameras", "视频监控设备目录（模拟）", "A catalogue of cameras (simulated)"),
    Part("command", "处置力量与分级", "Units and incident levels"),
    Part("counters", "预约时段、模拟消息与缴费", "Appointments, messages and fees, simulated"),
)


def parts() -> tuple[Part, ...]:
    """The parts of this installation."""
    return tuple(part for part in PARTS if find_spec(part.module))


def load_part(part: Part, tell: Tell) -> int:
    """Load one part; returns how many things there are of it."""
    load: Load = import_module(part.module).load
    return load(tell)


def load_all(watch: Callable[[Part], Tell]) -> Iterator[tuple[Part, int]]:
    """Load every part in order; `watch` gives each its progress bar."""
    for part in parts():
        yield part, load_part(part, watch(part))
