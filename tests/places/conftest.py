"""The demo city's places, loaded once a module and taken back afterwards.

Models are imported inside: this file may be read before Django is set up.
"""

import pytest
from django.db import transaction


@pytest.fixture
def folder(tmp_path):
    from tests.places.scenes import small_city

    return small_city(tmp_path)


@pytest.fixture(scope="module")
def shenzhen(django_db_setup, django_db_blocker):
    """Everything the demo ships. Loading takes a second, so tests of one module share it."""
    from pengcheng.domains.places import api
    from tests.places.scenes import FOLDER, SYSTEM

    with django_db_blocker.unblock():
        block = transaction.atomic()
        block._from_testcase = True  # the kernel tells a test's own blocks by this
        block.__enter__()
        api.forget()
        loaded = api.load_divisions(SYSTEM, folder=FOLDER)
        yield loaded
        transaction.set_rollback(True)
        block.__exit__(None, None, None)
        api.forget()


@pytest.fixture
def empty_city(db):
    """A city that knows nothing of places."""
    from pengcheng.domains.places import api

    api.forget()
    yield
    api.forget()


@pytest.fixture
def maps(tmp_path, settings):
    """A home of its own, so that no test meets another's map."""
    settings.PENGCHENG_HOME = tmp_path
    return tmp_path / "maps"
