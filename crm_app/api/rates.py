"""A file of exchange rates over HTTP."""

from typing import Any

from fastapi import APIRouter

from crm_app.core.fields import Boolean, Day
from crm_app.services import rate_files
from crm_app.services.actors import Actor

from . import row_files


def _take(actor: Actor, sent: row_files.Sent) -> dict[str, Any]:
    file = rate_files.File(sent.name, sent.content, sent.asked["since"], inverse=bool(sent.asked["inverse"]))
    told = rate_files.rehearse(actor, file) if sent.rehearse else rate_files.import_file(actor, file, sent.once)
    return {
        "read_as": actor.speech.say(told.text), "new": told.new, "changed": told.changed, "same": told.same, "blank": told.blank,
        "currencies": list(told.currencies), "left_out": list(told.others),
    } | row_files.plain(actor, told)  # fmt: skip


def routes() -> APIRouter:
    """The route of this module."""
    router = APIRouter()
    asks = {"inverse": Boolean(), "since": Day()}
    row_files.route(router, "/exchange-rates/import", asks, rate_files.may_import, _take)
    return router
