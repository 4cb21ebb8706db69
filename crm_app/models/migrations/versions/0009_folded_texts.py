"""PostgreSQL compares and sorts texts as `fold` has them: without accents and case. (SQLite is told so by each connection.)"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MARKS = "[\u0300-\u036f]"
_FOLD = f"""CREATE FUNCTION crm_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        replace(lower(regexp_replace(normalize(value, NFKD), '{_MARKS}', '', 'g')), 'ß', 'ss'), '\\s+', ' ', 'g'))
$$"""


def upgrade() -> None:
    """Make the change."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FOLD)
        for table in ("account", "contact"):
            op.execute(f'CREATE INDEX "ix_{table}_city_search" ON "{table}" ((crm_fold(city) COLLATE "C"), id)')
