"""A real Chromium on a real web process."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from diaspora_net.accounts.models import User
from tests.chromium import find_chromium
from tests.liveserver import Site, live_site, session_cookie

__all__ = ["live_site"]
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
# What the browser itself says while a test takes the line away, or a page answers 404 or 422.
EXPECTED = ("Failed to load resource", "ERR_INTERNET_DISCONNECTED", "WebSocket connection to")
PATIENCE = 20_000  # milliseconds; the machine may be busy
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Return the browser; it ends with this package, because its loop would stand in the way of asynchronous tests."""
    found = find_chromium()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The test's own thread may use the database although Playwright keeps an event loop there.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=found.executable, args=list(found.args), env={**os.environ, **found.env}
        )
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live_site: Site, transactional_db: None) -> Iterator[Visit]:
    """Return a function that opens a page as somebody; the test fails when a page reports an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            complaints.append(message.text)

    def opened(
        path: str,
        user: User | None = None,
        viewport: ViewportSize = DESKTOP,
        *,
        script: bool = True,
        site: str = live_site.url,
    ) -> Page:
        context = chromium.new_context(viewport=viewport, java_script_enabled=script, base_url=site)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if user is not None:
            name, _equals, value = session_cookie(user).partition("=")
            context.add_cookies([{"name": name, "value": value, "url": site}])
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
