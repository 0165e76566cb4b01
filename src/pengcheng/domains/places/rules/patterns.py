"""How the parts of an address end, as a table in order of precedence.

Ranks keep the parts in order: a street may follow a district, never the other way round.
"""

import re
from typing import Final

import msgspec

RANKS: Final = {
    "province": 1,
    "city": 2,
    "district": 3,
    "street": 4,
    "zone": 3,  # before or after the street; it never shuts a street out
    "community": 6,
    "road": 7,
    "number": 8,
    "subroad": 8,
    "subnumber": 9,
    "place": 10,
    "subplace": 10,
    "building": 11,
    "unit": 12,
    "floor": 13,
    "room": 14,
}


class Pattern(msgspec.Struct, frozen=True):
    """A part, how it is written, and between which ranks it may come."""

    label: str
    expression: re.Pattern[str]
    low: int = 0
    high: int = 99


HAN: Final = "一-鿿"
NUMBER: Final = r"(?:\d+|[一二三四五六七八九十百]+)"
_PLAIN: Final = f"[{HAN}]"
_NO_ROAD: Final = "(?:(?![路号区省市县镇村街])[一-鿿])"
_END: Final = r"(?=[\s-]*(?:电联)?[\s-]*$)"


def _pattern(label: str, expression: str, low: int = 0, high: int = 99) -> Pattern:
    return Pattern(label, re.compile(expression), low, high)


PATTERNS: Final = (
    _pattern(
        "assist",
        "(?:[东南西北]{1,2}侧?\\d+米|斜?对面|附近|门口|旁边?|隔壁|交叉口|交汇处|交界处?|路口|十字路口"
        "|后面|前面|楼下|楼上|院内|后门|[东南西北]侧|与(?=[一-鿿]{2,6}[路街道]))",
        7,
    ),
    _pattern("redundant", "(?:电联|市辖区|浙江省|中国)", 0),
    _pattern(
        "district",
        f"(?:(?![路号省市县街镇乡村]){_PLAIN}){{2,3}}(?:(?<!小|社|园|新|业|发|[东南西北一二三四五])区|县|市)"
        "(?![路街巷场政]|中心)",
        0,
        2,
    ),
    _pattern("street", f"{_NO_ROAD}{{1,6}}路?街道(?:办事处)?", 0, 5),
    _pattern(
        "street",
        f"{_NO_ROAD}{{0,4}}[市区村]?{_NO_ROAD}{{0,3}}{_PLAIN}(?:镇|乡|苏木)(?![路街道村政]|中[心学])",
        0,
        3,
    ),
    _pattern(
        "zone",
        f"(?:(?![路号街]){_PLAIN}){{2,10}}?(?:经济技术开发区|经济开发区|开发区|工业园区|工业区|高新区"
        f"|产业园区|保税区|新区)(?=(?:(?![号]){_PLAIN}){{1,6}}[路街道])",
        0,
        5,
    ),
    _pattern(
        "community",
        f"(?:(?![路号街区幢栋]|大道){_PLAIN}){{1,8}}?(?:社区|居委会|村委会|(?<!新)村)(?![路街道村镇委]|大[街道])",
        0,
        6,
    ),
    _pattern(
        "road",
        f"(?:{NUMBER}号大?[路街]|[GSXY]?\\d+[国省县乡]道|(?![号])(?:(?![号幢栋区镇]|街道){_PLAIN}){{1,9}}?"
        "(?:大道|大街|公路|高速|胡同|[路街](?!道)|(?<!街)道(?![一-鿿]{0,2}[镇村])|巷|[堤线](?=\\d+号)))",
        0,
        6,
    ),
    _pattern("road", f"{NUMBER}组(?!{NUMBER}号)", 0, 6),
    _pattern("subroad", f"(?:(?![号幢栋楼]){_PLAIN}){{1,6}}?(?:大道|大街|[路街](?!道)|巷)", 7, 9),
    _pattern("subroad", "[东南西北中][一二三]?段", 7, 7),
    _pattern(
        "number",
        f"(?:{NUMBER}组)?[甲乙附新A-Z]?{NUMBER}(?:-\\d+)*[A-Z]?(?:号|弄|巷)(?:附\\d+号)?(?![楼搂院])",
        4,
        7,
    ),
    _pattern("subnumber", f"(?<=[路街道巷段弄]){NUMBER}(?:-\\d+)*(?:号|弄)(?!楼)", 8, 8),
    _pattern(
        "building", rf"第?(?:[A-Z]?{NUMBER}[A-Z]?(?:-\d+)?|[A-Z])(?:号楼|[幢栋座撞懂])", 0, 11
    ),
    _pattern("building", r"[A-Z](?:号?楼|区(?=\d))", 7, 10),
    _pattern("unit", rf"(?:{NUMBER}|[A-Z东南西北中甲乙]\d?)(?:单元|号门|门)", 7, 11),
    _pattern("floor", rf"(?:负|地下|第)?{NUMBER}[A-Z]?(?:楼|层|F)(?!栋)", 7, 13),
    _pattern("building", rf"{NUMBER}号(?!楼)", 8, 10),
    _pattern("unit", r"\d{1,2}号(?=-?\d)", 11, 11),
    _pattern("number", r"\d+(?=-\d+-\d+-\d+)", 7, 7),
    _pattern("building", r"[A-Z]?\d{1,3}[A-Z]?(?=-[A-Z]?\d+-)", 8, 10),
    _pattern("unit", r"\d{1,2}(?=-[A-Z]?\d)", 11, 11),
    _pattern("room", r"[A-Z]?\d+[A-Z]?(?:-\d+)*(?:号?[室房铺店档户号]|号门)", 7, 13),
    _pattern("building", r"[A-Z]?\d{1,3}[A-Z]?(?=-[A-Z]?\d+)", 8, 10),
    _pattern("unit", r"\d{1,2}(?=-[A-Z]?\d)", 11, 11),
    _pattern(
        "number", rf"(?<=[路街道巷弄段])\d+(?:-\d+)*(?=[{HAN}]{{2}}|[\s-]*$)(?!单元|号楼)", 7, 7
    ),
    _pattern("room", rf"[A-Z]?\d{{3,5}}[A-Z]?(?:-\d+)?{_END}", 7, 13),
    _pattern("room", rf"[A-Z]?\d+[A-Z]?{_END}", 11, 13),
    _pattern("building", rf"[A-Z]?\d+[A-Z]?{_END}", 10, 10),
)

# A place's name ends where something with a sure ending of its own begins.
STOPS: Final = re.compile(
    rf"[\s-]|第?[A-Z]?{NUMBER}[A-Z]?(?:-\d+)?(?:号楼|[幢栋座撞懂]|单元|楼|层|室)|[A-Z]\d*[座栋幢楼]|"
    rf"{NUMBER}号|[A-Z]?\d+[A-Z]?(?:-[A-Z]?\d+)*(?:号?[室房铺店户号])?{_END}|[A-Z]?\d+-\d|斜?对面|附近|门口|旁边|隔壁"
    r"|交叉口|交汇处|电联|(?<=[一-鿿])[东南西北]\d+米"
)
# After these a second name is a part of the first place: XX小区|东区.
INNER: Final = re.compile(
    "(?:小区|花园|大厦|广场|公寓|市场|工业园区?|工业区|科技园|产业园|花苑|商城|医院|学校|大学|学院|家园|新城"
    "|名苑|大酒店|有限公司)(?=[一-鿿A-Z]{2,}$)(?![一二三四五六七八九十]+期)"
)
