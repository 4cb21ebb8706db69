"""Lists of documents and payments are sorted by their amounts along an index."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("quote", "sales_order", "delivery_note", "invoice"):
        op.create_index(f"ix_{table}_total", table, ["total"])
    op.create_index("ix_payment_amount", "payment", ["amount"])
