"""What the log does by itself: it takes in what waits, and the audit chain's end."""

from django_tasks import task

from pengcheng.domains.ledger import api
from pengcheng.kernel.context import system_context


@task()
def integrate() -> int:
    """Every few seconds, batch after batch until nothing waits."""
    context, done = system_context("ledger"), 0
    while added := api.integrate(context=context):
        done += added
    return done


@task()
def anchor_audit() -> bool:
    """Every ten minutes: from then on nobody can rebuild the chain up to here unseen."""
    return api.anchor_audit(context=system_context("ledger"))


@task()
def ask_witnesses() -> int:
    """Every quarter of a minute: other organisations see the newest head, and say so."""
    return api.ask_witnesses(context=system_context("ledger"))


@task()
def anchor_data() -> int:
    """Each night: which versions of the data sets this release carries."""
    return api.anchor_data(context=system_context("ledger"))
