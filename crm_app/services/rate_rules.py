"""Which tax rates go together: one replaces another or stands after it, but two percentages are not charged side by side unawares."""

from typing import Any

import sqlalchemy as sa

from crm_app.core.i18n import Message
from crm_app.core.tax import Part, TaxKind, part_of
from crm_app.models.taxes import TaxRate

from . import rules, taxes
from .work import Work, column_of

_DECIDES = ("active", "kind", "country", "regime", "tax_class", "sequence", "valid_from", "valid_to", "replaces")


@rules.completes("tax-rates", *_DECIDES)
def _goes_with_others(work: Work, draft: rules.Draft) -> None:
    """It replaces none that replaces it, and one of its own kind; no other percentage stands beside it in the same place."""
    values = draft.values
    if draft.errors or (draft.id is not None and all(draft.stored.get(name) == values[name] for name in _DECIDES)):
        return
    mine = draft.id or 0
    links = {**taxes.links(work), mine: values["replaces"]} if values["replaces"] else dict(taxes.links(work))
    earlier = taxes.earlier(links, values["replaces"])
    other = work.session.get(TaxRate, values["replaces"]) if values["replaces"] else None
    if mine in earlier:
        draft.errors["replaces"] = Message("It cannot replace itself.")
    elif other is not None and part_of(other.kind) is not part_of(values["kind"]):
        draft.errors["replaces"] = Message("{name} is of another kind: a tax replaces a tax.", name=other.name)
    elif values["active"] and values["kind"] == TaxKind.PERCENT.value:
        beside = [row for row in _beside(work, draft) if row.id not in earlier]
        clash = next((row for row in beside if mine not in taxes.earlier(links, links.get(row.id or 0))), None)
        if clash is not None:
            draft.errors["replaces"] = Message(
                "{name} is charged to the same customers for the same class. Choose it here if this one replaces it, or give"
                " this one another order if both are charged.",
                name=clash.name,
            )


def _beside(work: Work, draft: rules.Draft) -> list[TaxRate]:
    """The other active percentages for the same customers, class and days, in the same place of the order."""
    values = draft.values

    def may_be(name: str) -> Any:
        where = column_of(TaxRate, name)
        return sa.true() if values[name] is None else sa.or_(where.is_(None), where == values[name])

    begins, ends = column_of(TaxRate, "valid_from"), column_of(TaxRate, "valid_to")
    found = sa.select(TaxRate).where(
        column_of(TaxRate, "id") != (draft.id or 0),
        column_of(TaxRate, "active").is_(True),
        *(column_of(TaxRate, name) == values[name] for name in ("kind", "regime", "sequence")),
        may_be("country"),
        may_be("tax_class"),
        sa.true() if values["valid_to"] is None else sa.or_(begins.is_(None), begins <= values["valid_to"]),
        sa.true() if values["valid_from"] is None else sa.or_(ends.is_(None), ends >= values["valid_from"]),
    )
    return list(work.session.scalars(found.order_by(column_of(TaxRate, "id"))))


@rules.completes("accounts", "withholdings")
def _is_beside(work: Work, draft: rules.Draft) -> None:
    """A customer is given what is withheld, collected or paid apart; taxes follow from the class of what is sold."""
    rows = draft.lines.get("withholdings", ())
    keys = {values["tax_rate"] for _, values in rows if values.get("tax_rate")}
    number, kind, name = (column_of(TaxRate, part) for part in ("id", "kind", "name"))
    found = work.session.execute(sa.select(number, kind, name).where(number.in_(keys))) if keys else ()
    charged = {row[0]: row[2] for row in found if part_of(row[1]) is Part.TAX}
    for place, (_, values) in enumerate(rows):
        if values.get("tax_rate") in charged:
            draft.errors[f"withholdings.{place}.tax_rate"] = Message(
                "{name} is charged by the class of what is sold. Choose a rate that is withheld, collected or paid apart.",
                name=charged[values["tax_rate"]],
            )
