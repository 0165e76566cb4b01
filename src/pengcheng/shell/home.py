"""Where an installation keeps its state, and how it is told apart from another: the environment."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA wal_autocheckpoint=4000;"
    "PRAGMA busy_timeout=15000;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-32000;"
)


def home() -> Path:
    """The folder of state (``PENGCHENG_HOME``, default ``./var``): made at need, for its owner
    only.
    """
    folder = Path(os.environ.get("PENGCHENG_HOME") or "var").resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def encrypted() -> bool:
    """Whether the city is reached by HTTPS (``PENGCHENG_PUBLIC_URL``)."""
    return urlsplit(os.environ.get("PENGCHENG_PUBLIC_URL") or "").scheme == "https"


def session_cookie() -> str:
    """The session's cookie. A browser refuses a __Host- one that another host tries to plant."""
    return "__Host-pengcheng_session" if encrypted() else "pengcheng_session"


def secret_key(folder: Path) -> str:
    """The installation's secret, made at first use and readable by its owner only."""
    path = folder / "secret.key"
    if not path.exists():
        # Linked into place whole: several processes may start at once, and none reads half a key.
        draft = folder / f".secret-{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text("ascii").strip()


def database(url: str, folder: Path) -> dict[str, Any]:
    """Django's database settings for ``sqlite:///path`` or
    ``postgresql://user@host/name?host=/socket``.

    Raises ValueError for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)[1:]) if parts.path else folder / "city.sqlite3")
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(url)
    raise ValueError(
        f"PENGCHENG_DATABASE_URL: {parts.scheme or 'no scheme'} is not known; "
        "write sqlite:///file or postgresql://user:password@host:5432/name"
    )


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "pengcheng.kernel.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,  # opening anew costs more than most queries
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS, "timeout": 15},
        # A file, as in life: several threads of a test may not share one in-memory database.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(query.get("port") or parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A restore proves a backup in a schema aside.
        "OPTIONS": {"options": f"-c search_path={query['schema']}"} if "schema" in query else {},
    }
