"""Every page runs under its own Content-Security-Policy; `watch` fails on any complaint of the browser."""

import re

import pytest
from playwright.sync_api import expect

from crm_app.models import registry as models
from crm_app.pages import registry as pages

assert models.MODULES
OUTSIDE = ("/login", "/setup", "/welcome")
ROUTES = sorted(
    re.sub(r"\[+\.*\w+\]+", "1", page.route) for page in pages.PAGES if page.route not in OUTSIDE
)  # a record's address has no file of its own


def test_every_page_runs_without_a_complaint(tabs, served):
    page = tabs()
    for route in ROUTES:
        page.goto(route)
        expect(
            page.locator("nav .truncate.grow").first
        ).not_to_be_empty()  # it lives: the server has said whose company it is
        assert page.evaluate("typeof window.__reactRouterContext") == "object", route


@pytest.mark.parametrize("route", ["/login", "/welcome?key=x"])
def test_the_pages_outside_run_too_and_lead_in_without_a_new_load(tabs, route):
    page = tabs("", address=route)
    page.locator("form").first.wait_for()
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="English", pressed=True).wait_for()
