"""Cameras that do not stand in the street: all of it is marked as simulated, and nobody can
register as they.
"""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.domains.cameras import api
from pengcheng.domains.cameras.contracts import Item, NewAlarm, NewSource
from pengcheng.kernel.context import Context, system_context

OWNER = "交通管理单位（模拟）"
# Number, name, and the cameras of each: name, longitude, latitude (WGS 84), whether it works.
SOURCES: tuple[tuple[str, str, tuple[tuple[str, float, float, bool], ...]], ...] = (
    (
        *("44030400042000000001", "福田交通视频平台（模拟）"),
        (
            ("深南大道与彩田路口东（模拟）", 114.0613, 22.5417, True),
            ("深南大道与新洲路口西（模拟）", 114.0402, 22.5405, True),
            ("红荔路与华强北路口（模拟）", 114.0795, 22.5497, True),
            ("滨河大道与皇岗路口（模拟）", 114.0566, 22.5251, False),
            ("福华路与金田路口（模拟）", 114.0601, 22.5349, True),
            ("莲花山公园南门（模拟）", 114.0533, 22.5525, True),
        ),
    ),
    (
        *("44030500081180000001", "南山城管录像机（模拟）"),
        (
            ("科苑路与高新南一道口（模拟）", 113.9487, 22.5386, True),
            ("后海大道与东滨路口（模拟）", 113.9351, 22.5021, False),
            ("桃园路与南山大道口（模拟）", 113.9232, 22.5322, True),
        ),
    ),
    ("44030600041320000001", "宝安单台网络摄像机（模拟）", ()),
)


def load(tell: Tell) -> int:
    """A second time adds nothing."""
    who = system_context("demo")
    known, _total = api.listed(context=who)
    count = sum(each.cameras for each in known)
    if known:
        return count
    for done, (number, name, places) in enumerate(SOURCES, 1):
        count += _stand(who, number, name, places)
        tell(done, len(SOURCES))
    first = _number(SOURCES[0][0], 4)
    told = NewAlarm(number=first, priority=4, method=6, text="供电异常（模拟）")
    api.take_alarm(context=who, number=SOURCES[0][0], alarm=told)
    return count


def _stand(
    who: Context, number: str, name: str, places: tuple[tuple[str, float, float, bool], ...]
) -> int:
    api.add(context=who, source=NewSource(number=number, name=name, simulated=True))
    if not places:
        return 0  # entered, and not yet registered
    items = tuple(
        Item(
            number=_number(number, place),
            name=title,
            owner=OWNER,
            division=number[:6],
            on=on,
            longitude=x,
            latitude=y,
        )
        for place, (title, x, y, on) in enumerate(places, 1)
    )
    api.take_catalogue(context=who, number=number, items=items, whole=True)
    api.show_simulated(context=who, number=number)
    return len(items)


def _number(source: str, place: int) -> str:
    """A network camera of the same division and industry."""
    return f"{source[:10]}1320{place:06}"
