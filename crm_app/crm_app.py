"""Builds the application: pages, guard, API, jobs. No logic."""

import asyncio
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import reflex as rx
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp

from crm_app.api import app as rest
from crm_app.api import sign_in
from crm_app.api.edge import Edge
from crm_app.core.settings import settings
from crm_app.models import registry as models
from crm_app.pages import registry as pages
from crm_app.pages.parts.screen import Page
from crm_app.services import jobs, tidying
from crm_app.state.faults import failed, keep_logs_clean, page_failed
from crm_app.state.guard import Guard
from crm_app.state.strangers import forget_strangers, hold_strangers_shortly

PAGE = Path(__file__).resolve().parent.parent / ".web" / "build" / "client"


@asynccontextmanager
async def _strangers() -> AsyncIterator[None]:
    """States of nobody do not pile up."""
    sweeper = asyncio.create_task(forget_strangers(app), name="strangers")
    yield
    sweeper.cancel()


@asynccontextmanager
async def _jobs() -> AsyncIterator[None]:
    """The job runner lives as long as the application."""
    stop = threading.Event()
    how = {"alone": settings().workers == 1, "first": tidying.ensure_daily}
    runner = threading.Thread(target=jobs.run_forever, args=(stop,), kwargs=how, name="jobs", daemon=True)
    runner.start()
    yield
    stop.set()
    runner.join(timeout=5)


def _build() -> rx.App:
    assert models.MODULES  # noqa: S101 - loads every table
    found = rx.App(
        toaster=None,
        html_lang="es",
        reset_style=False,
        stylesheets=["/tokens.css", "/app.css"],
        head_components=[
            rx.el.meta(name="viewport", content="width=device-width, initial-scale=1"),
            rx.el.meta(name="theme-color", content="#ffffff", media="(prefers-color-scheme: light)"),
            rx.el.meta(name="theme-color", content="#14171c", media="(prefers-color-scheme: dark)"),
            rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
            rx.el.link(rel="apple-touch-icon", href="/icon-192.png"),
            rx.el.link(rel="manifest", href="/manifest.webmanifest"),
            rx.el.link(
                rel="preload",
                href="/fonts/inter-latin-wght-normal.woff2",
                type="font/woff2",
                cross_origin="anonymous",
                custom_attrs={"as": "font"},
            ),
        ],
        api_transformer=[sign_in.build(), rest.build()],
        backend_exception_handler=failed,
        frontend_exception_handler=page_failed,
    )
    # of Reflex's own wraps only the error boundary stays: notices and the lost connection are drawn by the shell
    found.app_wraps = {key: wrap for key, wrap in found.app_wraps.items() if key[1] == "ErrorBoundary"}
    hold_strangers_shortly(found)
    found.add_middleware(Guard())
    for page in pages.PAGES:
        found.add_page(_apart(page), route=page.route, title=page.title, on_load=page.load)
    found.register_lifespan_task(_jobs)
    found.register_lifespan_task(_strangers)
    return found


def _apart(page: Page) -> Callable[[], rx.Component]:
    """The page as if it were a module of its own: Reflex writes all pages of a module into one script."""

    def draw() -> rx.Component:
        return page.draw()

    draw.__module__ = f"{page.draw.__module__}.{'_'.join(re.findall('[a-z]+', page.route)) or 'index'}"
    return draw


def served() -> ASGIApp:
    """What is served: outermost the edge, which sees every request before Reflex does, and dresses its answers too."""
    return wrap_asgi_with_proxy_headers(Edge(app(), PAGE), trusted_hosts=list(settings().trusted_proxies))


sys.setswitchinterval(0.001)  # the event loop waits no longer for a thread that computes
keep_logs_clean()
app = _build()
