"""The HTTP application beside the pages: the REST API under /api/v1, and two addresses that tell whether all is well."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from crm_app.services import checks

from . import (
    attachments,
    bulk,
    chain,
    changes,
    contacts,
    docs,
    exports,
    held,
    jobs,
    lists,
    mass,
    notes,
    papers,
    permissions,
    problems,
    quick,
    rates,
    rest,
    search,
    statements,
    stock,
    tokens,
    views,
)
from .calls import reply
from .turns import in_thread


def build() -> FastAPI:
    """The application, to be mounted at the root; what it does not know it leaves to what is mounted after it."""
    app = _bare()
    app.add_api_route("/healthz", _healthz, methods=["GET"])
    app.add_api_route("/readyz", _readyz, methods=["GET"])
    app.mount("/api/v1", api())
    return app


def api() -> FastAPI:
    """The REST API alone. Addresses with a name of their own come before those of any Resource."""
    app = _bare()
    for routes in (
        docs.routes,
        changes.routes,
        tokens.routes,
        views.routes,
        jobs.routes,
        bulk.routes,
        mass.routes,
        exports.routes,
        attachments.routes,
        notes.routes,
        contacts.routes,
        papers.routes,
        statements.routes,
        chain.routes,
        held.routes,
        stock.routes,
        lists.routes,
        permissions.routes,
        quick.routes,
        rates.routes,
        search.routes,
        rest.routes,
    ):
        app.router.routes.extend(
            routes().routes
        )  # as routes, not as routers within: an address is looked up in one list
    return app


def _bare() -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)
    return app


async def _healthz(_request: Request) -> Response:
    """This process answers."""
    return reply({"status": "ok"})


async def _readyz(_request: Request) -> Response:
    """Database, migrations and disk are as they must be. Strangers are told no more than that."""
    well = await in_thread(checks.ready)
    return reply({"status": "ok" if well else "not ready"}, 200 if well else 503)
