"""Is all well? For `/readyz`, quickly, and for `crm check`, thoroughly."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Refusal
from crm_app.core.resource import RESOURCES
from crm_app.core.settings import LEAST_KEY, Misconfigured, settings

from . import files, schema, search, trade_checks
from .actors import SYSTEM
from .work import Work, column_of

LEAST_FREE = 50_000_000
SAMPLE = 1_000
_READY_SECONDS = 1.0
_last: tuple[float, bool] = (0.0, False)


@dataclass(frozen=True)
class Finding:
    """One check. `well` false is a difference that somebody has to look at."""

    name: str
    well: bool
    detail: str


def ready() -> bool:
    """The database answers, its schema is ours, the disk has room. Asked anew at most once a second."""
    global _last  # noqa: PLW0603 - strangers may ask as often as they like
    if time.monotonic() - _last[0] > _READY_SECONDS:
        _last = (time.monotonic(), _ready())
    return _last[1]


def _ready() -> bool:
    try:
        with Work(SYSTEM) as work:
            work.session.scalar(sa.select(1))
        well = schema.pending(settings().database_url) == 0 and free_bytes() > LEAST_FREE
        return well and not without_redis()
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is the same
        return False


def without_redis() -> str:
    """Why the Redis that the operator named cannot be used; "" where it answers, or none is named."""
    if not settings().redis_url:
        return ""
    import redis

    try:
        with redis.Redis.from_url(settings().redis_url, socket_connect_timeout=5, socket_timeout=5) as asked:
            asked.ping()
    except (redis.RedisError, ValueError) as error:
        return f"Redis (CRM_REDIS_URL) does not answer: {error}"
    return ""


def free_bytes() -> int:
    """Room on the disk of the data folder."""
    folder = settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def integrity() -> Iterator[Finding]:
    """Every check in turn. After one that finds no usable database the rest is left out."""
    steps: tuple[Callable[[], Finding], ...] = (_opens, _migrated)
    for step in steps:
        finding = step()
        yield finding
        if not finding.well:
            return
    with Work(SYSTEM) as work:
        if work.session.get_bind().dialect.name == "sqlite":
            yield from _sqlite(work)
        for resource in RESOURCES:
            if "search" in resource.table.__table__.columns:
                yield _searchable(work, resource)
        for name, wrong in trade_checks.disagreements(work):
            yield Finding(name, not wrong, wrong or "agree")
        gone = files.missing(work)
        yield Finding("files there", not gone, f"{len(gone)} missing" if gone else "all there")
        left = files.orphans(work, files.KEEP_DAYS + 2)
        yield Finding("files in use", not left, f"{len(left)} that nothing refers to" if left else "none left over")
    if settings().redis_url:
        yield Finding("redis", not (why := without_redis()), why or "answers")
    free = free_bytes()
    if len(settings().secret_key) < LEAST_KEY:
        yield Finding(
            "secret key", True, f"works, but {LEAST_KEY} characters or more of CRM_SECRET_KEY keep secrets better"
        )
    yield Finding("disk", free > LEAST_FREE, f"{free // 1_000_000} MB free")


def _opens() -> Finding:
    try:
        with Work(SYSTEM) as work:
            work.session.scalar(sa.select(1))
    except Misconfigured as error:
        return Finding("database", False, str(error))
    except Exception as error:  # noqa: BLE001 - the sentence is what is wanted
        why = error.message.text if isinstance(error, Refusal) else type(error).__name__
        return Finding("database", False, f"does not open: {why}")
    return Finding("database", True, sa.engine.make_url(settings().database_url).get_backend_name())


def _migrated() -> Finding:
    try:
        missing = schema.pending(settings().database_url)
    except schema.SchemaTooNew as error:
        return Finding("migrations", False, str(error))
    return Finding("migrations", missing == 0, f"{missing} to be made" if missing else "up to date")


def _sqlite(work: Work) -> Iterator[Finding]:
    connection = work.session.connection()
    faults = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
    yield Finding("pages of the file", faults == ["ok"], "; ".join(faults))
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10)
    yield Finding(
        "references", not broken, f"broken in {', '.join(sorted({row[0] for row in broken}))}" if broken else "ok"
    )


def _searchable(work: Work, resource: Any) -> Finding:
    """The search text of a sample, from both ends, is what it would be if it were made now; and the index holds it."""
    number = column_of(resource.table, "id")
    ends = [sa.select(number).order_by(order).limit(SAMPLE // 2) for order in (number.asc(), number.desc())]
    keys = {key for end in ends for key in work.session.scalars(end)}
    wrong = 0
    for row in work.session.scalars(sa.select(resource.table).where(number.in_(keys))):
        kept = row.search, row.sort_key
        row.index_text(resource)
        wrong += (row.search, row.sort_key) != kept
    work.session.expunge_all()  # looked at, not changed
    off = search.out_of_step(work, resource.table)
    well = not wrong and not off
    return Finding(
        f"search in {resource.name}", well, "in step" if well else off or f"{wrong} of {len(keys)} rows differ"
    )
