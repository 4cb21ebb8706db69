"""Files that hang on records. The bytes lie in the file store under their hash."""

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.resource import RESOURCES

from .base import KEEP_IDS, Id, Record


class Attachment(Record, table=True):
    """A named file on a record; who may read the record may read it."""

    __tablename__ = "attachment"
    __table_args__ = (sa.Index("ix_attachment_record", "resource", "record"), KEEP_IDS)

    resource: str = Field(max_length=60)
    record: int = Field(sa_type=Id)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=120)
    size: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64, index=True)
    author: int | None = Field(default=None, foreign_key="user.id", sa_type=Id)

    def root(self) -> tuple[str | None, int | None]:
        """The record that it hangs on: that it came or went is told in its history."""
        found = RESOURCES.get(self.resource)
        return (found.table.__tablename__, self.record) if found else (None, None)
