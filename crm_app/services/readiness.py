"""What must still be so when a document leaves the house, though it was so when it was written: customer, products, discounts, taxes."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.accounts import Account
from crm_app.models.invoices import InvoiceKind
from crm_app.models.products import Product

from . import rules, taxes, trade
from .work import Work, column_of

_BACK = ("return", "credit_note")


def findings(work: Work, row: Any, lines: Sequence[Any], agreed: Collection[int] = ()) -> dict[str, Message]:
    """What stands against issuing the document, by field; each says what to do.

    What was ordered is delivered and invoiced as it was agreed, and what comes back is as it went out. `agreed` are the ids of
    lines that were agreed on in the document itself before.
    """
    found: dict[str, Message] = {}
    account = work.row(Account, row.account)
    back = getattr(row, "kind", "") in _BACK
    if account is None or not (account.active or back):
        found["account"] = Message("This customer is not active.")
    if not lines:
        found["lines"] = Message("Add at least one line.")
    if account is not None:
        found |= _untaxed(work, row, account, lines)
    if not back:
        fresh = [line for line in lines if line.id not in agreed]
        fresh = [line for line in fresh if not any(getattr(line, name, None) for name in trade.AGREED)]
        found |= _retired(work, fresh) | _too_cheap(work, fresh)
        if account is not None:
            found = _below_list(work, row, account, fresh) | found
    return found


_SIMPLE = Decimal(400)  # EUR, taxes included: up to this an invoice need not say who buys


def anonymous(work: Work, account: int | None, total: Decimal) -> bool:
    """Whether a Spanish customer lacks the tax identifier or the address that an invoice of so much (in EUR) has to bear (RD
    1619/2012, arts. 4 and 6): that is told, and refused to nobody.
    """
    found = work.row(Account, account) if account else None
    if found is None or total <= _SIMPLE or rules.company(work, "country") != "ES" or (found.country or "ES") != "ES":
        return False
    return not (found.tax_id and found.street and found.city)


def unreasoned(work: Work, kind: str, reason: str | None) -> bool:
    """Whether a Spanish corrective invoice does not say why it corrects (RD 1619/2012, art. 15): that is told, and refused to nobody."""
    corrects = kind in (InvoiceKind.CREDIT_NOTE.value, InvoiceKind.DEBIT_NOTE.value)
    return corrects and not reason and rules.company(work, "country") == "ES"


def require(work: Work, row: Any, lines: Sequence[Any], agreed: Collection[int] = ()) -> None:
    """Raise Invalid with all of it."""
    errors = findings(work, row, lines, agreed)
    if errors:
        raise Invalid(errors)


def nameless(work: Work) -> bool:
    """Whether the company has no tax identifier to put on its invoices: that is told, and refused to nobody."""
    return not rules.company(work, "tax_id")


def _untaxed(work: Work, row: Any, account: Account, lines: Sequence[Any]) -> dict[str, Message]:
    head = {name: getattr(row, name, None) for name in taxes.DECIDES}
    of_class = taxes.borne(work, account, head)
    text = Message("There is no tax rate for this class on that day. Add one in the settings.")
    doubled = {name: _doubled(work, account, head, name) for name in {line.tax_class for line in lines}}
    faults = {line.position: text if not of_class(line.tax_class) else doubled[line.tax_class] for line in lines}
    return {f"lines.{position}.tax_class": fault for position, fault in faults.items() if fault is not None}


def _doubled(work: Work, account: Account, head: Mapping[str, Any], tax_class: str | None) -> Message | None:
    """Two percentages that would be charged side by side."""
    names = taxes.side_by_side(work, account, head, tax_class)
    if not names:
        return None
    text = "{first} and {second} are both charged. In the settings say which of them replaces the other, or give one another order."
    return Message(text, first=names[0], second=names[1])


def _retired(work: Work, lines: Sequence[Any]) -> dict[str, Message]:
    number, active = column_of(Product, "id"), column_of(Product, "active")
    keys = {line.product for line in lines if line.product}
    retired = set(work.session.scalars(sa.select(number).where(number.in_(keys), active.is_(False)))) if keys else set()
    text = Message("This product is not active.")
    return {f"lines.{line.position}.product": text for line in lines if line.product in retired}


def _too_cheap(work: Work, lines: Sequence[Any]) -> dict[str, Message]:
    most = rules.company(work, "max_discount")
    if most is None:
        return {}
    text = Message("At most {most} %.", most=money.bare(most))
    return {f"lines.{line.position}.discount": text for line in lines if line.discount > most}


def _below_list(work: Work, row: Any, account: Account, lines: Sequence[Any]) -> dict[str, Message]:
    """Prices that were written by hand and are below what may be given."""
    written = [line for line in lines if line.product and not line.listed]
    if rules.company(work, "max_discount") is None or not written:
        return {}
    head, names = row.model_dump(), ("price", "discount", "quantity", "tax_class")
    found: dict[str, Message] = {}
    for line in written:
        product = work.session.get(Product, line.product)
        values = {name: getattr(line, name) for name in names}
        fault = trade.below_list(work, head, account, product, values) if product is not None else None
        if fault is not None:
            found[f"lines.{line.position}.price"] = fault
    return found
