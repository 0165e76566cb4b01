"""What a letter says: sections from a table, filled with the facts of the case and nothing else."""

import tomllib
from pathlib import Path
from string import Template

import msgspec

from pengcheng.domains.casework.contracts import Step

HERE = Path(__file__).parent


class SectionText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str
    zh_head: str = ""
    en_head: str = ""


class LetterText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str
    section: tuple[SectionText, ...]


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A beginning for reasons."""

    id: str
    steps: tuple[Step, ...]
    zh: str
    en: str


def _table(name: str) -> dict[str, object]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


TEXTS = msgspec.convert(_table("letters.toml"), dict[str, LetterText])
BLOCKS = msgspec.convert(_table("reasons.toml")["block"], tuple[Block, ...])
KINDS: dict[Step, str] = {
    Step.REQUEST_CORRECTION: "correction",
    Step.GRANT: "granted",
    Step.GRANT_BY_RULE: "granted",
    Step.REFUSE: "refused",
    Step.REFUSE_BY_RULE: "refused",
    Step.UPHOLD: "upheld",
    Step.OVERTURN: "overturned",
}
"""Steps that a letter tells of."""


def sections(kind: str, lang: str, facts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Heading and text of each section in this language; what has no words is left out."""
    found = []
    for section in TEXTS[kind].section:
        text = Template(getattr(section, lang)).substitute(facts).strip()
        if text:
            found.append((getattr(section, f"{lang}_head"), text))
    return tuple(found)


def blocks_for(step: Step) -> tuple[Block, ...]:
    return tuple(block for block in BLOCKS if step in block.steps)
