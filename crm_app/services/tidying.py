"""The daily tidying: what has run out goes."""

from datetime import timedelta

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.i18n import Message
from crm_app.models.jobs import Job
from crm_app.models.users import Attempt, OneTimeLink, Session

from . import actions, files, jobs
from .actors import SYSTEM
from .work import Work, column_of


def ensure_daily() -> None:
    """Let the tidying be due at the next three in the morning (UTC), once."""
    now = clock.now()
    three = now.replace(hour=3, minute=0, second=0, microsecond=0)
    with Work(SYSTEM, "jobs.run") as work:
        jobs.enqueue(work, "tidy", once="tidy", due_at=three if three > now else three + timedelta(days=1))


@jobs.job("tidy", lambda _args: Message("Daily tidying"))
def tidy(_task: jobs.Task) -> None:
    """Drop what has run out: sessions, attempts, one-time links, receipts, old jobs, files that nothing refers to."""
    ensure_daily()
    now = clock.now()
    with Work(SYSTEM, "jobs.run") as work:
        for gone in (
            sa.delete(Session).where(column_of(Session, "expires_at") < now),
            sa.delete(Attempt).where(column_of(Attempt, "at") < clock.ago(days=1)),
            sa.delete(OneTimeLink).where(
                sa.or_(column_of(OneTimeLink, "expires_at") < now, column_of(OneTimeLink, "used_at").is_not(None))
            ),
            sa.delete(Job).where(column_of(Job, "finished_at") < clock.ago(days=30)),
        ):
            work.session.execute(gone)
    actions.forget_receipts(SYSTEM)
    files.drop_orphans()
