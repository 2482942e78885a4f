"""Journeys: a real browser, at the width of a cheap phone, against the site as it is served."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from starter.demo import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@dataclass(frozen=True)
class ServedSite:
    """The demonstration site, served by gunicorn on a port of this machine with a database of its own."""

    url: str
    data: Path
    env: dict[str, str]

    def manage(self, *args: str) -> str:
        """Run a management command on the served site's data; return what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *args], cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        ).stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    data = tmp_path_factory.mktemp("served")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DEBUG": "0",
        "DATA_DIR": str(data),
        "BASE_URL": url,
        "EMAIL_URL": "consolemail://",
    }
    env.pop("DATABASE_URL", None)
    env.pop("CACHE_URL", None)
    served = ServedSite(url=url, data=data, env=env)
    served.manage("migrate", "--verbosity", "0")
    served.manage("load_demo")
    log = (data / "gunicorn.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"],
        cwd=ROOT,
        env=env,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        for _attempt in range(200):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2)
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, (data / "gunicorn.log").read_text()
                time.sleep(0.2)
        yield served
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


@pytest.fixture(scope="session")
def browser():
    assert CHROMIUM, "Journeys need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser, site: ServedSite):
    """A function that opens a fresh phone (no cookies): 360 x 740, in Spanish unless told."""
    contexts: list[BrowserContext] = []

    def open_phone(*, language: str = "es", width: int = 360, dark: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 740},
            locale={"es": "es-US", "en": "en-US"}[language],
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.console_errors = []
        page.on(
            "console", lambda message: page.console_errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: page.console_errors.append(str(error)))
        return page

    yield open_phone
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str, password: str = PASSWORD, *, language: str = "es") -> None:
    """Sign in through the form, as a person would."""
    page.goto(f"/{language}/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"^(?!.*account/login)"))
