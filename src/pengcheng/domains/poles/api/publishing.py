"""The door for the process that has the context broker's store."""

from pengcheng.domains.poles.ops.publishing import Publisher

__all__ = ["Publisher"]
