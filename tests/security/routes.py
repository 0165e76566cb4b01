"""Every address of the city with a sample path, and who may enter by the manifests' own words.

The manifests are read here anew: the judge must not ask the code that it judges.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

DOMAINS = Path(__file__).resolve().parents[2] / "src" / "pengcheng" / "domains"
NOBODY = "019aa000-0000-7000-8000-000000000000"
BY_CONVERTER = {"int": "1", "slug": "x", "str": "x", "path": "x"}
BY_NAME = {"code": "A" * 24}
API = "api/"


@dataclass(frozen=True)
class Route:
    """One pattern of the URL table."""

    pattern: str
    view: Callable[..., Any]

    def __str__(self) -> str:
        return f"/{self.pattern}"

    @property
    def path(self) -> str:
        """A path that fits the pattern and names nothing that exists."""
        return "/" + sample(self.pattern)

    @property
    def audience(self) -> Any:
        return getattr(self.view, "audience", None)


def sample(pattern: str) -> str:
    """The pattern with invented values."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: BY_NAME.get(m[1], "x"), pattern)
    text = text.replace("^", "").replace("$", "")
    return re.sub(r"<(?:(\w+):)?(\w+)>", _value, text)


def _value(match: re.Match[str]) -> str:
    converter = match[1] or "str"
    return NOBODY if "uuid" in converter else BY_CONVERTER.get(converter, "x")


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield Route(prefix + str(entry.pattern), entry.callback)


@cache
def routes() -> tuple[Route, ...]:
    """All addresses."""
    return tuple(_walk(get_resolver().url_patterns))


def pages() -> list[Route]:
    """The addresses that are for people; REST operations ask at their domain's door."""
    return [route for route in routes() if not route.pattern.startswith(API)]


@cache
def declared() -> dict[str, frozenset[str]]:
    """Permission → the roles that have it."""
    found = {}
    for path in DOMAINS.glob("*/manifest.toml"):
        for permission in tomllib.loads(path.read_text("utf-8")).get("permission", []):
            found[permission["id"]] = frozenset(permission["roles"])
    return found


@cache
def _ways(face: str) -> tuple[frozenset[str], ...]:
    """The roles behind each way that the manifests show in a face's navigation."""
    entries = (
        entry
        for path in DOMAINS.glob("*/manifest.toml")
        for entry in tomllib.loads(path.read_text("utf-8")).get("nav", [])
    )
    return tuple(declared()[e["permission"]] for e in entries if e["face"] == face)


def may_enter(route: Route, role: str) -> bool:
    """Whether someone with this role ("" for none, "anonymous" for a stranger) may come in.

    An owner's right lets every signed-in person in; the door then asks whose the thing is.
    """
    if route.path == "/workbench/":
        # The hall of the workbench: for whoever may enter one of its rooms by their role.
        return any(role in roles for roles in _ways("workbench"))
    if route.audience.public:
        return True
    roles = declared()[route.audience.permission]
    return "anyone" in roles or role in roles or ("owner" in roles and role != "anonymous")
