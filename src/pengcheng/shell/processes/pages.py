"""The page process: Django, with what the first visitor would otherwise wait for."""

from __future__ import annotations

import logging
from threading import Thread

from pengcheng.kernel import structs
from pengcheng.shell.late import load_all
from pengcheng.shell.wsgi import application

__all__ = ["application"]

log = logging.getLogger(__name__)


def warm() -> None:
    """Load dictionary and search index; a city without tables yet just loads them later."""
    from django.db import DatabaseError, connection

    from pengcheng.domains.services import api as services

    try:
        services.warm_search()
    except DatabaseError as error:
        log.info("search is not warm yet: %s", error)
    finally:
        connection.close()


# All pages are imported while there is one thread (see structs).
load_all()
structs.make_ready()
Thread(target=warm, name="warm", daemon=True).start()
