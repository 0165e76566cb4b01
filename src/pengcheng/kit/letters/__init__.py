"""Letters as PDF: tagged, with text that can be searched, in both languages.

Typst sets them (docs/adr/0014). What a letter says is handed over as data and never read as markup,
so nobody's words can become instructions.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import typst

from pengcheng.kernel.problems import Unavailable

TEMPLATE = Path(__file__).with_name("letter.typ")
STANDARDS: Any = ["ua-1", "a-2a"]
"""For readers who do not see (PDF/UA-1), and to be kept for ever (PDF/A-2a)."""
LATIN = "Libertinus Serif"
"""Comes with the typesetter."""
CHINESE = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Songti SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
)
"""The first that the machine has; fonts-noto-cjk is free and in every distribution."""


class Section(msgspec.Struct, frozen=True):
    heading: str
    text: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The whole letter in one language."""

    lang: str  # zh | en
    office: str
    title: str
    reference_label: str
    to: str
    sections: tuple[Section, ...]
    day: str
    note: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    reference: str
    parts: tuple[Part, ...]
    foot: str = ""
    draft: str = ""  # set across the page of what is not sent yet
    across: tuple[str, ...] = ()  # set again and again across the page
    code: str = ""  # a code to scan, as SVG, above the text


def render(letter: Letter, *, at: datetime) -> bytes:
    """The letter as PDF. The same letter at the same moment gives the same bytes."""
    made = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=_fonts(),
        sys_inputs={"letter": _told(letter)},
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)  # noqa: S101 — one document, not one file a page
    return made


def pictures(letter: Letter, *, dpi: float) -> list[bytes]:
    """The pages as PNG."""
    made = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=_fonts(),
        sys_inputs={"letter": _told(letter)},
        format="png",
        ppi=dpi,
    )
    return [made] if isinstance(made, bytes) else [page for page in made if page]


def _told(letter: Letter) -> str:
    told = msgspec.to_builtins(letter) | {"fonts": [LATIN, chinese_font()]}
    return msgspec.json.encode(told).decode("utf-8")


def chinese_font() -> str:
    """The font for Chinese; raises Unavailable on a machine that has none."""
    known = set(_fonts().families())
    for name in CHINESE:
        if name in known:
            return name
    raise Unavailable(
        code="kit.letters.font",
        zh="服务器上没有中文字体，无法生成文书",
        en="The server has no Chinese font, so no letter can be made",
        next_zh="请管理员安装中文字体（如 fonts-noto-cjk）后重试。",
        next_en="Ask the administrator to install one, such as fonts-noto-cjk.",
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Looked for once a process: it takes half a second."""
    return typst.Fonts()
