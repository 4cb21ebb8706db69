"""Documents are shared between salespeople; the newest lines of a product and quotes of a customer are read by an index."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from crm_app.models import base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "quote_share",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("percent", base.Exact(4), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("quote", base.Id, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["user.id"], name=op.f("fk_quote_share_person")),
        sa.ForeignKeyConstraint(["quote"], ["quote.id"], name=op.f("fk_quote_share_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_share")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("quote_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_share_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_share_quote"), ["quote"], unique=False)

    op.create_table(
        "order_share",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("percent", base.Exact(4), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("sales_order", base.Id, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["user.id"], name=op.f("fk_order_share_person")),
        sa.ForeignKeyConstraint(["sales_order"], ["sales_order.id"], name=op.f("fk_order_share_sales_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_share")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("order_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_share_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_share_sales_order"), ["sales_order"], unique=False)

    op.create_table(
        "delivery_share",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("percent", base.Exact(4), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("delivery_note", base.Id, nullable=False),
        sa.ForeignKeyConstraint(["delivery_note"], ["delivery_note.id"], name=op.f("fk_delivery_share_delivery_note")),
        sa.ForeignKeyConstraint(["person"], ["user.id"], name=op.f("fk_delivery_share_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_share")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delivery_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_share_delivery_note"), ["delivery_note"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_share_person"), ["person"], unique=False)

    op.create_table(
        "invoice_share",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("percent", base.Exact(4), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("invoice", base.Id, nullable=False),
        sa.ForeignKeyConstraint(["invoice"], ["invoice.id"], name=op.f("fk_invoice_share_invoice")),
        sa.ForeignKeyConstraint(["person"], ["user.id"], name=op.f("fk_invoice_share_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_share")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invoice_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_share_invoice"), ["invoice"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_share_person"), ["person"], unique=False)

    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_line_newest", ["product", "id"], unique=False)

    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.create_index("ix_quote_account_date", ["account", "date"], unique=False)

    with op.batch_alter_table("quote_line", schema=None) as batch_op:
        batch_op.create_index("ix_quote_line_newest", ["product", "id"], unique=False)
