"""Quoted lines tell whether they count."""

from alembic import op

from crm_app.models.migrations import history_views

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    history_views(op, make=False)
    history_views(op)
