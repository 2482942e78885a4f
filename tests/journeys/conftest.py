"""Journeys: a real browser, at the width of a cheap phone, against the site as it is served."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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
            # A file stays with one process, whose site it has for itself; the many pages of axe go by language.
            language = getattr(item, "callspec", None) and item.callspec.params.get("language", "")
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {language or ''}"))


# One shell that stays, because starting Django anew for each question takes longer than most journeys.
ANSWERING = """
import json, sys, traceback
for line in sys.stdin:
    asked = json.loads(line)
    names = {**globals(), **asked["names"]}
    try:
        exec(asked["code"], names)
        said = {"result": names.get("result")}
    except Exception:
        said = {"trouble": traceback.format_exc()}
    print("ANSWER " + json.dumps(said, default=str), flush=True)
"""


@dataclass
class ServedSite:
    """The demonstration site, served by gunicorn on a port of this machine with a database of its own."""

    url: str
    data: Path
    env: dict[str, str]
    _shell: subprocess.Popen | None = field(default=None, init=False)

    def manage(self, *args: str) -> str:
        """Run a management command on the served site's data; return what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *args], cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        ).stdout

    def ask(self, code: str, /, **names):
        """Run Python in a shell on the served data, every model at hand; return what it leaves in `result`."""
        if self._shell is None:
            self._shell = subprocess.Popen(
                [sys.executable, "manage.py", "shell", "-c", ANSWERING],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self._shell.stdin.write(json.dumps({"code": dedent(code), "names": names}) + "\n")
        self._shell.stdin.flush()
        for line in self._shell.stdout:
            if line.startswith("ANSWER "):
                said = json.loads(line.removeprefix("ANSWER "))
                assert "trouble" not in said, said["trouble"]
                return said["result"]
        raise AssertionError("The shell on the served data ended.")

    def mail(self) -> str:
        """All that was sent by mail so far: the site prints it."""
        return (self.data / "gunicorn.log").read_text()

    def close(self) -> None:
        if self._shell is not None:
            self._shell.stdin.close()
            self._shell.wait(timeout=20)
            self._shell.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _loaded(site: ServedSite, tmp_path_factory) -> None:
    """Fill the site's folder with the demonstration, as `make run` loads it.

    It is loaded once: by `make served` where JOURNEYS_DATA names the folder that it kept, else by the process that
    comes first. Everybody takes a copy.
    """
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    prepared = Path(os.environ.get("JOURNEYS_DATA") or common / "loaded")
    with (common / "loading").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not (prepared / "puente.sqlite3").exists():
            loading = common / "loading-now"
            there = ServedSite(url=site.url, data=loading, env={**site.env, "DATA_DIR": str(loading)})
            there.manage("migrate", "--verbosity", "0")
            there.manage("load_demo")
            loading.rename(prepared)
    shutil.copytree(prepared, site.data, dirs_exist_ok=True)
    address = urlsplit(site.url)
    site.ask(
        "served = Site.objects.get(is_default_site=True)\nserved.hostname, served.port = host, port\nserved.save()",
        host=address.hostname,
        port=address.port,
    )


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
    _loaded(served, tmp_path_factory)
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
            except OSError:  # not there yet, or slow on a busy machine
                assert process.poll() is None, (data / "gunicorn.log").read_text()
                time.sleep(0.2)
        yield served
    finally:
        served.close()
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


def listen(page: Page) -> None:
    """Collect what the console complains of (the content security policy too) in `page.console_errors`."""
    page.console_errors = []

    def hear(message):
        # Chromium counts the status of the page itself as an error: a page "not found" is meant.
        is_status = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        if message.type == "error" and not is_status:
            page.console_errors.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: page.console_errors.append(str(error)))


@pytest.fixture
def phone(browser: Browser, site: ServedSite):
    """A function that opens a fresh phone (no cookies): 360 x 740, in Spanish unless told."""
    contexts: list[BrowserContext] = []

    def open_phone(
        *,
        language: str = "es",
        width: int = 360,
        dark: bool = False,
        javascript: bool = True,
        reduced_motion: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 740},
            locale={"es": "es-US", "en": "en-US"}[language],
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if reduced_motion else "no-preference",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        return page

    yield open_phone
    for context in contexts:
        context.close()
