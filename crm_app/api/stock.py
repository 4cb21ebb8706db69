"""What lies in stock of a product, for programs."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import NotAllowed
from crm_app.core.fields import Number
from crm_app.models.products import PRODUCTS
from crm_app.services import records, stock
from crm_app.services.work import Work

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


def routes() -> APIRouter:
    """The route of this module."""
    router = APIRouter()
    add(router, "GET", "/products/{id}/stock", of_product)
    return router
