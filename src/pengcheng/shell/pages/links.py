"""The ways out at the foot of every page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _


def footer() -> list[dict[str, str]]:
    """Title and address, in the reader's language."""
    return [
        {"title": _("About"), "url": reverse("about")},
        {"title": _("Help"), "url": reverse("help")},
        {"title": _("Accessibility"), "url": reverse("accessibility")},
        {"title": _("Privacy"), "url": reverse("privacy")},
        {"title": _("Data sources"), "url": reverse("sources")},
    ]
