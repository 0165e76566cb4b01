"""Judged by the contrast formula of WCAG 2.2 and by Babel's own checks of a catalogue.

WCAG 2.2, "contrast ratio" and "relative luminance"; its own examples: black on white is 21, and
#777777 on white is just below 4.5 (4.48).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from pengcheng.kit.pages import furnish
from tools.inspect.languages import catalogue_path

KIT = Path(furnish.__file__).parent
TEXT, BOUNDARY = 4.5, 3.0
# What is written on what, wherever the components put it.
WRITTEN = [
    ("ink", "paper"),
    ("ink", "sand"),
    ("ink", "sand-deep"),
    ("ink-soft", "paper"),
    ("ink-soft", "sand"),
    ("ink-soft", "sand-deep"),
    ("ink", "sea-soft"),
    ("ink-soft", "sea-soft"),
    ("sea", "paper"),
    ("sea", "sand"),
    ("sea", "sea-soft"),
    ("on-sea", "sea"),
    ("on-sea", "sea-deep"),
    ("bloom", "paper"),
    ("bloom", "sand"),
    ("bloom", "bloom-soft"),
    ("ink", "bloom-soft"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bad", "paper"),
    ("bad", "sand"),
    ("ink", "good-soft"),
    ("ink", "warn-soft"),
    ("ink", "bad-soft"),
]
DRAWN = [("line-strong", "paper"), ("line-strong", "sand"), ("focus", "sand"), ("focus", "paper")]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each face, as the stylesheet cascades them."""
    css = (KIT / "static" / "kit" / "tokens.css").read_text("utf-8")
    blocks = re.findall(r"(:root|\.pc-face-\w+) \{(.*?)\}", css, re.DOTALL)
    found = [(name, dict(re.findall(r"--pc-([\w-]+): (#\w{6})", body))) for name, body in blocks]
    light = found[0][1]
    return {"portal": light} | {
        f"{name.removeprefix('.pc-face-')} {place}": {**light, **colours}
        for place, (name, colours) in enumerate(found[1:])
    }


def test_the_formula_gives_the_published_examples():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_face_and_the_dark_portal_are_judged():
    assert [name.split()[0] for name in schemes()] == ["portal", "workbench", "screen", "portal"]


@pytest.mark.parametrize("scheme", schemes())
@pytest.mark.parametrize(("front", "back"), WRITTEN)
def test_text_can_be_read(scheme, front, back):
    colours = schemes()[scheme]
    assert contrast(colours[front], colours[back]) >= TEXT


@pytest.mark.parametrize("scheme", schemes())
@pytest.mark.parametrize(("front", "back"), DRAWN)
def test_edges_of_fields_and_the_focus_ring_can_be_seen(scheme, front, back):
    colours = schemes()[scheme]
    assert contrast(colours[front], colours[back]) >= BOUNDARY


@pytest.mark.parametrize("owner", [KIT, KIT.parents[1] / "shell"])
def test_babel_finds_no_fault_in_our_catalogues(owner):
    with catalogue_path(owner).open("rb") as source:
        catalogue = read_po(source, locale="zh_Hans")
    assert [list(faults) for _message, faults in catalogue.check()] == []
