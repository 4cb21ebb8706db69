"""The lines of documents as lists; documents by state and date."""

from alembic import op

from crm_app.models.migrations import history_views

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("quote", "sales_order", "delivery_note", "invoice", "payment"):
        op.drop_index(f"ix_{table}_status", table_name=table)
        op.create_index(f"ix_{table}_status_date", table, ["status", "date", "id"])
    op.drop_index("ix_invoice_open", table_name="invoice")
    op.create_index("ix_invoice_open", "invoice", ["status", "balance", "due", "kind", "date", "paid", "id"])
    history_views(op, superseded=False)
