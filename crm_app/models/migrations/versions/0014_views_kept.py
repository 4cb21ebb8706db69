"""Saved views are kept in the history, so that their removal and every change of them can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from crm_app.core import clock
from crm_app.models import base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ADDED = (("created_at", UTCDateTime()), ("updated_at", UTCDateTime()), ("version", sa.Integer()))


def upgrade() -> None:
    """Make the change."""
    for name, kind in _ADDED:
        op.add_column("saved_view", sa.Column(name, kind, nullable=True))
    view = sa.table("saved_view", *(sa.column(name, kind) for name, kind in _ADDED))
    op.execute(view.update().values(created_at=clock.now(), updated_at=clock.now(), version=1))
    with op.batch_alter_table("saved_view", table_kwargs=base.KEEP_IDS) as batch_op:
        for name, kind in _ADDED:
            batch_op.alter_column(name, existing_type=kind, nullable=False)
