"""The ways out at the foot of every page."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def footer() -> tuple[dict[str, str], ...]:
    """Title and address, in the reader's language."""
    return _footer(get_language())


@lru_cache(maxsize=4)
def _footer(language: str | None) -> tuple[dict[str, str], ...]:
    return (
        {"title": _("About"), "url": reverse("about")},
        {"title": _("Help"), "url": reverse("help")},
        {"title": _("Accessibility"), "url": reverse("accessibility")},
        {"title": _("Privacy"), "url": reverse("privacy")},
        {"title": _("Data sources"), "url": reverse("sources")},
    )
