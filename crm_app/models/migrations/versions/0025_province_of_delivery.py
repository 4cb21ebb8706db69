"""The delivery address of a document has a province or state too."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("quote", "sales_order", "delivery_note", "invoice"):
        op.add_column(table, sa.Column("ship_region", sa.String(length=80), nullable=True))
