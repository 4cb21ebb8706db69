"""PostgreSQL's search index has dots and @ as letters: a piece of an address does not begin a word. (SQLite's needs no help.)"""

from alembic import op

from crm_app.models.migrations import search_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    "category", "credit_policy", "currency", "exchange_rate", "payment_terms", "price_list", "role", "sector",
    "sequence", "tax_rate", "team", "warehouse", "product", "user", "zone", "account", "contact", "payment",
    "quote", "sales_order", "delivery_note", "invoice", "stock_move",
)  # fmt: skip


def upgrade() -> None:
    """Make the change."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f'DROP INDEX "ix_{table}_search"')
            search_index(op, table)
            op.execute(f'ANALYZE "{table}"')  # what is known of the new words tells how they are best sought
