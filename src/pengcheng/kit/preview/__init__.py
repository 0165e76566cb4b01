"""Pictures of files that strangers handed in, made at arm's length.

A PDF is never given to an official's browser to run: a short-lived process of its own, without
network code and with little memory and time, turns its first pages into one picture.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Shown as they are: pictures hold nothing that a browser runs."""
PDF = "application/pdf"
SECONDS = 15


def can_show(media_type: str) -> bool:
    return media_type in PICTURES or media_type == PDF


def picture(path: Path, media_type: str) -> tuple[bytes, str] | None:
    """Bytes and type of a picture of the file; None if there can be none."""
    if media_type in PICTURES:
        return path.read_bytes(), media_type
    made = _of_pdf(path) if media_type == PDF else None
    return (made, "image/png") if made else None


def _of_pdf(path: Path) -> bytes | None:
    """Whatever goes wrong there, hostile or not, is the other process's end and not ours."""
    command = [sys.executable, "-m", "pengcheng.kit.preview", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"\x89PNG") else None
