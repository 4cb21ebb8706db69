"""Pages whose days stand in the address."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import reflex as rx

from crm_app.core import money
from crm_app.core.errors import Invalid, Missing, NotAllowed, Refusal
from crm_app.core.fields import BadValue, Day
from crm_app.core.i18n import Speech
from crm_app.services.actors import Actor

from .guard import signed_in
from .session import Me


class Dated(rx.State, mixin=True):
    """Shows a refusal in the place of what was asked for; what stood there before stays for what is no fault of the asking."""

    loaded: bool = False
    failure: str = ""
    address: str = ""

    def _days(self) -> dict[str, str]:
        return dict(parse_qsl(self.router.url.query))

    async def _refused(self, refusal: Refusal) -> Any:
        actor = await signed_in(self)
        text = actor.speech.say(refusal.message)
        if isinstance(refusal, Invalid):
            text = " ".join(actor.speech.say(part) for part in refusal.fields.values()) or text
        if isinstance(refusal, Invalid | Missing | NotAllowed):
            self.loaded, self.failure = True, text
            return
        me = await self.get_state(Me)
        me._tell(text, "late")


def day_of(actor: Actor, text: str, name: str) -> date | None:
    """A day as it was typed or stands in the address. Raises Invalid at that name."""
    try:
        return Day().parse(text, actor.speech)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None


def amount_of(speech: Speech, value: Decimal, currency: str) -> str:
    """An amount in the reader's notation; "" for nothing."""
    return speech.number(money.round_money(value, currency), money.minor_units(currency)) if value else ""
