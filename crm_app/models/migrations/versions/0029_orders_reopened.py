"""Orders can be reopened: roles that may confirm and change orders may reopen them, as far as they may confirm them."""

from alembic import op

from crm_app.models.migrations import grant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    grant(op, _reopens)


def _reopens(held: dict[str, str]) -> dict[str, str]:
    scope = held.get("orders.confirm")
    return {"orders.reopen": scope} if scope and "orders.change" in held else {}
