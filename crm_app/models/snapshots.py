"""What a document said when it was issued: every file of it is drawn from this, for ever."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm_app.core import clock

from .base import Id, Json


class DocumentSnapshot(SQLModel, table=True):
    """One per issued document. `pdf` is the content hash of its paper once it has been drawn, `logo` that of the logo on it.

    `signature` is what a receiver has signed it with (see documents/snapshot), `signed_pdf` the hash of the paper that bears it.
    """

    __tablename__ = "document_snapshot"
    __table_args__ = (sa.UniqueConstraint("entity", "record"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    entity: str = Field(max_length=60)
    record: int = Field(sa_type=Id)
    content: dict[str, Any] = Field(sa_type=Json)
    made_at: datetime = Field(default_factory=clock.now)
    pdf: str | None = Field(default=None, max_length=64)
    logo: str | None = Field(default=None, max_length=64, index=True)
    signature: dict[str, Any] | None = Field(default=None, sa_type=Json)
    signed_pdf: str | None = Field(default=None, max_length=64)
