"""First tables. As long as the first schema is: a migration that has been given out is neither changed nor cut."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from crm_app.models import base
from crm_app.models.migrations import search_index

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "attempt",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_subject_at", ["subject", "at"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("parent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["category.id"], name=op.f("fk_category_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("name", name=op.f("uq_category_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_parent"), ["parent"], unique=False)
        batch_op.create_index("ix_category_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "change_set",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", base.Id, nullable=True),
        sa.Column("verb", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("undoes", base.Id, nullable=True),
        sa.Column("batch", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["undoes"], ["change_set.id"], name=op.f("fk_change_set_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_set")),
    )
    with op.batch_alter_table("change_set", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_set_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_set_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_set_undoes"), ["undoes"], unique=False)

    op.create_table(
        "company",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("legal_name", sa.String(length=160), nullable=True),
        sa.Column("tax_id", sa.String(length=40), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("region", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("web", sa.String(length=120), nullable=True),
        sa.Column("iban", sa.String(length=40), nullable=True),
        sa.Column("max_discount", base.Exact(4), nullable=True),
        sa.Column("quote_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("one = 1", name="ck_company_one"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("one", name=op.f("uq_company_one")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "credit_policy",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_credit_policy_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("credit_policy", schema=None) as batch_op:
        batch_op.create_index("ix_credit_policy_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "currency",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_currency")),
        sa.UniqueConstraint("code", name=op.f("uq_currency_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("currency", schema=None) as batch_op:
        batch_op.create_index("ix_currency_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "document_snapshot",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record", base.Id, nullable=False),
        sa.Column("content", base.Json, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_snapshot")),
        sa.UniqueConstraint("entity", "record", name=op.f("uq_document_snapshot_entity_record")),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", base.Exact(8), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint("currency", "day", name=op.f("uq_exchange_rate_currency_day")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exchange_rate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_rate_currency"), ["currency"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_rate_day"), ["day"], unique=False)
        batch_op.create_index("ix_exchange_rate_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("args", base.Json, nullable=False),
        sa.Column("once", sa.String(length=120), nullable=True),
        sa.Column("actor", base.Id, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("held_until", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", base.Json, nullable=True),
        sa.Column("result", base.Json, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("once", name=op.f("uq_job_once")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "payment_terms",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_terms")),
        sa.UniqueConstraint("name", name=op.f("uq_payment_terms_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("payment_terms", schema=None) as batch_op:
        batch_op.create_index("ix_payment_terms_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "price_list",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("parent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["price_list.id"], name=op.f("fk_price_list_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("name", name=op.f("uq_price_list_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("price_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_list_parent"), ["parent"], unique=False)
        batch_op.create_index("ix_price_list_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("answer", base.Json, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("proof", name=op.f("uq_receipt_proof")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_at"), ["at"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("grants", base.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index("ix_role_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "sector",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("parent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["sector.id"], name=op.f("fk_sector_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector")),
        sa.UniqueConstraint("name", name=op.f("uq_sector_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sector_parent"), ["parent"], unique=False)
        batch_op.create_index("ix_sector_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "sequence",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("pattern", sa.String(length=40), nullable=False),
        sa.Column("yearly", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence")),
        sa.UniqueConstraint("name", name=op.f("uq_sequence_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sequence", schema=None) as batch_op:
        batch_op.create_index("ix_sequence_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "tax_rate",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", base.Exact(6), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tax_rate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tax_rate_country"), ["country"], unique=False)
        batch_op.create_index("ix_tax_rate_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "team",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index("ix_team_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "warehouse",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("backorder", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse")),
        sa.UniqueConstraint("name", name=op.f("uq_warehouse_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("warehouse", schema=None) as batch_op:
        batch_op.create_index("ix_warehouse_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "change",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("change_set", base.Id, nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record", base.Id, nullable=False),
        sa.Column("root_entity", sa.String(length=60), nullable=True),
        sa.Column("root", base.Id, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", base.Json, nullable=True),
        sa.Column("after", base.Json, nullable=True),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"], name=op.f("fk_change_change_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_change_set"), ["change_set"], unique=False)
        batch_op.create_index("ix_change_record", ["entity", "record", "id"], unique=False)
        batch_op.create_index(
            "ix_change_root",
            ["root_entity", "root", "id"],
            unique=False,
            sqlite_where=sa.text("root IS NOT NULL"),
            postgresql_where=sa.text("root IS NOT NULL"),
        )

    op.create_table(
        "credit_level",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("credit_policy", base.Id, nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["credit_policy"], ["credit_policy.id"], name=op.f("fk_credit_level_credit_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_level")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("credit_level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_level_credit_policy"), ["credit_policy"], unique=False)

    op.create_table(
        "payment_part",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payment_terms", base.Id, nullable=False),
        sa.Column("percent", base.Exact(4), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("month_end", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["payment_terms"], ["payment_terms.id"], name=op.f("fk_payment_part_payment_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_part")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("payment_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_part_payment_terms"), ["payment_terms"], unique=False)

    op.create_table(
        "product",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("barcode", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sold", sa.Boolean(), nullable=False),
        sa.Column("bought", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("price", base.Exact(6), nullable=True),
        sa.Column("cost", base.Exact(6), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("stocked", sa.Boolean(), nullable=False),
        sa.Column("name_es", sa.String(length=160), nullable=True),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("description_es", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("tags", sa.String(1300), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["category"], ["category.id"], name=op.f("fk_product_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_barcode"), ["barcode"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_category"), ["category"], unique=False)
        batch_op.create_index("ix_product_new", ["created_at"], unique=False)
        batch_op.create_index("ix_product_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "sequence_counter",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("sequence", base.Id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["sequence"], ["sequence.id"], name=op.f("fk_sequence_counter_sequence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_counter")),
        sa.UniqueConstraint("sequence", "year", name=op.f("uq_sequence_counter_sequence_year")),
    )
    op.create_table(
        "user",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("totp", sa.String(length=200), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["role.id"], name=op.f("fk_user_role")),
        sa.ForeignKeyConstraint(["team"], ["team.id"], name=op.f("fk_user_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_role"), ["role"], unique=False)
        batch_op.create_index("ix_user_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_team"), ["team"], unique=False)

    op.create_table(
        "zone",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("parent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("price_list", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["zone.id"], name=op.f("fk_zone_parent")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_zone_price_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("name", name=op.f("uq_zone_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("zone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zone_parent"), ["parent"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_price_list"), ["price_list"], unique=False)
        batch_op.create_index("ix_zone_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("legal_name", sa.String(length=160), nullable=True),
        sa.Column("tax_id", sa.String(length=40), nullable=True),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("parent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sector", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("zone", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tags", sa.String(1300), nullable=True),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("region", sa.String(length=80), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("price_list", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_terms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_days", sa.BigInteger(), nullable=True),
        sa.Column("tax_status", sa.String(length=40), nullable=False),
        sa.Column("credit_policy", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("credit_limit", base.Exact(4), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["credit_policy"], ["credit_policy.id"], name=op.f("fk_account_credit_policy")),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_account_owner")),
        sa.ForeignKeyConstraint(["parent"], ["account.id"], name=op.f("fk_account_parent")),
        sa.ForeignKeyConstraint(["payment_terms"], ["payment_terms.id"], name=op.f("fk_account_payment_terms")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_account_price_list")),
        sa.ForeignKeyConstraint(["sector"], ["sector.id"], name=op.f("fk_account_sector")),
        sa.ForeignKeyConstraint(["zone"], ["zone.id"], name=op.f("fk_account_zone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_city"), ["city"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_credit_policy"), ["credit_policy"], unique=False)
        batch_op.create_index("ix_account_new", ["created_at", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_parent"), ["parent"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_payment_terms"), ["payment_terms"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_price_list"), ["price_list"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_sector"), ["sector"], unique=False)
        batch_op.create_index("ix_account_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_tax_id"), ["tax_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_zone"), ["zone"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=60), nullable=False),
        sa.Column("record", base.Id, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author", base.Id, nullable=True),
        sa.ForeignKeyConstraint(["author"], ["user.id"], name=op.f("fk_attachment_author")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_record", ["resource", "record"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_sha256"), ["sha256"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("mobile", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tags", sa.String(1300), nullable=True),
        sa.Column("consent", sa.String(length=40), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_contact_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_city"), ["city"], unique=False)
        batch_op.create_index("ix_contact_new", ["created_at", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_owner"), ["owner"], unique=False)
        batch_op.create_index("ix_contact_sort", ["sort_key", "id"], unique=False)

    op.create_table(
        "note",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=60), nullable=False),
        sa.Column("record", base.Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["author"], ["user.id"], name=op.f("fk_note_author")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_author"), ["author"], unique=False)
        batch_op.create_index("ix_note_record", ["resource", "record"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("user", base.Id, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["user.id"], name=op.f("fk_one_time_link_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("proof", name=op.f("uq_one_time_link_proof")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_user"), ["user"], unique=False)

    op.create_table(
        "price_rule",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("price_list", base.Id, nullable=False),
        sa.Column("product", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("category", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("least", base.Exact(6), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", base.Exact(6), nullable=False),
        sa.Column("round_to", base.Exact(6), nullable=False),
        sa.Column("ending", base.Exact(6), nullable=False),
        sa.ForeignKeyConstraint(["category"], ["category.id"], name=op.f("fk_price_rule_category")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_price_rule_price_list")),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_price_rule_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("price_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_rule_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_rule_price_list"), ["price_list"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_rule_product"), ["product"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("user", base.Id, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["user.id"], name=op.f("fk_recovery_code_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("proof", name=op.f("uq_recovery_code_proof")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_user"), ["user"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("resource", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.String(length=12), nullable=False),
        sa.Column("owner", base.Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_saved_view_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_owner"), ["owner"], unique=False)
        batch_op.create_index("ix_saved_view_resource", ["resource", "position", "id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("user", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["user.id"], name=op.f("fk_session_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("proof", name=op.f("uq_session_proof")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_user"), ["user"], unique=False)

    op.create_table(
        "token",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("user", base.Id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scopes", base.Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["user.id"], name=op.f("fk_token_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("proof", name=op.f("uq_token_proof")),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_user"), ["user"], unique=False)

    op.create_table(
        "zone_postcode",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("zone", base.Id, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["zone"], ["zone.id"], name=op.f("fk_zone_postcode_zone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_postcode")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("zone_postcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_zone_postcode_prefix"), ["prefix"], unique=False)
        batch_op.create_index(batch_op.f("ix_zone_postcode_zone"), ["zone"], unique=False)

    op.create_table(
        "account_address",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", base.Id, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("usual", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_account_address_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_address")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_address_account"), ["account"], unique=False)

    op.create_table(
        "account_contact",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_account_contact_account")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_account_contact_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_contact")),
        sa.UniqueConstraint("account", "contact", name=op.f("uq_account_contact_account_contact")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_contact_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_contact_contact"), ["contact"], unique=False)

    op.create_table(
        "account_email",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", base.Id, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_account_email_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account_email", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_email_account"), ["account"], unique=False)

    op.create_table(
        "account_phone",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", base.Id, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_account_phone_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_phone")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account_phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_phone_account"), ["account"], unique=False)

    op.create_table(
        "account_withholding",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", base.Id, nullable=False),
        sa.Column("tax_rate", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_account_withholding_account")),
        sa.ForeignKeyConstraint(["tax_rate"], ["tax_rate.id"], name=op.f("fk_account_withholding_tax_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_withholding")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account_withholding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_withholding_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_withholding_tax_rate"), ["tax_rate"], unique=False)

    op.create_table(
        "contact_email",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contact", base.Id, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_contact_email_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact_email", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_email_contact"), ["contact"], unique=False)

    op.create_table(
        "contact_phone",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contact", base.Id, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_contact_phone_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_phone")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact_phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_phone_contact"), ["contact"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_name", sa.String(length=160), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("rate", base.Exact(8), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("unallocated", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_payment_account")),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_payment_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_date"), ["date"], unique=False)
        batch_op.create_index("ix_payment_new", ["created_at", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_owner"), ["owner"], unique=False)
        batch_op.create_index("ix_payment_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_unallocated"), ["unallocated"], unique=False)

    op.create_table(
        "quote",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_name", sa.String(length=160), nullable=True),
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("rate", base.Exact(8), nullable=True),
        sa.Column("price_list", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("payment_terms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_days", sa.BigInteger(), nullable=True),
        sa.Column("ship_name", sa.String(length=160), nullable=True),
        sa.Column("ship_street", sa.String(length=200), nullable=True),
        sa.Column("ship_postcode", sa.String(length=20), nullable=True),
        sa.Column("ship_city", sa.String(length=80), nullable=True),
        sa.Column("ship_country", sa.String(length=2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("tax", base.Exact(4), nullable=False),
        sa.Column("rounding", base.Exact(4), nullable=False),
        sa.Column("total", base.Exact(4), nullable=False),
        sa.Column("withheld", base.Exact(4), nullable=False),
        sa.Column("payable", base.Exact(4), nullable=False),
        sa.Column("net_company", base.Exact(4), nullable=False),
        sa.Column("total_company", base.Exact(4), nullable=False),
        sa.Column("tax_lines", base.Json, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("lost_reason", sa.String(length=200), nullable=True),
        sa.Column("ordered", sa.String(length=40), nullable=False),
        sa.Column("invoiced", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_quote_account")),
        sa.ForeignKeyConstraint(["before"], ["quote.id"], name=op.f("fk_quote_before")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_quote_contact")),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_quote_owner")),
        sa.ForeignKeyConstraint(["payment_terms"], ["payment_terms.id"], name=op.f("fk_quote_payment_terms")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_quote_price_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_before"), ["before"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_contact"), ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_date"), ["date"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_invoiced"), ["invoiced"], unique=False)
        batch_op.create_index("ix_quote_new", ["created_at", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_ordered"), ["ordered"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_payment_terms"), ["payment_terms"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_price_list"), ["price_list"], unique=False)
        batch_op.create_index("ix_quote_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_valid_until"), ["valid_until"], unique=False)

    op.create_table(
        "supplier_code",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product", base.Id, nullable=False),
        sa.Column("supplier", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("price", base.Exact(6), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_supplier_code_product")),
        sa.ForeignKeyConstraint(["supplier"], ["account.id"], name=op.f("fk_supplier_code_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("supplier_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_code_product"), ["product"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_code_supplier"), ["supplier"], unique=False)

    op.create_table(
        "quote_line",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=80), nullable=True),
        sa.Column("product", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("price", base.Exact(6), nullable=True),
        sa.Column("discount", base.Exact(4), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("cost", base.Exact(6), nullable=True),
        sa.Column("why", base.Json, nullable=True),
        sa.Column("quote", base.Id, nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("recurrence", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_quote_line_product")),
        sa.ForeignKeyConstraint(["quote"], ["quote.id"], name=op.f("fk_quote_line_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("quote_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_line_product"), ["product"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_line_quote"), ["quote"], unique=False)

    op.create_table(
        "sales_order",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_name", sa.String(length=160), nullable=True),
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("rate", base.Exact(8), nullable=True),
        sa.Column("price_list", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("payment_terms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_days", sa.BigInteger(), nullable=True),
        sa.Column("ship_name", sa.String(length=160), nullable=True),
        sa.Column("ship_street", sa.String(length=200), nullable=True),
        sa.Column("ship_postcode", sa.String(length=20), nullable=True),
        sa.Column("ship_city", sa.String(length=80), nullable=True),
        sa.Column("ship_country", sa.String(length=2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("tax", base.Exact(4), nullable=False),
        sa.Column("rounding", base.Exact(4), nullable=False),
        sa.Column("total", base.Exact(4), nullable=False),
        sa.Column("withheld", base.Exact(4), nullable=False),
        sa.Column("payable", base.Exact(4), nullable=False),
        sa.Column("net_company", base.Exact(4), nullable=False),
        sa.Column("total_company", base.Exact(4), nullable=False),
        sa.Column("tax_lines", base.Json, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("quote", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wanted", sa.Date(), nullable=True),
        sa.Column("delivered", sa.String(length=40), nullable=False),
        sa.Column("invoiced", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_sales_order_account")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_sales_order_contact")),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_sales_order_owner")),
        sa.ForeignKeyConstraint(["payment_terms"], ["payment_terms.id"], name=op.f("fk_sales_order_payment_terms")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_sales_order_price_list")),
        sa.ForeignKeyConstraint(["quote"], ["quote.id"], name=op.f("fk_sales_order_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_order_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_contact"), ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_date"), ["date"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_delivered"), ["delivered"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_invoiced"), ["invoiced"], unique=False)
        batch_op.create_index("ix_sales_order_new", ["created_at", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_payment_terms"), ["payment_terms"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_price_list"), ["price_list"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_quote"), ["quote"], unique=False)
        batch_op.create_index("ix_sales_order_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_status"), ["status"], unique=False)

    op.create_table(
        "delivery_note",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_name", sa.String(length=160), nullable=True),
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("rate", base.Exact(8), nullable=True),
        sa.Column("price_list", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("payment_terms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_days", sa.BigInteger(), nullable=True),
        sa.Column("ship_name", sa.String(length=160), nullable=True),
        sa.Column("ship_street", sa.String(length=200), nullable=True),
        sa.Column("ship_postcode", sa.String(length=20), nullable=True),
        sa.Column("ship_city", sa.String(length=80), nullable=True),
        sa.Column("ship_country", sa.String(length=2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("tax", base.Exact(4), nullable=False),
        sa.Column("rounding", base.Exact(4), nullable=False),
        sa.Column("total", base.Exact(4), nullable=False),
        sa.Column("withheld", base.Exact(4), nullable=False),
        sa.Column("payable", base.Exact(4), nullable=False),
        sa.Column("net_company", base.Exact(4), nullable=False),
        sa.Column("total_company", base.Exact(4), nullable=False),
        sa.Column("tax_lines", base.Json, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("order", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("returns", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warehouse", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("valued", sa.Boolean(), nullable=False),
        sa.Column("signed_by", sa.String(length=120), nullable=True),
        sa.Column("signed_at", sa.String(length=200), nullable=True),
        sa.Column("invoiced", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_delivery_note_account")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_delivery_note_contact")),
        sa.ForeignKeyConstraint(["order"], ["sales_order.id"], name=op.f("fk_delivery_note_order")),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_delivery_note_owner")),
        sa.ForeignKeyConstraint(["payment_terms"], ["payment_terms.id"], name=op.f("fk_delivery_note_payment_terms")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_delivery_note_price_list")),
        sa.ForeignKeyConstraint(["returns"], ["delivery_note.id"], name=op.f("fk_delivery_note_returns")),
        sa.ForeignKeyConstraint(["warehouse"], ["warehouse.id"], name=op.f("fk_delivery_note_warehouse")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_note")),
        sa.UniqueConstraint("number", name=op.f("uq_delivery_note_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delivery_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_note_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_contact"), ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_date"), ["date"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_invoiced"), ["invoiced"], unique=False)
        batch_op.create_index("ix_delivery_note_new", ["created_at", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_order"), ["order"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_payment_terms"), ["payment_terms"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_price_list"), ["price_list"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_returns"), ["returns"], unique=False)
        batch_op.create_index("ix_delivery_note_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_note_warehouse"), ["warehouse"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=80), nullable=True),
        sa.Column("product", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("price", base.Exact(6), nullable=True),
        sa.Column("discount", base.Exact(4), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("cost", base.Exact(6), nullable=True),
        sa.Column("why", base.Json, nullable=True),
        sa.Column("sales_order", base.Id, nullable=False),
        sa.Column("quote_line", base.Id, nullable=True),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_order_line_product")),
        sa.ForeignKeyConstraint(["quote_line"], ["quote_line.id"], name=op.f("fk_order_line_quote_line")),
        sa.ForeignKeyConstraint(["sales_order"], ["sales_order.id"], name=op.f("fk_order_line_sales_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_product"), ["product"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_quote_line"), ["quote_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_sales_order"), ["sales_order"], unique=False)

    op.create_table(
        "delivery_line",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=80), nullable=True),
        sa.Column("product", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("price", base.Exact(6), nullable=True),
        sa.Column("discount", base.Exact(4), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("cost", base.Exact(6), nullable=True),
        sa.Column("why", base.Json, nullable=True),
        sa.Column("delivery_note", base.Id, nullable=False),
        sa.Column("quote_line", base.Id, nullable=True),
        sa.Column("order_line", base.Id, nullable=True),
        sa.Column("returned_line", base.Id, nullable=True),
        sa.ForeignKeyConstraint(["delivery_note"], ["delivery_note.id"], name=op.f("fk_delivery_line_delivery_note")),
        sa.ForeignKeyConstraint(["order_line"], ["order_line.id"], name=op.f("fk_delivery_line_order_line")),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_delivery_line_product")),
        sa.ForeignKeyConstraint(["quote_line"], ["quote_line.id"], name=op.f("fk_delivery_line_quote_line")),
        sa.ForeignKeyConstraint(["returned_line"], ["delivery_line.id"], name=op.f("fk_delivery_line_returned_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_line_delivery_note"), ["delivery_note"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_line_order_line"), ["order_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_line_product"), ["product"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_line_quote_line"), ["quote_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_line_returned_line"), ["returned_line"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_name", sa.String(length=160), nullable=True),
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("rate", base.Exact(8), nullable=True),
        sa.Column("price_list", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("payment_terms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_days", sa.BigInteger(), nullable=True),
        sa.Column("ship_name", sa.String(length=160), nullable=True),
        sa.Column("ship_street", sa.String(length=200), nullable=True),
        sa.Column("ship_postcode", sa.String(length=20), nullable=True),
        sa.Column("ship_city", sa.String(length=80), nullable=True),
        sa.Column("ship_country", sa.String(length=2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("tax", base.Exact(4), nullable=False),
        sa.Column("rounding", base.Exact(4), nullable=False),
        sa.Column("total", base.Exact(4), nullable=False),
        sa.Column("withheld", base.Exact(4), nullable=False),
        sa.Column("payable", base.Exact(4), nullable=False),
        sa.Column("net_company", base.Exact(4), nullable=False),
        sa.Column("total_company", base.Exact(4), nullable=False),
        sa.Column("tax_lines", base.Json, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("quote", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("delivery", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("paid", base.Exact(4), nullable=False),
        sa.Column("balance", base.Exact(4), nullable=False),
        sa.Column("instalments", base.Json, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_invoice_account")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_invoice_contact")),
        sa.ForeignKeyConstraint(["corrects"], ["invoice.id"], name=op.f("fk_invoice_corrects")),
        sa.ForeignKeyConstraint(["delivery"], ["delivery_note.id"], name=op.f("fk_invoice_delivery")),
        sa.ForeignKeyConstraint(["order"], ["sales_order.id"], name=op.f("fk_invoice_order")),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name=op.f("fk_invoice_owner")),
        sa.ForeignKeyConstraint(["payment_terms"], ["payment_terms.id"], name=op.f("fk_invoice_payment_terms")),
        sa.ForeignKeyConstraint(["price_list"], ["price_list.id"], name=op.f("fk_invoice_price_list")),
        sa.ForeignKeyConstraint(["quote"], ["quote.id"], name=op.f("fk_invoice_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_account"), ["account"], unique=False)
        batch_op.create_index("ix_invoice_account_date", ["account", "date"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_balance"), ["balance"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_contact"), ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_corrects"), ["corrects"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_date"), ["date"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_delivery"), ["delivery"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_kind"), ["kind"], unique=False)
        batch_op.create_index("ix_invoice_new", ["created_at", "owner"], unique=False)
        batch_op.create_index("ix_invoice_open", ["status", "balance", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_order"), ["order"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_payment_terms"), ["payment_terms"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_price_list"), ["price_list"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_quote"), ["quote"], unique=False)
        batch_op.create_index("ix_invoice_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_status"), ["status"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payment", base.Id, nullable=True),
        sa.Column("credit", base.Id, nullable=True),
        sa.Column("invoice", base.Id, nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("taken", base.Exact(4), nullable=False),
        sa.Column("difference", base.Exact(4), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("(payment IS NULL) <> (credit IS NULL)", name="ck_allocation_source"),
        sa.ForeignKeyConstraint(["credit"], ["invoice.id"], name=op.f("fk_allocation_credit")),
        sa.ForeignKeyConstraint(["invoice"], ["invoice.id"], name=op.f("fk_allocation_invoice")),
        sa.ForeignKeyConstraint(["payment"], ["payment.id"], name=op.f("fk_allocation_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_credit"), ["credit"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_invoice"), ["invoice"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_payment"), ["payment"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=80), nullable=True),
        sa.Column("product", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("price", base.Exact(6), nullable=True),
        sa.Column("discount", base.Exact(4), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=True),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("cost", base.Exact(6), nullable=True),
        sa.Column("why", base.Json, nullable=True),
        sa.Column("invoice", base.Id, nullable=False),
        sa.Column("quote_line", base.Id, nullable=True),
        sa.Column("order_line", base.Id, nullable=True),
        sa.Column("delivery_line", base.Id, nullable=True),
        sa.Column("credited_line", base.Id, nullable=True),
        sa.Column("deposit_line", base.Id, nullable=True),
        sa.ForeignKeyConstraint(["credited_line"], ["invoice_line.id"], name=op.f("fk_invoice_line_credited_line")),
        sa.ForeignKeyConstraint(["delivery_line"], ["delivery_line.id"], name=op.f("fk_invoice_line_delivery_line")),
        sa.ForeignKeyConstraint(["deposit_line"], ["invoice_line.id"], name=op.f("fk_invoice_line_deposit_line")),
        sa.ForeignKeyConstraint(["invoice"], ["invoice.id"], name=op.f("fk_invoice_line_invoice")),
        sa.ForeignKeyConstraint(["order_line"], ["order_line.id"], name=op.f("fk_invoice_line_order_line")),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_invoice_line_product")),
        sa.ForeignKeyConstraint(["quote_line"], ["quote_line.id"], name=op.f("fk_invoice_line_quote_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_line_credited_line"), ["credited_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_line_delivery_line"), ["delivery_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_line_deposit_line"), ["deposit_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_line_invoice"), ["invoice"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_line_order_line"), ["order_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_line_product"), ["product"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_line_quote_line"), ["quote_line"], unique=False)

    op.create_table(
        "stock_move",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("product", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_name", sa.String(length=160), nullable=True),
        sa.Column("warehouse", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=True),
        sa.Column("delivery_line", base.Id, nullable=True),
        sa.ForeignKeyConstraint(["delivery_line"], ["delivery_line.id"], name=op.f("fk_stock_move_delivery_line")),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_stock_move_product")),
        sa.ForeignKeyConstraint(["warehouse"], ["warehouse.id"], name=op.f("fk_stock_move_warehouse")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_move_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_move_delivery_line"), ["delivery_line"], unique=False)
        batch_op.create_index("ix_stock_move_level", ["product", "warehouse"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_move_product"), ["product"], unique=False)
        batch_op.create_index("ix_stock_move_sort", ["sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_move_warehouse"), ["warehouse"], unique=False)
    search_index(op, "category")
    search_index(op, "credit_policy")
    search_index(op, "currency")
    search_index(op, "exchange_rate")
    search_index(op, "payment_terms")
    search_index(op, "price_list")
    search_index(op, "role")
    search_index(op, "sector")
    search_index(op, "sequence")
    search_index(op, "tax_rate")
    search_index(op, "team")
    search_index(op, "warehouse")
    search_index(op, "product")
    search_index(op, "user")
    search_index(op, "zone")
    search_index(op, "account")
    search_index(op, "contact")
    search_index(op, "payment")
    search_index(op, "quote")
    search_index(op, "sales_order")
    search_index(op, "delivery_note")
    search_index(op, "invoice")
    search_index(op, "stock_move")
