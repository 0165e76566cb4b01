"""Addresses that are loaded when the first of them is asked for.

Programs' doors are a third of what a process imports, and most processes open none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

Load = Callable[[], list[Any]]


class LateResolver(URLResolver):
    """What lies under ``prefix``. No link can be written to it by name: that would load it."""

    def __init__(self, prefix: str, load: Load) -> None:
        super().__init__(RoutePattern(prefix, is_endpoint=False), [])
        self._load = load

    @cached_property
    def url_patterns(self) -> list[Any]:
        """Its addresses, loaded now if they were not: a resolver for each first part."""
        groups: dict[str, list[Any]] = {}
        for each in self._load():
            groups.setdefault(str(each.pattern).partition("/")[0], []).append(each)
        whole = RoutePattern("", is_endpoint=False)
        return [URLResolver(whole, group) for group in groups.values()]

    @cached_property
    def _by_first(self) -> dict[str, URLResolver]:
        return {
            str(each.url_patterns[0].pattern).partition("/")[0]: each for each in self.url_patterns
        }

    def resolve(self, path: str) -> ResolverMatch:
        """The operation at this address: a hundred others need not be tried."""
        match = self.pattern.match(path)
        if not match:
            raise Resolver404({"path": path})
        group = self._by_first.get(match[0].partition("/")[0])
        if group is None:
            raise Resolver404({"path": path})
        return group.resolve(match[0])

    def _populate(self) -> None:
        """Called for every language when the first link of a page is written."""
        self._populated = True

    reverse_dict: Any = {}
    namespace_dict: Any = {}
    app_dict: Any = {}


def load_all() -> None:
    """Load every address of the city, as a process does that serves them."""
    _loaded(get_resolver())


def _loaded(resolver: URLResolver) -> None:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            _loaded(entry)
