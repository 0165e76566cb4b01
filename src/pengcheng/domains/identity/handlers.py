"""What identity does by itself: it forgets what it no longer needs, and says farewell."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django_tasks import task

from pengcheng.domains.identity import api
from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.events import SessionEnded
from pengcheng.kernel import clock, jobs
from pengcheng.kernel.events import Envelope, hears

ATTEMPTS = 6


@task()
def forget_old() -> int:
    """Delete old traces of sessions and passed sign-in limits; runs each night."""
    return api.forget_old()


@hears(SessionEnded)
def on_session_ended(envelope: Envelope, event: SessionEnded) -> None:
    """Each application that shared the session is told by a job of its own."""
    for each in oidc.farewells(session_id=event.session):
        jobs.enqueue(say_farewell, client_id=each.client_id, sub=each.sub, sid=each.sid, attempt=1)


@task()
def say_farewell(client_id: str, sub: str, sid: str, attempt: int) -> None:
    """Tell one application that a session is over; again later when it does not answer.

    It is called after the job's transaction: nobody waits for a stranger's server with the
    database in hand.
    """
    farewell = oidc.Farewell(client_id=client_id, sub=sub, sid=sid)
    transaction.on_commit(lambda: _tell(farewell, attempt))


def _tell(farewell: oidc.Farewell, attempt: int) -> None:
    try:
        oidc.tell(farewell=farewell)
    except OSError:
        if attempt < ATTEMPTS:
            later = clock.now() + timedelta(minutes=4**attempt / 4)
            told = {"client_id": farewell.client_id, "sub": farewell.sub, "sid": farewell.sid}
            jobs.enqueue(say_farewell, run_after=later, attempt=attempt + 1, **told)
