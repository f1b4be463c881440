"""Chromium, and a JupyterLab with a home of its own: nothing of the user's is read or written."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false"},
    # Cells out of sight stay in the page, so that a test finds them.
    "notebook-extension/tracker": {"windowingMode": "none"},
}

Serve = Callable[[Path], Callable[[str], str]]
"""From a folder to a function that gives the address of a path on its JupyterLab."""


class Looker:
    """A page of the browser, what went wrong in it, and what it asked of other machines."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self.errors: list[str] = []
        self.outside: set[str] = set()
        self._pictures = pictures
        page.route(lambda url: not url.startswith(("http://127.0.0.1", "file:")), self._refuse)
        page.on("pageerror", lambda error: self.errors.append(error.message))
        page.on(
            "console",
            lambda message: (
                message.type == "error"
                and message.location["url"] not in self.outside
                and self.errors.append(message.text)
            ),
        )

    def picture(self, name: str) -> None:
        """Keep what a person would see now, for whoever looks into a failure."""
        self._pictures.mkdir(exist_ok=True)
        self.page.screenshot(path=self._pictures / f"{name}.png")

    def _refuse(self, route: Route, request: Request) -> None:
        self.outside.add(request.url)
        route.abort()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def looker(browser: Browser, tmp_path: Path) -> Iterator[Looker]:
    """A new page."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield Looker(context.new_page(), tmp_path / "pictures")
    context.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts JupyterLab in a folder."""
    with contextlib.ExitStack() as stack:
        yield lambda folder: stack.enter_context(
            _jupyter_lab(folder, tmp_path_factory.mktemp("home"))
        )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Keep the tests' output short."""


@contextlib.contextmanager
def serve_site(folder: Path) -> Iterator[str]:
    """Serve a site as it is, and give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextlib.contextmanager
def _jupyter_lab(folder: Path, home: Path) -> Iterator[Callable[[str], str]]:
    for name, settings in SETTINGS.items():
        path = home / f".jupyter/lab/user-settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    own = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "XDG", "IPYTHON"))}
    bin_first = f"{Path(sys.executable).parent}{os.pathsep}{own.get('PATH', '')}"
    own |= {"HOME": str(home), "PATH": bin_first, "PYTHONPATH": str(ROOT)}
    port, token = _free_port(), secrets.token_hex()
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        f"--IdentityProvider.token={token}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    log = home / "lab.log"
    with log.open("w") as out:
        lab = subprocess.Popen(command, cwd=folder, env=own, stdout=out, stderr=out)
        try:
            _wait(lab, f"http://127.0.0.1:{port}/api", log)
            yield lambda path: f"http://127.0.0.1:{port}/{path}?token={token}"
        finally:
            lab.terminate()
            try:
                lab.wait(20)
            except subprocess.TimeoutExpired:
                lab.kill()
                lab.wait()


def _wait(lab: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert lab.poll() is None, f"JupyterLab ended:\n{log.read_text()}"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab does not answer:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
