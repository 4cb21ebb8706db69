"""Work for later: a row written in the same transaction as its cause, run by whoever is free, tried again when it fails.

A job must be safe to run twice: a worker that was killed leaves its job to the next one, as soon as nobody has held it for a
minute (a worker that lives holds on to what it runs). It opens its own Works, and calls
`task.progress` only between them; what has to stand in what the job tells as soon as it stands is kept by `task.keep`.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, Refusal, Unavailable
from crm_app.core.i18n import Message, Speech, kept, said_later
from crm_app.core.query import Query
from crm_app.core.settings import settings
from crm_app.models.jobs import Job

from .actors import SYSTEM, Actor
from .work import Work, column_of

MAX_ATTEMPTS = 5
MOST_WAITING = 20  # jobs of one person that are not done yet
HOLD = timedelta(minutes=1)
BEAT_SECONDS = 10.0
POLL_SECONDS = 1.0
REACHED = "reached"  # in a result: where the next attempt goes on; one that is asked for by hand begins anew
_FIRST_WAIT = timedelta(seconds=10)
_log = logging.getLogger(__name__)
_wake = threading.Event()

Function = Callable[..., None]
Title = Callable[[Mapping[str, Any]], Message]
Told = Callable[[Mapping[str, Any], Mapping[str, Any], Speech], str]
STATES = ("waiting", "running", "done", "failed", "cancelled")
_JOBS: dict[str, Function] = {}
_TITLES: dict[str, Title] = {}
_TOLD: dict[str, Told] = {}


class Cancelled(Exception):
    """Somebody cancelled the job while it ran, or another worker has taken it over: stop here."""


@dataclass(frozen=True)
class Task:
    """A job that is being run: `attempt` counts from 1."""

    id: int
    name: str
    args: dict[str, Any]
    actor: int | None
    attempt: int
    found: dict[str, Any] = field(default_factory=dict)  # what an earlier attempt has reported

    def progress(self, done: int, total: int) -> None:
        """Say how far it is and keep hold of it. Raises Cancelled when it is no longer this worker's to run."""
        with Work(SYSTEM, "jobs.run") as work:
            held = _mine(self).values(done=done, total=total, held_until=clock.now() + HOLD)
            if work.session.execute(held).rowcount == 0:  # type: ignore[attr-defined]
                raise Cancelled

    def keep(self, work: Work, done: int, total: int, result: dict[str, Any]) -> None:
        """Say in the caller's transaction how far that brings it. Raises Cancelled, which has to undo the transaction."""
        told = _mine(self).values(done=done, total=total, result=result, held_until=clock.now() + HOLD)
        if work.session.execute(told).rowcount == 0:  # type: ignore[attr-defined]
            raise Cancelled

    def report(self, result: dict[str, Any]) -> None:
        """Keep what it found, for whoever asked. Raises Cancelled as `progress` does."""
        with Work(SYSTEM, "jobs.run") as work:
            if work.session.execute(_mine(self).values(result=result)).rowcount == 0:  # type: ignore[attr-defined]
                raise Cancelled


def job(name: str, title: Title, told: Told | None = None) -> Callable[[Function], Function]:
    """Register the function below: it is called with the Task and the job's args by name.

    `title` tells people from the args what it does, `told` from args and result what came of it.
    """

    def register(function: Function) -> Function:
        if name in _JOBS:
            raise ValueError(f"two jobs are called {name}")
        _JOBS[name], _TITLES[name] = function, title
        if told is not None:
            _TOLD[name] = told
        return function

    return register


def enqueue(
    work: Work,
    name: str,
    args: dict[str, Any] | None = None,
    *,
    once: str | None = None,
    due_at: datetime | None = None,
) -> int | None:
    """A job, there as soon as the caller's transaction is. `args` holds ids only, never records. Raises Invalid where a person has too
    many that are not done yet: those of all others would stand behind them.

    With `once`, nothing happens (and None is returned) while a job with the same word waits.
    """
    if name not in _JOBS:
        raise ValueError(f"no job is called {name}")
    _refuse_flood(work)
    values = {"name": name, "args": args or {}, "once": once, "actor": work.actor.user, "due_at": due_at or clock.now()}
    insert = sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = insert(Job).values(**values).on_conflict_do_nothing(index_elements=["once"]).returning(column_of(Job, "id"))
    work.after_commit(_wake.set)
    key: int | None = work.session.scalar(made)
    return key


def _refuse_flood(work: Work) -> None:
    if work.actor.user is None:
        return
    mine = column_of(Job, "actor") == work.actor.user, column_of(Job, "state").in_(("waiting", "running"))
    if (work.session.scalar(sa.select(sa.func.count()).select_from(Job).where(*mine)) or 0) >= MOST_WAITING:
        text = Message(
            "{count} of your jobs are not done yet. Let some of them finish, or cancel them.", count=MOST_WAITING
        )
        raise Invalid({"": text})


def _mine(task: Task) -> Any:
    """The update that reaches the job only while this attempt still holds it."""
    return sa.update(Job).where(
        column_of(Job, "id") == task.id,
        column_of(Job, "state") == "running",
        column_of(Job, "attempts") == task.attempt,
    )


def _due() -> Any:
    now = clock.now()
    state = column_of(Job, "state")
    waiting = sa.and_(state == "waiting", column_of(Job, "due_at") <= now)
    dropped = sa.and_(state == "running", column_of(Job, "held_until") < now)
    return (
        sa.select(Job).where(sa.or_(waiting, dropped)).order_by(column_of(Job, "due_at"), column_of(Job, "id")).limit(1)
    )


def _claim() -> Task | None:
    """Take the job that is due longest. A look without the write lock comes first: most of the time there is none."""
    with Work(SYSTEM) as work:
        if work.session.scalar(_due()) is None:
            return None
    with Work(SYSTEM, "jobs.run") as work:
        found: Job | None = work.session.scalar(_due().with_for_update(skip_locked=True))
        if found is None:
            return None
        if found.attempts >= MAX_ATTEMPTS:
            _close(found, "failed", Message("It was interrupted again and again and has been given up."))
            return None
        found.state, found.once, found.attempts = "running", None, found.attempts + 1
        found.held_until = clock.now() + HOLD
        return Task(found.id or 0, found.name, dict(found.args), found.actor, found.attempts, found.result or {})


def let_go() -> int:
    """Jobs that run are due for whoever is free; how many. For a server that starts: the one before may have been killed.

    One that still runs them goes on where nobody takes them, and else stops where it next says how far it is. On PostgreSQL
    nothing is let go: servers on other machines may be at work, and what was left is due when it has not been held for a while.
    """
    if not settings().database_url.startswith("sqlite"):
        return 0
    running = sa.update(Job).where(column_of(Job, "state") == "running")
    with Work(SYSTEM, "jobs.run") as work:
        return work.session.execute(running.values(held_until=clock.ago(seconds=1))).rowcount  # type: ignore[attr-defined, no-any-return]


def _close(found: Job, state: str, error: Message | None) -> None:
    found.state, found.error, found.once = state, kept(error) if error else None, None
    found.held_until, found.finished_at = None, clock.now()


def run_once() -> bool:
    """Run the job that is due longest, if there is one; True when there was."""
    task = _claim()
    if task is None:
        return False
    try:
        function = _JOBS.get(task.name)
        if function is None:
            _finish(task, "failed", Message("This version of the program does not know this kind of job."))
            return True
        with _holding(task):
            function(task, **task.args)
    except Cancelled:
        return True
    except Unavailable as refusal:
        _again(task, refusal.message)
    except Refusal as refusal:
        _finish(task, "failed", refusal.message)
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is the same
        _log.exception("Job %s (%s) failed at attempt %s", task.id, task.name, task.attempt)
        _again(task, Message("Something went wrong. The log of the server says what."))
    else:
        _finish(task, "done", None)
    return True


@contextmanager
def _holding(task: Task) -> Iterator[None]:
    """Keep hold of the job for as long as this process runs it, however seldom it says how far it is."""
    over = threading.Event()

    def hold_on() -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                with Work(SYSTEM, "jobs.run") as work:
                    work.session.execute(_mine(task).values(held_until=clock.now() + HOLD))
            except Exception:  # noqa: BLE001 - the database is away: the next beat tries again
                _log.warning("Job %s could not be held just now", task.id)

    threading.Thread(target=hold_on, name=f"job {task.id}", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _finish(task: Task, state: str, error: Message | None) -> None:
    said = kept(error) if error else None
    with Work(SYSTEM, "jobs.run") as work:
        work.session.execute(_mine(task).values(state=state, error=said, held_until=None, finished_at=clock.now()))


def _again(task: Task, error: Message) -> None:
    """Let it wait four times as long as the last time; after the fifth attempt it has failed."""
    if task.attempt >= MAX_ATTEMPTS:
        _finish(task, "failed", error)
        return
    due = clock.now() + _FIRST_WAIT * 4 ** (task.attempt - 1)
    with Work(SYSTEM, "jobs.run") as work:
        work.session.execute(_mine(task).values(state="waiting", error=kept(error), held_until=None, due_at=due))


def run_forever(stop: threading.Event, *, alone: bool = False, first: Callable[[], object] = lambda: None) -> None:
    """Run what is due until `stop` is set, after `first`; a job that was begun is finished. Meant for a thread of its own.

    With `alone` no other worker of this server runs jobs: what is found running was left by one that died, and goes on at once.
    """
    prepared = False
    while not stop.is_set():
        try:
            if not prepared:
                if alone:
                    let_go()
                first()
                prepared = True
            busy = run_once()
        except Exception:  # noqa: BLE001 - whatever is wrong, the answer is the same
            _log.exception("The job runner stumbled and goes on")
            busy = False
        if not busy:
            _wake.wait(POLL_SECONDS)
            _wake.clear()


# ---- what people see and do


def page(work: Work, query: Query) -> tuple[list[Job], int]:
    """Jobs, newest first, and how many there are: the actor's own, or with the permission all. Raises Invalid.

    The query may ask for states by `filter[state]` and `filter[state][in]`, and for a page.
    """
    conditions = [*_shown(work), *_standing(query)]
    total = work.session.scalar(sa.select(sa.func.count()).select_from(Job).where(*conditions)) or 0
    statement = sa.select(Job).where(*conditions).order_by(column_of(Job, "id").desc())
    return list(work.session.scalars(statement.limit(query.size).offset((query.page - 1) * query.size))), total


def counts(work: Work) -> dict[str, int]:
    """How many of the jobs that the actor sees are in each state that any is in."""
    state = column_of(Job, "state")
    rows = sa.select(state, sa.func.count()).where(*_shown(work)).group_by(state)
    found: list[tuple[str, int]] = [(row[0], row[1]) for row in work.session.execute(rows)]
    return dict(found)


def going(work: Work) -> bool:
    """Whether one of the jobs that the actor sees runs, or begins within a minute."""
    state, due = column_of(Job, "state"), column_of(Job, "due_at")
    soon = sa.and_(state == "waiting", due <= clock.now() + timedelta(minutes=1))
    return work.session.scalar(sa.select(sa.exists().where(*_shown(work), sa.or_(state == "running", soon)))) or False


def one(work: Work, key: int, verb: str = "read") -> Job:
    """That job; locked when it is to be changed. Whoever asked for it may see and cancel it. Raises NotAllowed, Missing."""
    if verb == "retry":
        work.require("jobs.retry")
    statement = sa.select(Job).where(column_of(Job, "id") == key)
    found = work.session.scalar(statement if verb == "read" else statement.with_for_update())
    if found is None or not (work.actor.may(f"jobs.{verb}") or own(work.actor, found)):
        raise Missing("job", key)
    return found


def own(actor: Actor, found: Job) -> bool:
    """True where the actor asked for it; through a token with limits, where it runs within the same."""
    return found.actor == actor.user and (not actor.limits or found.args.get("limits") == list(actor.limits))


def _shown(work: Work) -> list[sa.ColumnElement[bool]]:
    """All jobs with the permission, else the actor's own; none of them is listed to a token with limits. Raises NotAllowed."""
    if work.actor.limits:
        work.require("jobs.read")
    return [] if work.actor.may("jobs.read") else [column_of(Job, "actor") == work.actor.user]


def _standing(query: Query) -> list[sa.ColumnElement[bool]]:
    """The states that are asked for. Raises Invalid for all that jobs cannot be narrowed or sorted by."""
    if query.text or query.sort:
        raise Invalid({"q" if query.text else "sort": Message("Jobs are listed newest first, by their state only.")})
    conditions = []
    for part in query.filters:
        states = part.value.split(",") if part.operator == "in" else [part.value]
        if part.field != "state" or part.operator not in ("eq", "in") or not set(states) <= set(STATES):
            name = f"filter[{part.field}]"
            raise Invalid({name: Message("Use only: {options}.", options=", ".join(STATES))})
        conditions.append(column_of(Job, "state").in_(states))
    return conditions


def title(found: Job, speech: Speech) -> str:
    """What the job does, in the reader's language; its bare name where this version does not know it."""
    known = _TITLES.get(found.name)
    return speech.say(known(found.args)) if known else found.name


def told(found: Job, speech: Speech) -> str:
    """What came of it so far, in the reader's language, or when it begins; "" where there is nothing to tell."""
    if found.state == "waiting" and found.due_at > clock.now():
        return speech.say(Message("Begins on {moment}.", moment=speech.moment(found.due_at)))
    known = _TOLD.get(found.name)
    return known(found.args, found.result, speech) if known and found.result else ""


def reason(found: Job, speech: Speech) -> str:
    """Why the job failed, in the reader's language; "" where it has not."""
    return speech.say(said_later(found.error)) if found.error else ""


def cancel(work: Work, key: int) -> Job:
    """A waiting job will not run; a running one stops where it next says how far it is. A finished one stays as it is."""
    found = one(work, key, "cancel")
    if found.state in ("waiting", "running"):
        _close(found, "cancelled", None)
    return found


def retry(work: Work, key: int) -> Job:
    """A failed or cancelled job is due again at once, with all its attempts. Others stay as they are."""
    found = one(work, key, "retry")
    if found.state in ("failed", "cancelled"):
        found.state, found.error, found.attempts, found.finished_at = "waiting", None, 0, None
        found.due_at, found.done = clock.now(), 0
        found.result = (
            {name: value for name, value in found.result.items() if name != REACHED} if found.result else None
        )
        work.after_commit(_wake.set)
    return found
