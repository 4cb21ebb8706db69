"""Who changed what, when, from what to what: the source of the history tab, undo, restore and "as of"."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm_app.core import clock

from .base import Id, Json


class ChangeSet(SQLModel, table=True):
    """One thing somebody did, in one transaction. `verb` is the permission it ran under ("accounts.change").

    What touches thousands of records is done in several transactions: their ChangeSets share a `batch` and are undone together.
    """

    __tablename__ = "change_set"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    at: datetime = Field(default_factory=clock.now, index=True)
    actor: int | None = Field(default=None, sa_type=Id)
    verb: str = Field(max_length=80)
    label: str = Field(default="", max_length=300)
    undoes: int | None = Field(default=None, foreign_key="change_set.id", index=True, sa_type=Id)
    batch: str | None = Field(default=None, max_length=40, index=True)


_INSIDE = sa.text("root IS NOT NULL")


class Change(SQLModel, table=True):
    """One row's part in a ChangeSet: the columns that changed. An insert has no `before`, a removal no `after`.

    A line's change also names the record around it (`root_entity`, `root`), in whose timeline it stands.
    `version` is the one that the record (for a line, the record around it) has since.
    """

    __tablename__ = "change"
    __table_args__ = (
        sa.Index("ix_change_record", "entity", "record", "id"),
        sa.Index("ix_change_root", "root_entity", "root", "id", sqlite_where=_INSIDE, postgresql_where=_INSIDE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    change_set: int = Field(foreign_key="change_set.id", index=True, sa_type=Id)
    entity: str = Field(max_length=60)
    record: int = Field(sa_type=Id)
    root_entity: str | None = Field(default=None, max_length=60)
    root: int | None = Field(default=None, sa_type=Id)
    version: int = Field(default=1)
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
