"""Work to be done later: a row written in the same transaction as its cause."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm_app.core import clock

from .base import Id, Json


class Job(SQLModel, table=True):
    """`state` is waiting, running, done, failed or cancelled. `args` holds ids only, `result` what it found, `error` why it failed:
    a sentence and its values, said in the language of whoever reads it (`core.i18n.kept`).

    `once` keeps two of a kind apart.
    """

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_state_due", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    name: str = Field(max_length=60)
    args: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    once: str | None = Field(default=None, max_length=120, unique=True)
    actor: int | None = Field(default=None, sa_type=Id)
    state: str = Field(default="waiting", max_length=12)
    due_at: datetime = Field(default_factory=clock.now)
    held_until: datetime | None = None
    attempts: int = 0
    done: int = 0
    total: int = 0
    error: dict[str, Any] | None = Field(default=None, sa_type=Json)
    result: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(default_factory=clock.now)
    finished_at: datetime | None = None


class Receipt(SQLModel, table=True):
    """The answer that an idempotency key got the first time; the same key gets it again."""

    __tablename__ = "receipt"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    proof: str = Field(max_length=64, unique=True)
    request: str = Field(max_length=64)
    answer: dict[str, Any] = Field(sa_type=Json)
    at: datetime = Field(default_factory=clock.now, index=True)
