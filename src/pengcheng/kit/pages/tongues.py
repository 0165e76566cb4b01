"""Chinese words within an English sentence, marked as such for screen readers (WCAG 3.1.2)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# A run begins and ends with a Chinese character; digits and letters between two belong to it.
HAN = r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]"
RUN = re.compile(rf"({HAN}(?:[0-9A-Za-z·\-]*{HAN}+)*)")


def mark_chinese(text: Any) -> SafeString:
    """The text, escaped; on an English page its Chinese runs stand in ``<span lang="zh-Hans">``."""
    safe = conditional_escape(text)
    if (get_language() or "zh").startswith("zh") or safe is text:
        return safe  # a Chinese page, or markup whose author has marked it
    pieces = RUN.split(str(text))
    return format_html_join("", "{}", ((_piece(n, piece),) for n, piece in enumerate(pieces)))


def _piece(number: int, piece: str) -> str:
    return format_html('<span lang="zh-Hans">{}</span>', piece) if number % 2 else piece
