"""The schema's history. Only here and in `services/search.py` stands SQL that one database understands."""

import json
from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from crm_app.models import base


def metadata() -> sa.MetaData:
    """Every table of the product."""
    from crm_app.models import registry

    assert registry.MODULES  # noqa: S101 - imported for what it registers
    return SQLModel.metadata


def ours(thing: Any, name: str | None, kind: str, reflected: bool, _compare_to: Any) -> bool:
    """Alembic's include_object: leaves out views, the shadow tables of SQLite's full text search and PostgreSQL's search index."""
    if kind == "table" and not reflected and thing.info.get("view"):
        return False
    if kind == "table" and reflected and name is not None:
        return "_search" not in name
    return not (kind == "index" and name is not None and name.endswith("_search"))


def written(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Alembic's render_item: how our column types are spelt in a migration; False leaves it to Alembic."""
    if kind != "type":
        return False
    if isinstance(thing, base.Exact):
        return f"base.Exact({thing.places})"
    if isinstance(thing, base.ChoiceSet):
        return "sa.Integer()"
    if isinstance(thing, base.TagSet):
        return f"sa.String({thing.size})"
    if isinstance(thing, UTCDateTime):
        return "UTCDateTime()"
    if isinstance(thing, sa.JSON):
        return "base.Json"
    if isinstance(thing, AutoString):
        return f"sa.String(length={thing.length})"
    return "base.Id" if thing is base.Id else False


def narrow_index(op: Any, table: str, *more: str) -> None:
    """SQLite's narrow index by id: what is found is put in order from it, and tested by the columns in `more`, without
    reading the wide rows. One that is there already is replaced.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f'DROP INDEX IF EXISTS "ix_{table}_search"')
        op.execute(f'CREATE INDEX "ix_{table}_search" ON "{table}" ({", ".join(("id", "sort_key", *more))})')


def search_index(op: Any, table: str) -> None:
    """Make the table's search column searchable; `op` is alembic.op.

    SQLite: a trigram table with its triggers, and the narrow index. PostgreSQL: a pg_trgm index, which has dots and @ as letters
    (why is said in `services/search.py`).
    """
    if op.get_bind().dialect.name == "sqlite":
        index = f"{table}_search"
        put = f'INSERT INTO "{index}"(rowid, search) VALUES (new.id, new.search);'
        take = f"""INSERT INTO "{index}"("{index}", rowid, search) VALUES ('delete', old.id, old.search);"""
        op.execute(
            f"""CREATE VIRTUAL TABLE "{index}" USING fts5(search, content='{table}', content_rowid='id', tokenize='trigram')"""
        )
        op.execute(f'CREATE TRIGGER "{index}_insert" AFTER INSERT ON "{table}" BEGIN {put} END')
        op.execute(f'CREATE TRIGGER "{index}_delete" AFTER DELETE ON "{table}" BEGIN {take} END')
        op.execute(f'CREATE TRIGGER "{index}_update" AFTER UPDATE OF search ON "{table}" BEGIN {take} {put} END')
        op.execute(f"""INSERT INTO "{index}"("{index}") VALUES ('rebuild')""")
        narrow_index(op, table)
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        letters = "replace(replace(search, '.', 'A'), '@', 'B')"
        op.execute(f'CREATE INDEX "ix_{table}_search" ON "{table}" USING gin ({letters} gin_trgm_ops)')


_PART = (
    "l.id, l.version, d.created_at, d.updated_at, l.product, l.description, l.unit, l.price, l.discount, "
    "d.account, d.date, d.owner, d.currency"
)
_SOLD = (
    "CASE d.kind WHEN 'credit_note' THEN -l.quantity ELSE l.quantity END AS quantity, "
    "CASE d.kind WHEN 'credit_note' THEN -l.net ELSE l.net END AS net, d.kind"
)
# the conditions on the state are such that no index answers: that of the account, the product or the date shall
_HISTORIES = {
    "quoted_line": ("quote_line", "quote", "quote", "l.quantity, l.net, d.status", "d.status <> 'draft'"),
    "ordered_line": (
        "order_line",
        "sales_order",
        "order",
        "l.quantity, l.net, d.status",
        "d.status NOT IN ('draft', 'cancelled')",
    ),
    "sold_line": ("invoice_line", "invoice", "invoice", _SOLD, "d.status NOT IN ('draft', 'cancelled')"),
}


# what of a quote its net does not hold, and quotes that a newer version stands for
_ASIDE = ", (d.superseded OR l.choice <> 'firm') AS aside"
# an invoice that nobody shares counts for its owner as a whole; the two kinds of rows are numbered apart
_SOLD_SHARE = (
    "SELECT coalesce(s.id * 2, d.id * 2 + 1) AS id, d.version, d.created_at, d.updated_at, d.id AS invoice, d.account, d.date, "
    "d.currency, d.kind, coalesce(s.person, d.owner) AS owner, "
    "CASE d.kind WHEN 'credit_note' THEN -coalesce(s.amount, d.net) ELSE coalesce(s.amount, d.net) END AS net, "
    "CASE d.kind WHEN 'credit_note' THEN -d.net ELSE d.net END AS whole "
    "FROM invoice d LEFT JOIN invoice_share s ON s.invoice = d.id WHERE d.status NOT IN ('draft', 'cancelled')"
)


def history_views(op: Any, *, make: bool = True, superseded: bool = True) -> None:
    """Make the views of the lines and shares of documents (models/histories.py), or with `make` False take those away that there are.

    A migration that rebuilds a table of theirs takes them away before and makes them after: SQLite renames no table under a
    view. `superseded` is False before quotes tell that of themselves.
    """
    for name, (line, head, document, more, condition) in _HISTORIES.items():
        if not make:
            op.execute(f'DROP VIEW IF EXISTS "{name}"')
            continue
        aside = _ASIDE if name == "quoted_line" and superseded else ""
        op.execute(
            f'CREATE VIEW "{name}" AS SELECT {_PART}, d.id AS "{document}", {more}{aside} '
            f'FROM "{line}" l JOIN "{head}" d ON d.id = l."{head}" WHERE {condition}'
        )
    op.execute(f'CREATE VIEW "sold_share" AS {_SOLD_SHARE}' if make else 'DROP VIEW IF EXISTS "sold_share"')


def grant(op: Any, more: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Give each role what `more` makes of what it holds: permission to scope."""
    role = sa.table("role", sa.column("id", sa.Integer), sa.column("grants", sa.JSON))
    for key, grants in op.get_bind().execute(sa.select(role.c.id, role.c.grants)).all():
        held = json.loads(grants) if isinstance(grants, str) else dict(grants)
        added = more(held)
        if added:
            op.execute(role.update().where(role.c.id == key).values(grants=held | added))
