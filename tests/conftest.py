"""What every test stands on: a home folder of its own, and the foreign data if it is there.

The database is chosen by PENGCHENG_DATABASE_URL: unset means SQLite, the PostgreSQL lane sets it.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import django
import pytest

gc.disable()  # until all tests are read in: what is read stays
ROOT = Path(__file__).resolve().parents[1]

# One browser a session: Playwright cannot be started twice in one process, and a fixture imported
# into several conftest.py files would be several.
pytest_plugins = ["tests.browser"]

# Before Django reads its settings: no test may touch the developer's own city.
_HOME = Path(tempfile.mkdtemp(prefix="pengcheng-test-"))
os.environ["PENGCHENG_HOME"] = str(_HOME)
os.environ.setdefault("PENGCHENG_DEBUG", "0")
# Named here and not in pyproject.toml: pytest-django would read the settings before this file, and
# all test runs on a machine would share the database of ./var.
os.environ["DJANGO_SETTINGS_MODULE"] = "pengcheng.shell.settings"
django.setup()  # here, for the conftest.py files further down import models


# The broker has a store of its own, the same with each.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database is tried again; the rest is the same on both."""
    if not os.environ.get("PENGCHENG_DATABASE_URL", "").startswith("postgres"):
        return
    again = [item for item in items if _touches_database(item)]
    kept = set(again)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = again


# What is drawn does not depend on where it was kept.
DRAWN = re.compile(r"_pages?$|_page_|_headers$|_hostile$|_forgery$|_schemathesis$|_editor$")


def _touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database") or DRAWN.search(item.path.stem):
        return False
    marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres", "crash"))
    return marked or bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of modules and tests stay to the end: they need not be looked through for waste."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # looking more often costs a tenth of the time
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public data beside the repository; absent on most machines, and then the test skips."""
    folder = Path(os.environ.get("PENGCHENG_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"foreign data not at {folder}; set PENGCHENG_SHARED_DATA to try this")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh PENGCHENG_HOME for tests that start processes of their own."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("PENGCHENG_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.support import migrated

    migrated.once(tmp_path_factory)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Transactional tests empty the tables afterwards; SQLite does so by DELETE, which the
    append-only guards refuse. Only the test database drops these; that they exist and bite has
    its own test.
    """
    from django.db import connection

    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                guarded = ("kernel_audit", "kernel_outbox", "ledger_entry", "ledger_head")
                for table in (*guarded, "payments_posting"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """A real hash costs 0.1 s and 100 MB; only tests/identity/test_foreign.py pays it."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.parallelism = 1, 1
    Argon2PasswordHasher.memory_cost = 8


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> None:
    """WhiteNoise lists hundreds of files for each test client, and they stay the same."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    read, known = WhiteNoiseMiddleware.add_files_from_finders, {}

    def once(self: WhiteNoiseMiddleware) -> None:
        if not known:
            read(self)
            known.update(self.files)
        self.files.update(known)

    WhiteNoiseMiddleware.add_files_from_finders = once


@pytest.fixture(scope="session", autouse=True)
def pages_keep_less_of_their_making() -> None:
    """Django's test client copies the context of every part of a page, and its router lists all
    addresses that did not fit: a sixth of a request. What was given to the page itself is kept.
    """
    from django.test import client
    from django.urls.resolvers import URLResolver

    store = client.store_rendered_templates

    def whole_pages(stored: dict[str, Any], *, template: Any, context: Any, **more: Any) -> None:
        if context.template is template:
            store(stored, template=template, context=context, **more)

    client.store_rendered_templates = whole_pages
    URLResolver._extend_tried = staticmethod(lambda *tried: None)
