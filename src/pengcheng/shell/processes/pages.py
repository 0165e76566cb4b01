"""The page process: Django, with what the first visitor would otherwise wait for."""

from __future__ import annotations

import gc
import logging
import sys
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
        settle()


def settle() -> None:
    """What was loaded by now stays: it need not be looked through for garbage again and again, and
    what a request leaves behind seldom holds itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


# All pages are imported while there is one thread (see structs).
load_all()
structs.make_ready()
# Whoever writes comes back from the database thirty times and waits for Python's lock each time,
# and all others wait for the writer: half a millisecond each, not Python's five.
sys.setswitchinterval(0.0005)
Thread(target=warm, name="warm", daemon=True).start()
