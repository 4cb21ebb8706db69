"""The narrow index of what has an owner holds the owner too: a search by somebody who reads only their own needs no wide rows."""

from alembic import op

from crm_app.models.migrations import narrow_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = ("account", "contact", "quote", "sales_order", "delivery_note", "invoice", "payment")


def upgrade() -> None:
    """Make the change."""
    for table in OWNED:
        narrow_index(op, table, "owner")
