"""A part of payment terms may be due on a fixed day of the month."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("payment_part", sa.Column("month_day", sa.BigInteger(), nullable=True))
