"""The database's own refusals as sentences: at the field where it can be told, else for the whole record."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from crm_app.core.errors import Invalid, Refusal
from crm_app.core.i18n import Message

from .database import unavailable

REFERRED = Message("Other records refer to this one, or it refers to one that is gone. Change those first.")


def plain(error: Exception) -> Refusal | None:
    """The refusal that an error of the database is; None for any other error."""
    if isinstance(error, IntegrityError):
        return _broken_rule(error)
    return unavailable(error)


@contextmanager
def told() -> Iterator[None]:
    """What the disk or the database refuses in this block comes out of it as the refusal that it is."""
    try:
        yield
    except Exception as error:
        refusal = plain(error)
        if refusal is None:
            raise
        raise refusal from error


def _broken_rule(error: IntegrityError) -> Invalid:
    """The database's own refusal as a sentence at the field, where the field can be told."""
    fault: Any = error.orig
    code = getattr(fault, "sqlstate", None) or getattr(fault, "sqlite_errorname", "")
    if code in ("23503", "SQLITE_CONSTRAINT_FOREIGNKEY"):
        return Invalid({"": REFERRED})
    if code in ("23502", "SQLITE_CONSTRAINT_NOTNULL"):
        return Invalid({_culprit(fault): Message("This is needed.")})
    if code in ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return Invalid({_culprit(fault): Message("Another record has this value already. It must be different.")})
    return Invalid({})


def _culprit(fault: Any) -> str:
    """The column that broke the rule, from names only: PostgreSQL's sentences may be in any language."""
    diagnosis = getattr(fault, "diag", None)
    if diagnosis is None:  # SQLite: "UNIQUE constraint failed: table.column, …"
        return str(fault).rpartition(":")[2].split(",")[0].strip().rpartition(".")[2]
    if diagnosis.column_name:
        return str(diagnosis.column_name)
    named = str(diagnosis.constraint_name or "").removeprefix(f"uq_{diagnosis.table_name}_")
    table = SQLModel.metadata.tables.get(diagnosis.table_name or "")
    columns = (
        [] if table is None else [c.name for c in table.columns if named == c.name or named.startswith(f"{c.name}_")]
    )
    return max(columns, key=len, default="")
