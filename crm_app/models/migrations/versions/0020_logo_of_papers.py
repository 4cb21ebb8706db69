"""The logo that stands on an issued document."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("document_snapshot", sa.Column("logo", sa.String(length=64), nullable=True))
    op.create_index("ix_document_snapshot_logo", "document_snapshot", ["logo"])
