"""What stands on the paper of an issued document: the logo of its day, and the signature of who has received it."""

import sqlalchemy as sa
from alembic import op

from crm_app.models import base

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("document_snapshot", sa.Column("logo", sa.String(length=64), nullable=True))
    op.add_column("document_snapshot", sa.Column("signature", base.Json, nullable=True))
    op.add_column("document_snapshot", sa.Column("signed_pdf", sa.String(length=64), nullable=True))
    op.create_index("ix_document_snapshot_logo", "document_snapshot", ["logo"])
