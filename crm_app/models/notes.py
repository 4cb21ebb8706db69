"""Notes: what people write on a record, among its changes."""

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import LongText, Reference
from crm_app.core.resource import RESOURCES

from .base import KEEP_IDS, Id, Record, column, resource


class Note(Record, table=True):
    """A text on a record; it stands in that record's history."""

    __tablename__ = "note"
    __table_args__ = (sa.Index("ix_note_record", "resource", "record"), KEEP_IDS)

    resource: str = Field(max_length=60)
    record: int = Field(sa_type=Id)
    text: str = column(LongText(5_000), "Note", required=True)
    author: int | None = column(Reference("users"), "Author", references="user.id", readonly=True)

    def root(self) -> tuple[str | None, int | None]:
        """The record that it is written on."""
        return RESOURCES.get(self.resource).table.__tablename__, self.record  # type: ignore[union-attr]


NOTES = resource(
    Note,
    "notes",
    one="Note",
    many="Notes",
    icon="sticky-note",
    label="text",
    group="Settings",
    nav=False,
    verbs=("create",),
    api=False,
)
