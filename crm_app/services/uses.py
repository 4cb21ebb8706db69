"""Tax rates and currencies that something is in are not taken away: what uses them is told, and that they can be set to not active."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.accounts import Account, AccountWithholding
from crm_app.models.currencies import ExchangeRate, TradedCurrency
from crm_app.models.payments import Payment
from crm_app.models.prices import PriceList
from crm_app.models.products import Product
from crm_app.models.taxes import TaxRate

from . import ledger, rules
from .values import resource_of
from .work import Work, before_commit, column_of

_Use = tuple[str, sa.Select[Any]]
_DOCUMENTS = {name: head for name, (head, _) in ledger.HEADS.items()}
_IN_CURRENCY = _DOCUMENTS | {
    "payments": Payment, "accounts": Account, "price-lists": PriceList, "products": Product, "exchange-rates": ExchangeRate,
}  # fmt: skip


@before_commit("tax_rate")
def _keep_rates(work: Work) -> None:
    """A rate stays as long as a document bears it or a customer withholds it."""
    for row in _removed(work, TaxRate):
        _refuse_used(work, str(row["before"]["name"]), _of_rate(row["record"]))


@before_commit("currency")
def _keep_currencies(work: Work) -> None:
    """The company's own currency stays, and every other that something is in."""
    for row in _removed(work, TradedCurrency):
        code = str(row["before"]["code"])
        if code == rules.company(work, "currency"):
            raise Invalid({"": Message("{name} is the company's own currency: it stays.", name=code)})
        _refuse_used(work, code, _of_currency(code))


def _removed(work: Work, table: type[TaxRate] | type[TradedCurrency]) -> list[dict[str, Any]]:
    return [row for row in work.changes if row["entity"] == table.__tablename__ and row["after"] is None]


def _of_rate(key: int) -> Iterator[_Use]:
    """The key stands in a document's taxes as JSON; PostgreSQL writes the names of an object in an order of its own."""
    for name, head in _DOCUMENTS.items():
        text = sa.cast(column_of(head, "tax_lines"), sa.Text)
        yield name, _counting(head, sa.or_(*(text.like(f'%"tax": {key}{end}%') for end in ",}")))
    yield "accounts", _counting(AccountWithholding, column_of(AccountWithholding, "tax_rate") == key)


def _of_currency(code: str) -> Iterator[_Use]:
    for name, table in _IN_CURRENCY.items():
        yield name, _counting(table, column_of(table, "currency") == code)


def _counting(table: Any, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table).where(condition)


def _refuse_used(work: Work, name: str, uses: Iterator[_Use]) -> None:
    counted = ((resource, work.session.scalar(statement)) for resource, statement in uses)
    found = tuple(
        Message("{count} in {what}", what=Message(resource_of(resource).many), count=count)
        for resource, count in counted
        if count
    )
    if found:
        text = Message("{name} is in use ({uses}). Set it to not active instead.", name=name, uses=found)
        raise Invalid({"": text})
