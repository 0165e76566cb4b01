"""From a row as the source published it to a typed item: nothing is guessed, gaps are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pengcheng.domains.services.contracts import Gap, Item, Limit, OfficeStep
from pengcheng.domains.services.rules.vocabulary import Kind, ids_by_zh

Row = Mapping[str, Any]

NOTHING = frozenset({"", "无", "无。", "无w", "无.", "0000swjw"})
"""What the source's clerks wrote when they had nothing to say."""

_HALF = {0xFF08: "(", 0xFF09: ")", 0xFF0C: ",", 0xFF1B: ";", 0xFF0D: "-", 0x2013: "-", 0x2014: "-"}
"""Full-width marks and dashes as their ASCII fellows, for reading structure out of free text."""

_LIMIT = re.compile(r"(\d+)\s*\((工作日|自然日)\)")
_PHONE = re.compile(
    r"(?<!\d)(?:\(?(?:8620|0\d{2,3})\)?[-\s]*)?\d{3,4}\s?\d{4}(?:(?:转|-)\d{1,4})*(?!\d)"
    r"|(?<![\d-])(?:0\d{2,3}-+)?1[0-2]\d{3}(?:-\d{1,2}){0,2}(?!\d)"
    r"|(?<!\d)95\d{3}(?!\d)|(?<!\d)400-?\d{4}-?\d{3}(?!\d)|(?<!\d)400-?\d{3}-?\d{4}(?!\d)"
)
_LAW = re.compile(r"《([^《》]{2,60})》")
_LAW_END = re.compile(
    r"(法|条例|规定|办法|细则|规则|决定|通知|目录|标准)(\((试行|暂行|\d{4}年本)\)的通知|\((试行|暂行)\))?$"
)
_OFFICE = re.compile(r"([^、()]+)\(([^()]+)\)")
_NEWS = re.compile(r"荣获|召开|圆满|成功举办|在.{2,20}(?:举办|举行|开班)|馆举办|开班$")


def _half(value: object) -> str:
    return text(value).translate(_HALF)


def text(value: object) -> str:
    """One line of text; the source's ways to say nothing become an empty one."""
    if not isinstance(value, str):
        return ""
    line = re.sub(r"[\s\u3000]+", " ", value).strip()
    return "" if line in NOTHING else line


def paragraphs(value: object) -> str:
    """Longer text: numbered points of the source begin a new line."""
    line = text(value)
    return re.sub(r"\s+(?=\d+[.、\uff0e]|[(\uff08][一二三四五六七八九十\d]+[)\uff09])", "\n", line)


def limit(value: object) -> Limit | None:
    """``20(工作日)`` → 20 working days."""
    found = _LIMIT.search(_half(value))
    if not found:
        return None
    return Limit(int(found[1]), "working" if found[2] == "工作日" else "calendar")


def phones(value: object) -> tuple[str, ...]:
    """The telephone numbers in a free text, in one way of writing, each once."""
    found = (re.sub("-+", "-", match[0]) for match in _PHONE.finditer(_half(value)))
    tidy = (re.sub(r"^\((\d+)\)-?", r"\1-", number).replace(" ", "") for number in found)
    return tuple(dict.fromkeys(re.sub(r"^8620-?", "020-", number) for number in tidy))


def laws(value: object) -> tuple[str, ...]:
    """Laws and rules named in the acceptance conditions; certificates in 《》 are left out."""
    names = (name.strip() for name in _LAW.findall(text(value)))
    return tuple(
        dict.fromkeys(
            name for name in names if len(name) > 2 and _LAW_END.search(name.translate(_HALF))
        )
    )


def offices(value: object) -> tuple[OfficeStep, ...]:
    """``省级司法(审核,决定与公开)、…`` → what each office does."""
    found = _OFFICE.findall(_half(value))
    return tuple(OfficeStep(who.strip(), tuple(what.split(","))) for who, what in found)


def names(value: object) -> tuple[str, ...]:
    """A list of names, each once; the word 无 in the place of a list means none."""
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(line for line in map(text, value) if line))


def codes(kind: Kind, value: object) -> tuple[str, ...]:
    """Words of the source as ids of our vocabulary; an unknown word stays itself."""
    known = ids_by_zh(kind)
    return tuple(known.get(word, word) for word in names(value))


def aliases(row: Row) -> tuple[str, ...]:
    """Short and everyday names, which clerks separated by commas, semicolons or spaces."""
    parts: list[str] = []
    for key in ("matter_short", "matter_daily"):
        parts += re.split(r"[,;、\s]+", _half(row[key]))
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1))


def _flag(value: object) -> bool | None:
    return {"是": True, "否": False, "不支持": False}.get(text(value))


def _address(value: object) -> tuple[str, bool]:
    """The place of the counter, and whether there is one at all."""
    line = text(value)
    if line.startswith("无线下"):
        return "", False
    return line.removeprefix("办理地点：").removeprefix("办理地点:").strip(), True


def _note(value: object, found: tuple[str, ...]) -> str:
    """What the text says beyond the numbers themselves (hours, rooms), else ''."""
    line = text(value)
    return line if not found or len(line) > sum(map(len, found)) + 8 else ""


def _sub_name(row: Row) -> str:
    line = text(row["subTaskName"])
    inner = line.translate(_HALF)
    return line[1:-1] if inner.startswith("(") and inner.find(")") == len(inner) - 1 else line


def item(row: Row, *, english: Mapping[str, str], departments: Mapping[str, str]) -> Item:
    """The typed item of a row. English names come from our own lists, by code."""
    code, office = text(row["TASK_CODE"]), text(row["ORGCODE"])
    return Item(
        task_code=code,
        name_en=english.get(code, ""),
        dept_code=office,
        dept_name=text(row["DEPT_NAME"]),
        dept_name_en=departments.get(office, ""),
        server_type=codes("audience", row["service_object_name"]),
        topic_type=codes("theme", row["theme_category"]),
        by_law=laws(row["accept_standard"]),
        accept_condition=paragraphs(row["accept_standard"]),
        anticipate=limit(row["handle_time"]),
        promise=limit(row["handle_time_limit"]),
        other_dept=offices(row["co_department"]),
        materials=names(row["material_intro"]),
        aliases=aliases(row),
        is_notice=row["TASK_TYPE"] == "21" and bool(_NEWS.search(text(row["TASK_NAME"]))),
        **_identity(row),
        **_channels(row),
        **_contacts(row),
    )


def _identity(row: Row) -> dict[str, Any]:
    return {
        "catalog_code": text(row["CATAID"]),
        "local_task_code": text(row["matter_code"]),
        "task_name": text(row["TASK_NAME"]),
        "sub_name": _sub_name(row),
        "catalog_name": text(row["subCatalogName"]),
        "group_name": text(row["parentCatalogName"]),
        "task_type": text(row["TASK_TYPE"]),
        "use_level": codes("level", [row["matter_level"]])[0],
        "region_code": text(row["AREACODE"]),
        "region_name": text(row["AREA_CODE_TEXT"]),
    }


def _channels(row: Row) -> dict[str, Any]:
    address, has_window = _address(row["handle_location"])
    return {
        "limit_scene_num": int(row["LIMIT_SCENE_NUM"]),
        "is_online": row["ONLINECHECK"] == "1",
        "link_addr": text(row["URL"]),
        "platform": text(row["bear_paltform"]),
        "booking_addr": text(row["online_book_addr"]),
        "is_express": _flag(row["courier_service"]),
        "transact_addr": address,
        "has_window": has_window,
    }


def _contacts(row: Row) -> dict[str, Any]:
    consult, complain = phones(row["consult_phone"]), phones(row["complain_phone"])
    return {
        "consult_phone": consult,
        "consult_note": _note(row["consult_phone"], consult),
        "complain_phone": complain,
        "complain_note": _note(row["complain_phone"], complain),
    }


_GAPS: tuple[tuple[str, str, str], ...] = (
    ("materials", "未列出申请材料", "no materials listed"),
    ("accept_condition", "无受理条件", "no conditions stated"),
    ("by_law", "受理条件中未提及法律依据", "no law named"),
    ("anticipate", "无法定办结时限", "no legal time limit"),
    ("promise", "无承诺办结时限", "no promised time limit"),
    ("transact_addr", "无线下办理地点", "no counter address"),
    ("link_addr", "无网上办理地址", "no web address"),
    ("consult_phone", "无咨询电话", "no enquiry phone"),
    ("complain_phone", "无投诉电话", "no complaint phone"),
    ("platform", "未说明承办系统", "no handling system named"),
    ("name_en", "无英文名称", "no English name"),
)


def gaps(items: Iterable[Item]) -> tuple[Gap, ...]:
    """How many items lack what; fees, fee basis and blank forms are in no row of the source."""
    kept = list(items)
    counted = tuple(
        Gap(field, zh, en, sum(not getattr(item, field) for item in kept))
        for field, zh, en in _GAPS
    )
    notice = sum(item.is_notice for item in kept)
    absent = (
        Gap("is_fee", "来源数据不含收费信息", "no fee information in the source", len(kept)),
        Gap("handle_flow", "来源数据不含办理流程", "no description of steps", len(kept)),
        Gap("is_notice", "疑似新闻通知而非服务事项", "reads like news, not a service", notice),
    )
    return counted + absent
