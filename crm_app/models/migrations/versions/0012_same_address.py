"""Who has the same e-mail address, in whatever case, is found by an index; so is, on SQLite too, what a city's name folds to."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("account", "contact"):
        op.execute(f'CREATE INDEX "ix_{table}_email_search" ON "{table}" (lower(email))')
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f'CREATE INDEX "ix_{table}_city_search" ON "{table}" (crm_fold(city), id)')
