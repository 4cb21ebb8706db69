"""Holding a customer and setting their credit is a permission of its own: roles that issue invoices begin with it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROLE = sa.table("role", sa.column("id", sa.Integer), sa.column("grants", sa.JSON))


def upgrade() -> None:
    """Make the change."""
    for key, grants in op.get_bind().execute(sa.select(_ROLE.c.id, _ROLE.c.grants)).all():
        held = json.loads(grants) if isinstance(grants, str) else dict(grants)
        scope = held.get("accounts.change")
        if scope and "invoices.issue" in held:
            more = held | {"accounts.hold": scope, "accounts.release": scope}
            op.execute(_ROLE.update().where(_ROLE.c.id == key).values(grants=more))
