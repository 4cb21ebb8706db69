"""Telephones and e-mail addresses beside the main one: from when to when, and which is the usual one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("account_phone", "account_email", "contact_phone", "contact_email"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
            batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
            batch_op.add_column(sa.Column("usual", sa.Boolean(), nullable=False, server_default=sa.false()))
