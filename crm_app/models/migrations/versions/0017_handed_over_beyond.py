"""What was handed over beyond an order or a quote, and is not invoiced yet, is left to be invoiced of it."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_GONE = (
    "SELECT line.{origin} AS origin, SUM(CASE note.kind WHEN 'return' THEN -line.quantity ELSE line.quantity END) AS gone"
    " FROM delivery_line AS line JOIN delivery_note AS note ON note.id = line.delivery_note"
    " WHERE line.{origin} IS NOT NULL AND note.status IN ('issued', 'signed') GROUP BY line.{origin}"
)
_INVOICED = (
    "SELECT SUM(CASE bill.kind WHEN 'credit_note' THEN -line.quantity ELSE line.quantity END)"
    " FROM invoice_line AS line JOIN invoice AS bill ON bill.id = line.invoice"
    " WHERE line.{origin} = source.{by} AND bill.status = 'issued' AND bill.kind <> 'deposit'"
)


def upgrade() -> None:
    """Make the change: only documents whose notes say more than they do are looked at. Of an order's line no more is left than
    of the quote's behind it.
    """
    behind = f" AND (source.quote_line IS NULL OR notes.gone > COALESCE(({_INVOICED.format(origin='quote_line', by='quote_line')}), 0))"
    for head, line, origin, also in (
        ("sales_order", "order_line", "order_line", behind),
        ("quote", "quote_line", "quote_line", ""),
    ):
        gone, invoiced = _GONE.format(origin=origin), _INVOICED.format(origin=origin, by="id")
        op.execute(
            f"UPDATE {head} SET invoiced = 'partly' WHERE invoiced = 'all' AND id IN (SELECT source.{head}"
            f" FROM {line} AS source JOIN ({gone}) AS notes ON notes.origin = source.id"
            f" WHERE notes.gone > source.quantity AND notes.gone > COALESCE(({invoiced}), 0){also})"
        )
