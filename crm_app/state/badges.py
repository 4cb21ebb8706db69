"""How a record stands, as one text that a cell or a card draws as badges: "late:Overdue", a line each."""

from collections.abc import Mapping
from typing import Any

from crm_app.core import clock
from crm_app.core.resource import Resource
from crm_app.services import standings
from crm_app.services.actors import Actor


def badges_of(actor: Actor, resource: Resource, values: Mapping[str, Any], *, stored: bool = True) -> str:
    """Colour and word of each; without `stored` only what is computed beside the state."""
    found = standings.of(resource, values, clock.today(actor.speech.zone))
    return "\n".join(f"{one.look}:{actor.speech.say(one.text)}" for one in (found if stored else found[1:]))
