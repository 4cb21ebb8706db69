"""Delivery notes say how much of them has been returned, invoices how much has been credited."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BACK = (
    "SELECT SUM(back.quantity) FROM delivery_line AS back JOIN delivery_note AS note ON note.id = back.delivery_note"
    " WHERE back.returned_line = line.id AND note.status IN ('issued', 'signed')"
)
_LINES = "SELECT 1 FROM delivery_line AS line WHERE line.delivery_note = delivery_note.id"
_TAKEN = (
    "SELECT SUM(note.total) FROM invoice AS note"
    " WHERE note.corrects = invoice.id AND note.kind = 'credit_note' AND note.status = 'issued'"
)


def upgrade() -> None:
    """Make the change. Only what has a return or a credit note is looked at; a return itself is never invoiced."""
    for table, name in (("delivery_note", "returned"), ("invoice", "credited")):
        op.add_column(table, sa.Column(name, sa.String(length=40), nullable=False, server_default="none"))
    op.execute("UPDATE delivery_note SET invoiced = 'none' WHERE kind = 'return'")
    op.execute(
        f"UPDATE delivery_note SET returned ="
        f" CASE WHEN EXISTS ({_LINES} AND line.quantity > COALESCE(({_BACK}), 0)) THEN 'partly' ELSE 'all' END"
        f" WHERE EXISTS ({_LINES} AND EXISTS ({_BACK} GROUP BY back.returned_line))"
    )
    op.execute(
        f"UPDATE invoice SET credited = CASE WHEN ({_TAKEN}) >= total THEN 'all' WHEN ({_TAKEN}) > 0 THEN 'partly'"
        " ELSE 'none' END WHERE id IN (SELECT corrects FROM invoice)"
    )
    for table, name in (("delivery_note", "returned"), ("invoice", "credited")):
        op.create_index(f"ix_{table}_{name}", table, [name])
