"""The door for the process that hears cameras."""

from pengcheng.domains.cameras.ops.directory import Directory
from pengcheng.domains.cameras.ops.hearing import House
from pengcheng.domains.cameras.ops.lines import Lines, listen
from pengcheng.domains.cameras.ops.publishing import Publisher

__all__ = ["Directory", "House", "Lines", "Publisher", "listen"]
