"""BagIt 1.0 (RFC 8493): a folder that says of itself what is in it, and by two hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

ALGORITHMS = ("sha256", "sm3")
"""SHA-256 for every reader in the world, SM3 (GB/T 32905) for readers bound to 国密."""

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bag(
    payload: Mapping[str, bytes], *, info: Mapping[str, str], tags: Mapping[str, bytes]
) -> dict[str, bytes]:
    """All files of a bag by their path. ``payload`` goes below data/, ``tags`` beside it.

    Raises ValueError for a path that would leave the bag or hide a file of it.
    """
    files = {f"data/{_safe(path)}": content for path, content in payload.items()}
    told = {_safe(path): content for path, content in tags.items()}
    told["bagit.txt"] = DECLARATION
    told["bag-info.txt"] = _info({**info, "Payload-Oxum": _oxum(payload)})
    for algorithm in ALGORITHMS:
        told[f"manifest-{algorithm}.txt"] = manifest(files, algorithm)
    last = {f"tagmanifest-{name}.txt": manifest(told, name) for name in ALGORITHMS}
    return files | told | last


def _oxum(payload: Mapping[str, bytes]) -> str:
    return f"{sum(map(len, payload.values()))}.{len(payload)}"


def _info(told: Mapping[str, str]) -> bytes:
    lines = (f"{name}: {' '.join(text.split())}\n" for name, text in told.items())
    return "".join(lines).encode()


def manifest(files: Mapping[str, bytes], algorithm: str) -> bytes:
    """The lines ``hash  path``, sorted; RFC 8493 2.1.3 wants %, CR and LF in paths encoded."""
    lines = (
        f"{hashlib.new(algorithm, content).hexdigest()}  {_encoded(path)}\n"
        for path, content in sorted(files.items())
    )
    return "".join(lines).encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _decoded(path: str) -> str:
    return path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def _safe(path: str) -> str:
    parts = path.split("/")
    if "" in parts or "." in parts or ".." in parts or "\\" in path or "\x00" in path:
        raise ValueError(f"not a path inside a bag: {path!r}")
    return path


def bag_faults(files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with a bag, one line each; empty when it is complete and valid."""
    if b"BagIt-Version: 1.0" not in files.get("bagit.txt", b""):
        return ["bagit.txt is missing or of another version"]
    found: list[str] = []
    payload = {path for path in files if path.startswith("data/")}
    for algorithm in ALGORITHMS:
        name = f"manifest-{algorithm}.txt"
        listed = _read(files.get(name))
        if listed is None:
            found.append(f"{name} is missing")
            continue
        found += [f"{path} is not in {name}" for path in sorted(payload - listed.keys())]
        found += _changed(files, listed, algorithm)
        tags = _read(files.get(f"tag{name}")) or {}
        found += _changed(files, tags, algorithm)
    return list(dict.fromkeys(found))


def _read(content: bytes | None) -> dict[str, str] | None:
    if content is None:
        return None
    lines = (line.split(maxsplit=1) for line in content.decode("utf-8", "replace").splitlines())
    return {_decoded(parts[1]): parts[0].lower() for parts in lines if len(parts) == 2}


def _changed(files: Mapping[str, bytes], listed: Mapping[str, str], algorithm: str) -> list[str]:
    found = []
    for path, told in sorted(listed.items()):
        content = files.get(path)
        if content is None:
            found.append(f"{path} is missing")
        elif hashlib.new(algorithm, content).hexdigest() != told:
            found.append(f"{path} has changed")
    return found
