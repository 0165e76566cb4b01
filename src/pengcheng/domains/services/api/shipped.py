"""The door for whoever sets a city up: what is shipped for the built items."""

from pengcheng.domains.services.ops import shipping
from pengcheng.kernel.context import Context


def register_built(*, context: Context) -> int:
    """Show casework the definitions of the built items, so that officials find and change them.

    Nothing is published: what officials have published stays in force. Answers how many.
    """
    return shipping.register_built(context)
