"""What the wallets do by themselves."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.wallets import api


@task()
def forget_old() -> int:
    """Forget nonces, questions and their answers that are over."""
    return api.forget_old()
