"""A quote says whether a newer version has superseded it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NEWER = "SELECT 1 FROM quote AS newer WHERE newer.before = quote.id AND newer.status <> 'cancelled'"


def upgrade() -> None:
    """Make the change."""
    op.add_column("quote", sa.Column("superseded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE quote SET superseded = EXISTS ({_NEWER})")
    op.create_index("ix_quote_superseded", "quote", ["superseded"])
