"""What the citizen code does by itself."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.citizencode import api


@task()
def forget_old() -> int:
    """Forget serials that are over."""
    return api.forget_old()
