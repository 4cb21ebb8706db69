"""What is known at a line of a trade document, in the words and numbers of who reads it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crm_app.core.errors import Invalid, Missing, NotAllowed
from crm_app.core.i18n import Speech
from crm_app.core.resource import Resource
from crm_app.models.trade import PRICE
from crm_app.services import line_facts, previews
from crm_app.services.actors import Actor
from crm_app.services.line_facts import Past
from crm_app.services.work import Work

from .heads import plain


def told(actor: Actor, resource: Resource, head: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """{product, stock: [{label, value}], past: [{title, rows}]}; what the actor may not read is left out. Runs in a thread."""
    given = {name: value for name, value in head.items() if isinstance(value, str)}
    try:
        with Work(actor) as work:
            around = previews.around(work, resource, given)
            found = line_facts.of_product(work, row.get("product"), around["account"])
    except (Invalid, Missing, NotAllowed):
        return {"product": str(row.get("product"))[:20], "stock": [], "past": []}
    say, speech = actor.speech.say, actor.speech
    level = found.level
    shown = (
        (
            (say("On hand"), level.on_hand),
            (say("Reserved"), level.reserved),
            (say("Available"), level.available),
        )
        if level
        else ()
    )
    lists = (
        (say("Last prices to this customer"), found.to_customer),
        (say("Last prices to anyone"), found.to_anyone),
        (say("Quoted and lost"), found.lost),
    )
    return {
        "product": str(row.get("product")),
        "stock": [{"label": label, "value": plain(value, speech), "short": value < 0} for label, value in shown],
        "past": [{"title": title, "rows": past_rows(rows, around, speech)} for title, rows in lists if rows],
    }


def past_rows(rows: Sequence[Past], around: Mapping[str, Any], speech: Speech) -> list[dict[str, Any]]:
    """One line each; `price` and `discount` as the grid takes them, "" where they are in another currency or hold taxes differently."""
    found = []
    for row in rows:
        fits = row.currency == (around["currency"] or row.currency) and row.included == bool(around["included"])
        found.append(
            {
                "day": speech.day(row.day),
                "who": row.account_name,
                "address": f"/{row.resource}/{row.document}",
                "number": row.number,
                "quantity": plain(row.quantity, speech),
                "text": f"{PRICE.show(row.price, speech)} {row.currency}",
                "off": f"\u2212{plain(row.discount, speech)} %" if row.discount else "",
                "reason": row.reason,
                "price": PRICE.edit(row.price, speech) if fits else "",
                "discount": plain(row.discount, speech) if fits and row.discount else "",
            }
        )
    return found


def margin_rows(margin: tuple[Decimal, Decimal], speech: Speech) -> list[dict[str, Any]]:
    """Cost and margin of a line."""
    cost, percent = margin
    return [
        {"label": speech.say("Cost"), "value": PRICE.show(cost, speech), "short": False},
        {"label": speech.say("Margin"), "value": f"{speech.number(percent, 1)} %", "short": percent < 0},
    ]
