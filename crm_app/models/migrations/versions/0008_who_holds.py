"""Holding a customer and setting their credit is a permission of its own: roles that issue invoices begin with it."""

from alembic import op

from crm_app.models.migrations import grant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    grant(op, _holds)


def _holds(held: dict[str, str]) -> dict[str, str]:
    scope = held.get("accounts.change")
    return {"accounts.hold": scope, "accounts.release": scope} if scope and "invoices.issue" in held else {}
