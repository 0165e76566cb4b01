"""Is the city well? Checks of what runs it, each with what to do when it is not."""

from pengcheng.shell.doctor.examine import examine
from pengcheng.shell.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
