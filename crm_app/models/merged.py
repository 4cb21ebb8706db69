"""Records that became a part of another one: whoever asks for one of them is led there."""

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.resource import RESOURCES

from .base import KEEP_IDS, Id, Record


class Merged(Record, table=True):
    """The record with the id `gone` was merged into `into`, which may have been merged into another one since. `name` is what
    it was called.
    """

    __tablename__ = "merged_record"
    __table_args__ = (sa.UniqueConstraint("resource", "gone"), KEEP_IDS)

    resource: str = Field(max_length=60)
    gone: int = Field(sa_type=Id)
    into: int = Field(sa_type=Id)
    name: str = Field(max_length=200)

    def root(self) -> tuple[str | None, int | None]:
        """It is told in the history of the record that is left."""
        found = RESOURCES.get(self.resource)
        return (found.table.__tablename__, self.into) if found else (None, None)
