"""What lies in stock of a product, for programs; and what was counted, from a file."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import NotAllowed
from crm_app.core.fields import Day, Number
from crm_app.models.products import PRODUCTS
from crm_app.services import records, stock, stock_files
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from . import row_files
from .calls import Call, add, reply

_QUANTITY = Number(6)


def of_product(call: Call) -> Response:
    """On hand, reserved and available over all warehouses, and what lies in each. Null where no stock is kept of it. Raises Missing,
    NotAllowed."""
    if not call.actor.may("stock-moves.read"):
        raise NotAllowed("stock-moves.read")
    with Work(call.actor) as work:
        key = records.reach(work, PRODUCTS, call.path["id"])
        level = stock.level(work, key)
        places = stock.places(work, key) if level else []
    shown = {name: None if level is None else _QUANTITY.json(getattr(level, name)) for name in stock.COUNTED}
    rows = [{"warehouse": one.warehouse, "name": one.name, "on_hand": _QUANTITY.json(one.on_hand)} for one in places]
    return reply(shown | {"warehouses": rows})


def _take(actor: Actor, sent: row_files.Sent) -> dict[str, Any]:
    file = stock_files.File(sent.name, sent.content, sent.asked["day"])
    told = stock_files.rehearse(actor, file) if sent.rehearse else stock_files.import_file(actor, file, sent.once)
    counts = {"new": told.new, "same": told.same, "warehouses": list(told.warehouses)}
    return counts | row_files.plain(actor, told)


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    row_files.route(router, "/stock-moves/import", {"day": Day()}, stock_files.may_import, _take)
    add(router, "GET", "/products/{id}/stock", of_product)
    return router
