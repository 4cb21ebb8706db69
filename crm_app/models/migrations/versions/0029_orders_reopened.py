"""Orders can be reopened: roles that may confirm and change orders may reopen them, as far as they may confirm them."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ROLE = sa.table("role", sa.column("id", sa.Integer), sa.column("grants", sa.JSON))


def upgrade() -> None:
    """Make the change."""
    for key, grants in op.get_bind().execute(sa.select(_ROLE.c.id, _ROLE.c.grants)).all():
        held = json.loads(grants) if isinstance(grants, str) else dict(grants)
        scope = held.get("orders.confirm")
        if scope and "orders.change" in held:
            op.execute(_ROLE.update().where(_ROLE.c.id == key).values(grants=held | {"orders.reopen": scope}))
