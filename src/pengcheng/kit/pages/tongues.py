"""Chinese words within an English sentence, marked as such for screen readers (WCAG 3.1.2)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# A run begins and ends with a Chinese character; digits and letters between two belong to it.
HAN = r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]"
RUN = re.compile(rf"({HAN}(?:[0-9A-Za-z·\-]*{HAN}+)*)")


def mark_chinese(text: Any) -> SafeString:
    """The text, escaped; on an English page its Chinese runs stand in ``<span lang="zh-Hans">``.

    Markup is left alone: its author has marked it.
    """
    safe = conditional_escape(text)
    if (get_language() or "zh").startswith("zh") or "<" in safe:
        return safe
    return mark_safe(RUN.sub(r'<span lang="zh-Hans">\1</span>', safe))  # noqa: S308  (escaped)
