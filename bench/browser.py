"""A real Chromium before the page, signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.serving import Server
from bench.words import ADMINISTRATOR, PASSWORD
from tests.support import chromium

SIZE = {"width": 1280, "height": 800}


@contextmanager
def browsing() -> Iterator[Browser]:
    """Chromium or Chrome of this machine."""
    path = chromium.find()
    if path is None:
        raise RuntimeError(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def signed_in(browser: Browser, server: Server) -> BrowserContext:
    """A browser without anything in its cache, with the cookie of a session."""
    context = browser.new_context(viewport=SIZE, base_url=server.url)  # type: ignore[arg-type]
    form = {"email": ADMINISTRATOR, "password": PASSWORD}
    answer = context.request.post("/auth/sign-in", data=form, headers={"Origin": server.url})
    if not answer.ok:
        raise RuntimeError(answer.text())
    return context
