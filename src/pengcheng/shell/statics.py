"""Addresses of static files, worked out once a file: a page names a dozen of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage


class StaticFiles(StaticFilesStorage):
    """Django's own storage; its addresses do not change while the process lives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses = lru_cache(maxsize=512)(super().url)

    def url(self, name: str | None) -> str:
        return self._addresses(name)
