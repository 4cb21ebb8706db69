"""Against guessing: a try is counted before it is looked at, so that many at once get no further than one after another.

A person is counted by e-mail and address together; an address by itself; and, with far more patience, an e-mail wherever the
tries come from. A device that signed in as that e-mail before shows a signed mark and is counted by itself: whatever others
try, it is not shut out.
"""

import ipaddress
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import TooMany
from crm_app.models.users import Attempt

from .actors import SYSTEM
from .secrets import proof_of, signature
from .work import Work, column_of

# tries, and the time in which they count
LIMITS: Mapping[str, tuple[int, timedelta]] = {
    "person": (5, timedelta(minutes=15)),
    "device": (5, timedelta(minutes=15)),
    "address": (40, timedelta(minutes=15)),
    "email": (50, timedelta(hours=1)),
}
_MARKS = 8  # people who share a device
_COOKIE = re.compile(r"[\w-]{22}(\.[\w-]{22}){0,8}", re.ASCII)


@dataclass(frozen=True)
class Try:
    """A try that has been counted. `right` takes it back."""

    ids: tuple[int, ...]


def begin(subjects: Mapping[str, str]) -> Try:
    """Count one try against each subject: kind of limit to what it counts. Raises TooMany, and counts nothing then."""
    proofs = {kind: proof_of(f"{kind} {subject}") for kind, subject in subjects.items()}
    with Work(SYSTEM, "users.attempt") as work:
        _wait_in_line(work, proofs)
        _refuse_too_many(work, proofs)
        made = [Attempt(subject=proof) for proof in proofs.values()]
        work.session.add_all(made)
    return Try(tuple(row.id or 0 for row in made))


def right(tried: Try) -> None:
    """The try was no guess: it does not count."""
    with Work(SYSTEM, "users.attempt") as work:
        work.session.execute(sa.delete(Attempt).where(column_of(Attempt, "id").in_(tried.ids)))


def refuse_flood(subjects: Mapping[str, str]) -> None:
    """Only look whether it has been tried too often. Raises TooMany."""
    with Work(SYSTEM) as work:
        _refuse_too_many(work, {kind: proof_of(f"{kind} {subject}") for kind, subject in subjects.items()})


def _wait_in_line(work: Work, proofs: Mapping[str, str]) -> None:
    """PostgreSQL: who counts against the same subject waits here, so that none is missed. (SQLite has one writer.)"""
    if work.session.get_bind().dialect.name == "postgresql":
        for proof in sorted(proofs.values()):
            work.session.scalar(sa.select(sa.func.pg_advisory_xact_lock(int(proof[:15], 16))))


def _refuse_too_many(work: Work, proofs: Mapping[str, str]) -> None:
    for kind, proof in proofs.items():
        most, window = LIMITS[kind]
        tries = sa.select(sa.func.count(), sa.func.min(column_of(Attempt, "at"))).where(
            column_of(Attempt, "subject") == proof, column_of(Attempt, "at") > clock.now() - window
        )
        count, first = work.session.execute(tries).one()
        if count >= most:
            raise TooMany(max(1, int((first + window - clock.now()).total_seconds())))


# ---- where it comes from


class Buckets:
    """Of each one who asks, so many a second with a burst of `most` before it. Each process keeps its own.

    What is refused takes one out all the same, so that nobody gets on by asking again and again; with `sparing` it takes
    nothing: where several share a bucket, what one of them is refused is no loss to the others.
    """

    def __init__(self, per_second: float, most: float, *, sparing: bool = False) -> None:
        self._per_second, self._most, self._sparing = per_second, most, sparing
        self._left: dict[str, tuple[float, float]] = {}

    def empty(self, whose: str, taken: float = 1.0) -> bool:
        """Take so much out; True when there was not that much left."""
        now = time.monotonic()
        left, then = self._left.get(whose, (self._most, now))
        there = min(self._most, left + (now - then) * self._per_second)
        left = there - taken
        if len(self._left) > 10_000:
            self._left = {name: bucket for name, bucket in self._left.items() if now - bucket[1] < 60}
        refused = there if self._sparing else max(left, -1.0)
        self._left[whose] = (refused if left < 0 else left, now)
        return left < 0


def place(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, since one connection may have all of it (RFC 6177)."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


def of_sign_in(email: str, address: str, mark: str) -> dict[str, str]:
    """What a try to sign in counts against: a known device by itself, else person, address and e-mail."""
    device = mark.partition(".")[0]
    if knows(mark, email):
        return {"device": f"{device} {email}"}
    return {"person": f"{place(address)} {email}", "address": place(address), "email": email}


def knows(mark: str, email: str) -> bool:
    """Whether that e-mail signed in before on the device of this cookie."""
    if not _COOKIE.fullmatch(mark):
        return False
    device, *marks = mark.split(".")
    return any(secrets.compare_digest(one, _mark(device, email)) for one in marks)


def marked(mark: str, email: str) -> str:
    """The device's cookie once that e-mail has signed in on it; a device without one gets it."""
    device, *marks = mark.split(".") if _COOKIE.fullmatch(mark) else [secrets.token_urlsafe(16)]
    own = _mark(device, email)
    return ".".join([device, *[one for one in marks if one != own][-_MARKS + 1 :], own])


def _mark(device: str, email: str) -> str:
    return signature(f"device\n{device}\n{email}")[:22]
