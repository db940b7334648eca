"""A real Chromium before the running app, and a house whose owner signs in."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.settings import ROOT, Settings
from tests.cast import House, Person
from tests.conftest import fresh_database, migrated
from tests.e2e.processes import running
from tests.surfaces.widget.door import Door, door_of

SCREENSHOTS = ROOT / "var" / "screenshots"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without one the browser tests are skipped, except in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        because = "no chromium on this machine (apt-get install chromium)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(because)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def settings(settings: Settings, servers: tuple[str, str], redis_urls: tuple[str, str]) -> Iterator[Settings]:
    with fresh_database(servers[0]) as url:
        yield settings.model_copy(update={"database_url": url, "redis_url": redis_urls[1]})


@pytest.fixture(scope="package")
def app(settings: Settings) -> Flask:
    return migrated(settings)


@pytest.fixture(scope="package")
def url(app: Flask, settings: Settings, redis_urls: tuple[str, str]) -> Iterator[str]:
    """The address of the running app, on the database of `app`; what that rings its ticker finds."""
    with running(settings.model_copy(update={"redis_url": redis_urls[1]})) as address:
        yield address


@dataclass
class Visit:
    """A browser of one person: pages that note what went wrong on them."""

    context: BrowserContext
    url: str
    trouble: list[str]

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.trouble.append(text)

    def sign_in(self, person: Person) -> Page:
        page = self.page()
        page.goto(f"{self.url}/login")
        page.locator("input[name=email]").fill(person.email)
        page.locator("input[name=password]").fill(person.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/login" not in address)
        return page


@pytest.fixture
def visiting(chromium: Browser, url: str) -> Iterator[Callable[..., Visit]]:
    """Open browsers (`visiting(color_scheme="dark")`); they close with the test."""
    contexts: list[BrowserContext] = []

    def visit(size: str = "desktop", **options: Any) -> Visit:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="en-GB", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visit(context, url, [])

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def door(app: Flask, house: House) -> Door:
    door = door_of(app, house)
    door.change(services=["Photography", "Second photographer", "Album", "Engagement shoot"])
    return door


def picture(page: Page, name: str) -> Path:
    """Keep what the page looks like, whole, under `var/screenshots/`."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def barriers(page: Page) -> list[str]:
    """What axe finds wrong by WCAG 2.2 AA; for a browser that bypasses the page's policy."""
    page.add_script_tag(path=AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"{v['id']}: {n['html'][:200]} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]
    ]
