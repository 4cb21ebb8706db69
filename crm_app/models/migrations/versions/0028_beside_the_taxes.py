"""Taxes that are collected on top or paid apart, rates that replace others, why an invoice is corrected, when the operation was."""

import sqlalchemy as sa
from alembic import op

from crm_app.models.base import Exact, Id

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("quote", "sales_order", "delivery_note", "invoice"):
        op.add_column(table, sa.Column("collected", Exact(4), nullable=False, server_default="0"))
    op.add_column("invoice", sa.Column("operation_date", sa.Date(), nullable=True))
    op.add_column("invoice", sa.Column("reason", sa.String(length=40), nullable=True))
    op.add_column("invoice", sa.Column("reason_text", sa.String(length=250), nullable=True))
    op.add_column("company", sa.Column("tax_account", sa.String(length=40), nullable=True))
    op.add_column("tax_rate", sa.Column("above", Exact(4), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # as a part of the column: SQLite adds no constraint later, and rebuilding the table would rebuild its search index
        op.execute(
            "ALTER TABLE tax_rate ADD COLUMN replaces INTEGER CONSTRAINT fk_tax_rate_replaces REFERENCES tax_rate (id)"
        )
    else:
        op.add_column("tax_rate", sa.Column("replaces", Id, nullable=True))
        op.create_foreign_key("fk_tax_rate_replaces", "tax_rate", "tax_rate", ["replaces"], ["id"])
    op.create_index("ix_tax_rate_replaces", "tax_rate", ["replaces"])
