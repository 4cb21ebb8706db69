"""Many issued invoices in a database that has accounts: `python -m bench.sales NUMBER` adds them, nine of ten of them paid.

They are put in past the verbs, which would take hours: for measuring lists, ageing and statements, not numbers or totals.
"""

import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

CHUNK = 5_000
DAYS = 3 * 365
PAID = 0.9
TERM = 30


def add(number: int) -> None:
    """That many invoices over three years, of the customers that there are, each with a line, and payments for most."""
    from crm_app.models.invoices import Invoice, InvoiceLine, InvoicePart
    from crm_app.models.payments import Allocation, Payment
    from crm_app.services import records
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work, column_of

    chance, today = random.Random(7), date.today()  # noqa: S311, DTZ011 - nothing secret, no zone
    with Work(SYSTEM) as work:
        invoices, payments = records.resource_of("invoices"), records.resource_of("payments")
        accounts = list(work.session.execute(sa.select(*_named("accounts", "id", "name", "owner")).limit(5_000)))
        products = list(work.session.execute(sa.select(*_named("products", "id", "name", "price")).limit(200)))
    for start in range(0, number, CHUNK):
        whole = [
            _invoice(chance, start + each, number, accounts, products, today)
            for each in range(min(CHUNK, number - start))
        ]
        with Work(SYSTEM, "invoices.create") as work:
            ids = records.insert_rows(work, Invoice, [_searched(invoices, head) for head, _, _ in whole])
            lines = [line | {"invoice": key} for key, (_, line, _) in zip(ids, whole, strict=True)]
            records.insert_rows(work, InvoiceLine, lines)
            records.insert_rows(
                work, InvoicePart, [_part(key, head) for key, (head, _, _) in zip(ids, whole, strict=True)]
            )
            paid = [(key, payment) for key, (_, _, payment) in zip(ids, whole, strict=True) if payment]
            money = records.insert_rows(work, Payment, [_searched(payments, payment) for _, payment in paid])
            settled = [
                _blank(Allocation)
                | {
                    "payment": source,
                    "invoice": key,
                    "amount": row["amount"],
                    "taken": row["amount"],
                    "day": row["date"],
                }
                for source, (key, row) in zip(money, paid, strict=True)
            ]
            records.insert_rows(work, Allocation, settled)
    with Work(SYSTEM) as work:
        made = work.session.scalar(sa.select(sa.func.count()).select_from(column_of(Invoice, "id").table))
    assert (made or 0) >= number  # noqa: S101


def _named(resource: str, *names: str) -> list[Any]:
    from crm_app.services import records
    from crm_app.services.work import column_of

    return [column_of(records.resource_of(resource).table, name) for name in names]


def _blank(table: Any) -> dict[str, Any]:
    """A value for every column but the id."""
    from crm_app.core import clock

    defaults = {name: field.get_default(call_default_factory=True) for name, field in table.model_fields.items()}
    stamped = {"created_at": clock.now(), "updated_at": clock.now(), "version": 1}
    names = [column.name for column in table.__table__.columns if column.name != "id"]
    return {name: stamped.get(name, defaults.get(name)) for name in names}


def _searched(resource: Any, row: dict[str, Any]) -> dict[str, Any]:
    from crm_app.models.base import search_text, sort_text

    return row | {"search": search_text(resource, row), "sort_key": sort_text(resource, row)}


def _part(invoice: int, head: dict[str, Any]) -> dict[str, Any]:
    """All of it on one day."""
    return {"invoice": invoice, "due": head["due"], "amount": head["payable"], "before": Decimal(0)}


def _invoice(
    chance: random.Random, place: int, number: int, accounts: list[Any], products: list[Any], today: date
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]:
    """Head, line and payment."""
    from crm_app.models.invoices import Invoice, InvoiceLine
    from crm_app.models.payments import Payment

    account, product = chance.choice(accounts), chance.choice(products)
    day = today - timedelta(days=DAYS - DAYS * place // number)
    quantity = chance.randrange(1, 50)
    net = Decimal(quantity) * (product.price or Decimal(10)).quantize(Decimal("0.01"))
    total = (net * Decimal("1.21")).quantize(Decimal("0.01"))
    paid = chance.random() < PAID
    whose = {
        "account": account.id,
        "account_name": account.name,
        "owner": account.owner,
        "currency": "EUR",
        "rate": Decimal(1),
    }
    amounts = {
        "net": net,
        "tax": total - net,
        "total": total,
        "payable": total,
        "net_company": net,
        "total_company": total,
    }
    head = _blank(Invoice) | whose | amounts
    head |= {"number": f"B-{place:07}", "date": day, "due": day + timedelta(days=TERM), "status": "issued"}
    head["next_due"] = head["due"]
    head |= {"paid": total if paid else Decimal(0), "balance": Decimal(0) if paid else total, "tax_lines": []}
    line = _blank(InvoiceLine) | {"product": product.id, "description": product.name, "quantity": Decimal(quantity)}
    line |= {"price": product.price, "net": net, "tax_class": "standard", "position": 1}
    if not paid:
        return head, line, None
    money = _blank(Payment) | whose | {"number": f"BP-{place:07}", "status": "posted", "amount": total}
    return head, line, money | {"date": min(today, day + timedelta(days=chance.randrange(60)))}


if __name__ == "__main__":
    add(int(sys.argv[1]))
