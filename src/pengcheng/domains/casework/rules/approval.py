"""Four eyes: which drafts need a second official before they are published."""

import tomllib
from pathlib import Path

import msgspec


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which kinds need it, and how the codes of test items begin."""

    kinds: tuple[str, ...]
    test_items: str


_FILE = Path(__file__).parent / "approval.toml"
RULE = msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), Rule)


def may_publish(
    *, kind: str, item_code: str, begun_by: str, author: str, publisher: str, rule: Rule = RULE
) -> bool:
    """Whether this official may publish what ``author`` changed last. Whoever changed the draft
    before that has been read by the author, so both have seen all of it."""
    if publisher != author:
        return True
    if not {"*", kind} & set(rule.kinds):
        return True
    return bool(rule.test_items) and item_code.startswith(rule.test_items) and begun_by == publisher
