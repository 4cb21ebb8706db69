"""Lines say whether their price follows the price list."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

_ANCESTORS = {
    "quote_line": (),
    "order_line": ("quote_line",),
    "delivery_line": ("quote_line", "order_line", "returned_line"),
    "invoice_line": ("quote_line", "order_line", "delivery_line", "credited_line", "deposit_line"),
}


def upgrade() -> None:
    """Make the change."""
    for table, ancestors in _ANCESTORS.items():
        op.add_column(table, sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
        fresh = " AND ".join(
            ["why IS NOT NULL", "CAST(why AS TEXT) NOT IN ('null', '[]')", *(f"{one} IS NULL" for one in ancestors)]
        )
        op.execute(f"UPDATE {table} SET listed = true WHERE {fresh}")
