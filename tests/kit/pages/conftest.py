"""Browser fixtures of these tests."""

from tests.browser import browse, chromium_browser

__all__ = ["browse", "chromium_browser"]
