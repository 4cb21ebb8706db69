"""An address beside the fiscal one has a province or state too."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("account_address", sa.Column("region", sa.String(length=80), nullable=True))
