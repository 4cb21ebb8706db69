"""How a record stands, as one text that a cell or a card draws as badges: "late:Overdue", a line each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crm_app.core import clock
from crm_app.core.resource import Resource
from crm_app.services import standings
from crm_app.services.actors import Actor


def beside(actor: Actor, resource: Resource, values: Mapping[str, Any]) -> str:
    """What is computed beside its state."""
    return _written(actor, standings.of(resource, values, _today(actor))[1:])


def brief(actor: Actor, resource: Resource, values: Mapping[str, Any]) -> str:
    """What counts most of how it stands."""
    return _written(actor, standings.brief(resource, values, _today(actor)))


def _today(actor: Actor) -> date:
    return clock.today(actor.speech.zone)


def _written(actor: Actor, found: list[standings.Standing]) -> str:
    return "\n".join(f"{one.look}:{actor.speech.say(one.text)}" for one in found)
