"""An account has a team of its own, which begins as that of its owner."""

import sqlalchemy as sa
from alembic import op

from crm_app.models.base import Id
from crm_app.models.migrations import narrow_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OWNERS = 'UPDATE account SET team = (SELECT "user".team FROM "user" WHERE "user".id = account.owner)'


def upgrade() -> None:
    """Make the change."""
    if op.get_bind().dialect.name == "sqlite":
        # as a part of the column: SQLite adds no constraint later, and rebuilding the table would rebuild its search index
        op.execute("ALTER TABLE account ADD COLUMN team INTEGER CONSTRAINT fk_account_team REFERENCES team (id)")
        narrow_index(op, "account", "owner", "team")
    else:
        op.add_column("account", sa.Column("team", Id, nullable=True))
        op.create_foreign_key("fk_account_team", "account", "team", ["team"], ["id"])
    op.create_index("ix_account_team", "account", ["team"])
    op.execute(_OWNERS)
