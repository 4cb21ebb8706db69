"""Records can be merged; roles that may change and remove accounts or contacts may merge them, as far as they may remove them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from crm_app.models import base
from crm_app.models.migrations import grant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "merged_record",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=60), nullable=False),
        sa.Column("gone", base.Id, nullable=False),
        sa.Column("into", base.Id, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_record")),
        sa.UniqueConstraint("resource", "gone", name=op.f("uq_merged_record_resource_gone")),
        sqlite_autoincrement=True,
    )
    grant(op, _merges)


def _merges(held: dict[str, str]) -> dict[str, str]:
    return {
        f"{name}.merge": held[f"{name}.remove"]
        for name in ("accounts", "contacts")
        if f"{name}.remove" in held and f"{name}.change" in held
    }
