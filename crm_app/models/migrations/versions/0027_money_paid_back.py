"""Money that was paid out settles money that was received; roles that may post payments may pay money back."""

import sqlalchemy as sa
from alembic import op

from crm_app.models import base
from crm_app.models.migrations import grant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TARGET = "(invoice IS NULL) <> (refunded IS NULL) AND (refunded IS NULL OR payment IS NOT NULL)"


def upgrade() -> None:
    """Make the change. Only this table is read: SQLite builds it anew, and its neighbours have indexes that cannot be read."""
    alone = {"resolve_fks": False}
    with op.batch_alter_table("allocation", table_kwargs=base.KEEP_IDS, reflect_kwargs=alone) as batch_op:
        batch_op.add_column(sa.Column("refunded", base.Id, nullable=True))
        batch_op.alter_column("invoice", existing_type=base.Id, nullable=True)
        batch_op.create_foreign_key("fk_allocation_refunded", "payment", ["refunded"], ["id"])
        batch_op.create_check_constraint("ck_allocation_target", _TARGET)
    op.create_index("ix_allocation_refunded", "allocation", ["refunded"])
    grant(op, lambda held: {"payments.refund": held["payments.post"]} if "payments.post" in held else {})
