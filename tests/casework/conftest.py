"""A browser for the tests that need one."""

from tests.browser import browse, chromium_browser

__all__ = ["browse", "chromium_browser"]
