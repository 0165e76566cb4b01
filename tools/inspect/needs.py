"""``needs`` of a manifest are exactly the domains that its code imports."""

from __future__ import annotations

from pathlib import Path

from tools.inspect.code import PREFIX, Domain, domains, imports


def check(root: Path) -> list[str]:
    found = []
    for domain in domains(root):
        declared, used = set(domain.manifest.get("needs", [])), imported(domain)
        for other in sorted(used - declared):
            found.append(f"{domain.id}: imports {other}, which is not in its manifest's needs")
        for other in sorted(declared - used):
            found.append(f"{domain.id}: needs {other} in the manifest but does not import it")
    return found


def imported(domain: Domain) -> set[str]:
    """The other domains whose modules this one imports."""
    names = (name for path in domain.modules() for _, name, _ in imports(path))
    others = {name[len(PREFIX) :].split(".")[0] for name in names if name.startswith(PREFIX)}
    return others - {domain.id}
