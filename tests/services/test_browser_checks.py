"""The checks of the catalogue in a real browser: phone and desk, both languages, keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import barriers, keyboard_faults, picture, sideways
from tests.support import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("width", "language", "name"), [(390, "zh-hans", ""), (1440, "en", "compare/")]
)
def test_the_pages_can_be_used_by_everybody(
    city: Any, live_server: Any, browse: Any, width: int, language: str, name: str
) -> None:
    official = people.holder("official")
    page = browse(width=width, language=language, account=official)
    page.goto(f"/workbench/items/{name}")
    picture(page, f"services-checks-{name.strip('/') or 'list'}-{language}-{width}")
    assert not barriers(page)
    assert sideways(page) == 0
    assert not keyboard_faults(page)
