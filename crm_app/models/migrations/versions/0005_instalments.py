"""The parts in which invoices are due, in a table of their own; the day of the earliest that is open; allocations by their days."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_app.models import base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INVOICE = sa.table(
    "invoice",
    sa.column("id", base.Id),
    sa.column("status", sa.String()),
    sa.column("date", sa.Date()),
    sa.column("due", sa.Date()),
    sa.column("next_due", sa.Date()),
    sa.column("payable", base.Exact(4)),
    sa.column("paid", base.Exact(4)),
    sa.column("instalments", base.Json),
)
_PART = sa.table(
    "invoice_part",
    sa.column("invoice", base.Id),
    sa.column("due", sa.Date()),
    sa.column("amount", base.Exact(4)),
    sa.column("before", base.Exact(4)),
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "invoice_part",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("invoice", base.Id, nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("before", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["invoice"], ["invoice.id"], name=op.f("fk_invoice_part_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_part")),
    )
    op.create_index("ix_invoice_part_invoice", "invoice_part", ["invoice", "due", "before", "amount"])
    op.add_column("invoice", sa.Column("next_due", sa.Date(), nullable=True))
    _fill(op.get_bind())
    op.drop_index("ix_invoice_open", table_name="invoice")
    told = ["kind", "date", "paid", "account", "currency", "rate", "id"]
    op.create_index("ix_invoice_open", "invoice", ["status", "balance", "next_due", *told])
    op.drop_index(op.f("ix_payment_unallocated"), table_name="payment")
    free = ["status", "unallocated", "date", "direction", "account", "currency", "rate"]
    op.create_index("ix_payment_free", "payment", free)
    op.create_index(op.f("ix_invoice_next_due"), "invoice", ["next_due"])
    op.drop_column("invoice", "instalments")
    for name in ("day", "until"):
        op.create_index(op.f(f"ix_allocation_{name}"), "allocation", [name])


def _fill(connection: sa.Connection) -> None:
    """The parts of what has been issued: as they were kept, else one on the invoice's day; and the day of the earliest open one."""
    invoice, part = _INVOICE.c, _PART.c
    kept = sa.cast(invoice.instalments, sa.Text).not_in(("[]", "null"))
    rows = connection.execute(sa.select(invoice.id, invoice.instalments).where(invoice.status == "issued", kept)).all()
    several = [row for row in rows if len(row.instalments) > 1]
    parts = [one for row in several for one in _parts(row.id, row.instalments)]
    if parts:
        connection.execute(sa.insert(_PART), parts)
    nothing = sa.literal(Decimal(0), base.Exact(4))
    whole = sa.select(invoice.id, sa.func.coalesce(invoice.due, invoice.date), invoice.payable, nothing).where(
        invoice.status == "issued", ~sa.exists().where(part.invoice == invoice.id)
    )
    connection.execute(sa.insert(_PART).from_select(["invoice", "due", "amount", "before"], whole))
    first = sa.select(sa.func.min(part.due)).where(part.invoice == invoice.id, part.before + part.amount > invoice.paid)
    day = sa.func.coalesce(first.scalar_subquery(), invoice.due)
    connection.execute(sa.update(_INVOICE).values(next_due=day))


def _parts(key: int, kept: list[list[str]]) -> list[dict[str, Any]]:
    found, before = [], Decimal(0)
    for day, amount in kept:
        found.append({"invoice": key, "due": date.fromisoformat(day), "amount": Decimal(amount), "before": before})
        before += Decimal(amount)
    return found
