"""What a build needs beyond copying: the packages asked for, front-end files and translations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

VENDOR = Path("src/pengcheng/shell/static/vendor")


class Requirements(MetadataHookInterface):
    """One list of what the city needs, requirements/run.in, for pip as for the pins."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        lines = (Path(self.root) / "requirements" / "run.in").read_text("utf-8").splitlines()
        asked = (line.split("#")[0].strip() for line in lines)
        metadata["dependencies"] = [line for line in asked if line]


class Assets(BuildHookInterface[Any]):
    """Front-end files and compiled translations are made here; a package without them is none."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        made = subprocess.run([sys.executable, str(root / "tools" / "assets.py")], cwd=root)
        if made.returncode or not (root / VENDOR / "SBOM.json").exists():
            raise RuntimeError("the front-end files could not be made; see the line above")
