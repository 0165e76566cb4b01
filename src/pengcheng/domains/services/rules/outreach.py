"""Programmes of outreach: read from data; which registers each may ask, and who is entitled."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from msgspec import convert

from pengcheng.domains.services.contracts.outreach import Programme
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kit.forms.answers import Answer


@cache
def programmes() -> dict[str, Programme]:
    """All programmes by their id."""
    rows = tomllib.loads(data_bytes("outreach", "programmes.toml").decode())["programme"]
    return {row["id"]: convert(row, Programme) for row in rows}


def registers(programme: Programme) -> tuple[str, ...]:
    """The registers that the programme asks, each once."""
    return tuple(dict.fromkeys(origin.split(":")[0] for origin in programme.facts.values()))


def attributes(programme: Programme, register: str) -> tuple[str, ...]:
    """What the programme needs of a register, and no more."""
    origins = (origin.split(":") for origin in programme.facts.values())
    return tuple(attribute for asked, attribute in origins if asked == register)


def answers(programme: Programme, known: Mapping[str, Mapping[str, str]]) -> dict[str, Answer]:
    """What the registers said as answers to the programme's questions; gaps stay gaps."""
    found = {}
    for question, origin in programme.facts.items():
        register, _, attribute = origin.partition(":")
        value = known.get(register, {}).get(attribute, "")
        if value:
            found[question] = Answer(value=value, source=register, trust="A")
    return found
