"""Lines say whether their price follows the price list, documents where their exchange rate is from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ANCESTORS = {
    "quote_line": (),
    "order_line": ("quote_line",),
    "delivery_line": ("quote_line", "order_line", "returned_line"),
    "invoice_line": ("quote_line", "order_line", "delivery_line", "credited_line", "deposit_line"),
}


_HEADS = ("quote", "sales_order", "delivery_note", "invoice")


def upgrade() -> None:
    """Make the change. A rate that is not that of its day in the table of rates was typed."""
    for table in _HEADS:
        op.add_column(table, sa.Column("rate_typed", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.add_column(table, sa.Column("rate_day", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("rate_source", sa.String(length=80), nullable=True))
        newest = f"FROM exchange_rate r WHERE r.currency = {table}.currency AND r.day <= {table}.date ORDER BY r.day DESC LIMIT 1"
        same = f"(SELECT r.rate {newest}) = {table}.rate"
        op.execute(
            f"UPDATE {table} SET rate_day = (SELECT r.day {newest}), rate_source = (SELECT r.source {newest}) WHERE {same}"
        )
        foreign = "rate IS NOT NULL AND currency <> (SELECT currency FROM company)"
        op.execute(f"UPDATE {table} SET rate_typed = true WHERE rate_day IS NULL AND {foreign}")
    for table, ancestors in _ANCESTORS.items():
        op.add_column(table, sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
        fresh = " AND ".join(
            ["why IS NOT NULL", "CAST(why AS TEXT) NOT IN ('null', '[]')", *(f"{one} IS NULL" for one in ancestors)]
        )
        op.execute(f"UPDATE {table} SET listed = true WHERE {fresh}")
