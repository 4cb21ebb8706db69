"""Saved views: a list's question under a name."""

from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from .base import KEEP_IDS, Id, Record


class Shared(StrEnum):
    """Who sees a saved view beside its owner."""

    PERSONAL = "personal"
    TEAM = "team"
    EVERYBODY = "everybody"


USUAL = "usual"  # of the row that keeps which columns, and how wide, its owner wants to see in a list; no view, and shared with nobody
SHARED_LABELS = {"personal": "Only me", "team": "My team", "everybody": "Everybody"}


class SavedView(Record, table=True):
    """`query` is the query part of the list's address, columns and widths too, without the page."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.Index("ix_saved_view_resource", "resource", "position", "id"), KEEP_IDS)

    resource: str = Field(max_length=60)
    name: str = Field(max_length=60)
    query: str = Field(default="", sa_type=sa.Text())
    shared: str = Field(default=Shared.PERSONAL.value, max_length=12)
    owner: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE", sa_type=Id)
    position: int = Field(default=0)
