"""Models are not fetched by name: no import checker could see it. Migrations may."""

from __future__ import annotations

from pathlib import Path

from tools.inspect.code import calls, python_files, source, where

REFUSED = {"get_model", "get_models", "get_app_config", "get_containing_app_config"}
# Django's own way to the account model; only identity and the tests' helpers need it.
ACCOUNT = "get_user_model"


def check(root: Path) -> list[str]:
    found = []
    for path in python_files(source(root)):
        for call, name in calls(path):
            last = name.rsplit(".", 1)[-1]
            if last in REFUSED and "apps" in name:
                found.append(
                    f"{where(root, path, call.lineno)}: {name} hides an import; use an api"
                )
            elif last == ACCOUNT and "identity" not in path.parts:
                found.append(f"{where(root, path, call.lineno)}: {ACCOUNT} reaches into identity")
    return found
