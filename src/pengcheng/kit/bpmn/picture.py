"""A process as a picture: SVG that says in words what it shows, coloured by class alone.

Classes: `bp-node`, `bp-<kind>`, `bp-is-<state>`, `bp-flow`, `bp-lane`, `bp-name`, `bp-mark`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from pengcheng.kit.bpmn.layout import Box, Layout, lay_out
from pengcheng.kit.bpmn.model import Node, Process, Step

State = Literal["waiting", "current", "done", "late", "skipped"]
_STATES: dict[State, tuple[str, str, str]] = {
    "waiting": ("未开始", "not begun", ""),
    "current": ("办理中", "under way", "●"),
    "done": ("已完成", "done", "✓"),
    "late": ("已超期", "overdue", "!"),
    "skipped": ("已跳过", "skipped", "–"),
}
_KINDS = {
    "task": ("人工", "by an official", "人"),
    "decision": ("规则判定", "decided by rule", "规"),
    "timer": ("等待", "waiting time", "时"),
    "message": ("等待消息", "waits for a message", "信"),
    "subcase": ("子办件", "a case of its own", "子"),
    "notice": ("通知", "a notice", "告"),
}
_LETTERS = {
    "task": "P",
    "decision": "R",
    "timer": "T",
    "message": "M",
    "subcase": "C",
    "notice": "N",
}
_ROUND = {"start", "end", "timer", "message", "pass"}


def draw(
    process: Process,
    states: Mapping[str, State] | None = None,
    *,
    language: str = "zh-hans",
    title: str = "",
    prefix: str = "process",
) -> str:
    """`states` by id of the step; `prefix` keeps ids apart when a page shows two pictures."""
    artist = _Artist(process, states or {}, language, prefix)
    return artist.picture(title or process.name or process.id)


class _Artist:
    def __init__(
        self, process: Process, states: Mapping[str, State], language: str, prefix: str
    ) -> None:
        self.process, self.states, self.prefix = process, states, prefix
        self.english = language.startswith("en")
        self.layout: Layout = lay_out(process)

    def picture(self, title: str) -> str:
        width, height = self.layout.width, self.layout.height
        names = f"{self.prefix}-title {self.prefix}-desc"
        parts = [
            f'<svg class="bp-picture" xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-labelledby="{names}" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">',
            f'<title id="{self.prefix}-title">{escape(title)}</title>',
            f'<desc id="{self.prefix}-desc">{escape(self.described())}</desc>',
            f'<defs><marker id="{self.prefix}-arrow" class="bp-arrow" viewBox="0 0 8 8" refX="7" '
            'refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 0 8 4 0 8z"/></marker></defs>',
            *self._lanes(),
            *self._flows(),
            *(self._node(node) for node in self.process.nodes),
            "</svg>",
        ]
        return "".join(parts)

    def described(self) -> str:
        """The steps in a row, for who cannot see the picture."""
        told = [self._told(node.step) for node in self.process.nodes if node.step]
        stop = ". " if self.english else "；"
        return stop.join(f"{number} {text}" for number, text in enumerate(told, 1))

    def _told(self, step: Step) -> str:
        kind = _KINDS[step.kind][self.english]
        facts = [kind, step.group] if step.group else [kind]
        state = self.states.get(step.id)
        if state is not None:
            facts.append(_STATES[state][self.english])
        name = step.label.text("en" if self.english else "zh")
        return f"{name} ({', '.join(facts)})" if self.english else f"{name}（{'，'.join(facts)}）"

    def _lanes(self) -> list[str]:
        found = []
        for lane in self.process.lanes:
            box = self.layout.lanes[lane.id]
            x, y = box.x + 19, box.middle
            short = wrapped(lane.name, (box.height - 8) / 13, 1)[0]
            found.append(
                f'<g class="bp-lane"><rect x="{box.x}" y="{box.y}" width="{box.width}" '
                f'height="{box.height}"/><rect class="bp-lane__band" x="{box.x}" y="{box.y}" '
                f'width="28" height="{box.height}"/><text text-anchor="middle" x="{x}" y="{y}" '
                f'transform="rotate(-90 {x} {y})">{escape(short)}</text>'
                f"<title>{escape(lane.name)}</title></g>"
            )
        return found

    def _flows(self) -> list[str]:
        found = []
        for flow in self.process.flows:
            points = " ".join(f"{x},{y}" for x, y in self.layout.ways[flow.id])
            found.append(
                f'<polyline class="bp-flow" points="{points}" '
                f'marker-end="url(#{self.prefix}-arrow)"/>'
            )
        return found

    def _node(self, node: Node) -> str:
        box = self.layout.boxes[node.id]
        state = self.states.get(node.step.id, "") if node.step else ""
        classes = f"bp-node bp-{node.kind}" + (f" bp-is-{state}" if state else "")
        inner = _shape(node, box) + self._name(node, box) + self._mark(state, box)
        return f"<g class={quoteattr(classes)}>{inner}</g>"

    def _name(self, node: Node, box: Box) -> str:
        if node.step is None:
            return ""
        words = node.step.label.text("en" if self.english else "zh")
        lines = wrapped(words, 9.5 if node.kind in _ROUND else 7.5, 2 if node.kind in _ROUND else 3)
        sign = (_LETTERS if self.english else {k: v[2] for k, v in _KINDS.items()})[node.step.kind]
        if node.kind in _ROUND:
            top = box.y + box.height + 16
            icon = _text(box.centre, box.middle + 5, [sign], "bp-sign")
        else:
            top = box.middle - 8 * len(lines) + 16
            icon = _text(box.x + 12, box.y + 16, [sign], "bp-sign")
        return icon + _text(box.centre, top, lines, "bp-name")

    def _mark(self, state: str, box: Box) -> str:
        sign = _STATES[state][2] if state else ""  # type: ignore[index]
        if not sign:
            return ""
        x, y = box.x + box.width - 4, box.y + 4
        return f'<circle class="bp-mark" cx="{x}" cy="{y}" r="10"/>' + _text(
            x, y + 5, [sign], "bp-mark__sign"
        )


def _shape(node: Node, box: Box) -> str:
    if node.kind in _ROUND:
        return f'<circle cx="{box.centre}" cy="{box.middle}" r="{box.width // 2}"/>' + (
            f'<circle cx="{box.centre}" cy="{box.middle}" r="{box.width // 2 - 4}"/>'
            if node.step
            else ""
        )
    if node.kind in {"exclusive", "parallel"}:
        return _diamond(node, box)
    return f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="10"/>'


def _diamond(node: Node, box: Box) -> str:
    x, y, half = box.centre, box.middle, box.width // 2
    corners = f"M{x - half} {y} {x} {y - half} {x + half} {y} {x} {y + half}z"
    sign = (
        f"M{x - 9} {y}H{x + 9}M{x} {y - 9}V{y + 9}"
        if node.kind == "parallel"
        else f"M{x - 7} {y - 7}L{x + 7} {y + 7}M{x - 7} {y + 7}L{x + 7} {y - 7}"
    )
    return f'<path d="{corners}"/><path class="bp-cross" d="{sign}"/>'


def _text(x: int, y: int, lines: list[str], kind: str) -> str:
    spans = "".join(
        f'<tspan x="{x}" y="{y + 16 * n}">{escape(line)}</tspan>' for n, line in enumerate(lines)
    )
    return f'<text class="{kind}" text-anchor="middle">{spans}</text>'


def wrapped(text: str, width: float, most: int) -> list[str]:
    """Lines of so many Chinese characters; Latin words are kept whole where they fit."""
    lines, line = [], ""
    for word in _words(text):
        if line and _wide(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    lines = [each for each in [*lines, line.rstrip()] if each]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
    return lines or [""]


def _words(text: str) -> list[str]:
    found: list[str] = []
    for letter in text:
        joins = found and not _is_wide(letter) and letter != " " and not found[-1].endswith(" ")
        if joins and not _is_wide(found[-1][-1]) and _wide(found[-1]) < 7:
            found[-1] += letter
        elif letter == " " and found:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _wide(text: str) -> float:
    return sum(1.0 if _is_wide(letter) else 0.56 for letter in text)
