"""The browser of the tests: Debian's Chromium with a Chinese font, installed if we may."""

from __future__ import annotations

import os
import shutil
import subprocess

# The shell without a window opens a page in a quarter of the time.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome-stable", "google-chrome"),
)
SHELL = "chromium-headless-shell"
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = "install it: apt-get install " + " ".join(PACKAGES)


class NoBrowser(RuntimeError):
    """Why there is no browser, and what to do."""


def find() -> str | None:
    given = os.environ.get("PENGCHENG_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Without one, screenshots show boxes and a visual check judges boxes."""
    listing = shutil.which("fc-list")
    if not listing:
        return False
    found = subprocess.run([listing, ":lang=zh", "family"], capture_output=True, text=True)
    return bool(found.stdout.strip())


def find_or_install() -> str:
    if not (find() and has_chinese_font()):
        _install()
    if not os.environ.get("PENGCHENG_CHROMIUM") and not shutil.which(SHELL):
        _try_shell()
    path = find()
    if not path:
        raise NoBrowser(f"no Chromium; {ADVICE}")
    if not has_chinese_font():
        raise NoBrowser(f"no Chinese font; {ADVICE}")
    return path


def _install() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("installing", *PACKAGES, "…", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        if subprocess.run(["apt-get", *step], env=quiet, stdout=subprocess.DEVNULL).returncode:
            raise NoBrowser(f"apt-get {step[0]} failed; {ADVICE}")


def _try_shell() -> None:
    """Older Debians have no such package: then the whole browser does."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        order = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", SHELL]
        subprocess.run(order, env=quiet, capture_output=True)
