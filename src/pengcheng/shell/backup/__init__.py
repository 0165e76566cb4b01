"""Taking a city away in one file, and putting it back only when it has been proved whole."""

from pengcheng.shell.backup.make import make
from pengcheng.shell.backup.manifest import BackupError, Manifest
from pengcheng.shell.backup.restore import check, restore

__all__ = ["BackupError", "Manifest", "check", "make", "restore"]
