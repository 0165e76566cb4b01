"""What identity does by itself: it forgets what it no longer needs."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.identity import api


@task()
def forget_old() -> int:
    """Delete old traces of sessions and passed sign-in limits; runs each night."""
    return api.forget_old()
