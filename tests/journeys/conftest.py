"""One real city for all journeys: `pengcheng run` in a folder of its own, with demo data."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.once import made_once
from tests.support.servers import free_port
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^\s*password\s+(\S+)", re.M)
SETTLE = 60_000  # milliseconds a page may take on a busy machine


@dataclass(frozen=True)
class RunningCity:
    url: str
    password: str
    home: Path


Enter = Callable[..., Page]


def loaded(home: Path) -> None:
    """The demo city as the first start makes it, on the tables that the run has made already."""
    made = Path(os.environ.get("PENGCHENG_TEST_RUN", home)) / "once-migrated-sqlite"
    if made.with_suffix(".done").exists():
        Path(shutil.copy(made / "city.sqlite3", home)).chmod(0o600)
    order = [sys.executable, "-m", "pengcheng.shell.cli", "demo", "load"]
    done = subprocess.run(order, env=environment(home), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def environment(home: Path, **more: str) -> dict[str, str]:
    own = {"PENGCHENG_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    kept = {name: text for name, text in os.environ.items() if name != "PENGCHENG_DATABASE_URL"}
    return {**kept, **own, **more}


@pytest.fixture(scope="session")
def running_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """The city as a newcomer starts it; it ends with the test run.

    Each worker has its own, on a copy of one that was loaded once.
    """
    folder = tmp_path_factory.mktemp("city")
    home, said, port = folder / "var", folder / "said.txt", free_port()
    shutil.copytree(made_once(tmp_path_factory, "demo", loaded), home)
    home.chmod(0o700)
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "pengcheng.shell.cli", "run"],
            env=environment(home, PENGCHENG_PORT=str(port)),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until(
            lambda: process.poll() is not None or READY.search(said.read_text()),
            "the city runs",
        )
        told = READY.search(said.read_text())
        assert told, said.read_text()[-3000:]
        yield RunningCity(f"http://localhost:{port}", told[1], home)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def enter(running_city: RunningCity, chromium_browser: Browser) -> Iterator[Enter]:
    """Opens a browser of one person's own and signs in through the page, as people do."""
    contexts: list[BrowserContext] = []

    def open_page(
        username: str | None = None,
        *,
        language: str = "zh-hans",
        javascript: bool = True,
        width: int = 390,
    ) -> Page:
        context = chromium_browser.new_context(
            base_url=running_city.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SETTLE)
        page.goto(f"/sign-in/?lang={language}")
        if username:
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", running_city.password)
            page.locator("main form:has([name=password]) button[type=submit]").click()
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
