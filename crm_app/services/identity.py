"""Who is calling: sign-in and out, sessions, API tokens, and the Actor behind a cookie or a token."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, NotAllowed, NotSignedIn, Unavailable
from crm_app.core.fields import BadValue, Text
from crm_app.core.i18n import LANGUAGES, Message, Speech
from crm_app.core.plain import storable
from crm_app.models.settings import Company
from crm_app.models.users import Role, Session, Token, User

from . import actions, codes, guessing
from .actors import SYSTEM, Actor
from .secrets import new_key, password_matches, proof_of
from .work import Work, column_of, on_commit

COOKIE = "crm_session"
DEVICE_COOKIE = "crm_device"
STAY = timedelta(days=30)
SHORT = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=5)
_CACHE_SECONDS = 2.0  # how late another process of the same installation learns of a sign-out; this one learns at once
_CACHE_SIZE = 5_000

_known: dict[str, tuple[float, Actor | None]] = {}


@on_commit
def _forget(tables: set[str]) -> None:
    if tables & {"user", "role", "team", "company"}:
        _known.clear()


@dataclass(frozen=True)
class SignedIn:
    """A new session: the cookie's value and how long it lives; `user` is its owner, `mark` the device's own cookie."""

    cookie: str
    lives: timedelta
    user: int
    mark: str = ""


def ready() -> bool:
    """True once a user exists: before that, the set-up page is open to the first comer."""
    with Work(SYSTEM) as work:
        return work.session.scalar(sa.select(sa.literal(True)).select_from(User).limit(1)) is not None


def sign_in(given: Mapping[str, object], device: str, address: str, mark: str = "") -> SignedIn:
    """Check `email`, `password` and, where the user has one, `code`. Raises Invalid, CodeNeeded, TooMany.

    A try counts before it is looked at; the answer never tells which of the two was wrong. `mark` is the device's cookie.
    """
    email = storable(_short(given.get("email"))).lower()
    given_password = given.get("password")
    password = given_password[:300] if isinstance(given_password, str) else ""  # spaces at its ends are part of it
    tried = guessing.begin(guessing.of_sign_in(email, address, mark))
    with Work(SYSTEM) as work:
        user = work.session.scalar(sa.select(User).where(sa.func.lower(column_of(User, "email")) == email))
    if not password_matches(user.password if user and user.active else None, password) or user is None:
        raise Invalid({"password": Message("E-mail and password do not match. Check Caps Lock and try again.")})
    try:
        proof = codes.asked(user, _short(given.get("code")))
    except codes.CodeNeeded:
        guessing.right(tried)
        raise
    found = open_session(user.id or 0, device, address, stay=bool(given.get("stay")), proof=proof)
    guessing.right(tried)
    return replace(found, mark=guessing.marked(mark, email))


def _short(raw: object) -> str:
    return raw.strip()[:300] if isinstance(raw, str) else ""


def open_session(
    user: int, device: str, address: str, *, stay: bool, proof: codes.Proof = codes.NONE_NEEDED
) -> SignedIn:
    """A new session of that user, which uses up the code by which they came in. Raises Invalid when that was used before."""
    cookie = new_key()
    lives = STAY if stay else SHORT
    with Work(SYSTEM, "users.sign_in") as work:
        codes.spend(work, user, proof)
        work.session.add(
            Session(
                proof=proof_of(cookie),
                user=user,
                expires_at=clock.now() + lives,
                device=device[:200],
                address=address[:60],
            )
        )
    return SignedIn(cookie, lives, user)


def end_sessions(work: Work, user: int, *, keep: int | None = None) -> None:
    """End the user's sessions, all or all but one, when this Work commits."""
    gone = sa.delete(Session).where(column_of(Session, "user") == user)
    work.session.execute(gone if keep is None else gone.where(column_of(Session, "id") != keep))
    work.after_commit(_known.clear)


def end_tokens(work: Work, user: int) -> None:
    """Take all API tokens of the user back when this Work commits."""
    work.session.execute(sa.delete(Token).where(column_of(Token, "user") == user))
    work.after_commit(_known.clear)


def sign_out(cookie: str) -> None:
    """End the session of that cookie. No error when there is none."""
    with Work(SYSTEM, "users.sign_out") as work:
        work.session.execute(sa.delete(Session).where(column_of(Session, "proof") == proof_of(cookie)))
    _known.clear()


def remembered(cookie: str) -> tuple[bool, Actor | None]:
    """(True, actor) when the cookie was looked up a moment ago: no database, for the event loop."""
    if not cookie or len(cookie) > 200:
        return True, None
    found = _known.get(proof_of(cookie))
    if found is not None and time.monotonic() - found[0] < _CACHE_SECONDS:
        return True, found[1]
    return False, None


def actor_by_cookie(cookie: str) -> Actor | None:
    """Whose session it is; None for a stranger's, an ended or an expired one. Cached for a moment."""
    sure, actor = remembered(cookie)
    if sure:
        return actor
    proof = proof_of(cookie)
    actor = _load_session(proof)
    if len(_known) > _CACHE_SIZE:
        _known.clear()
    _known[proof] = (time.monotonic(), actor)
    return actor


def _load_session(proof: str) -> Actor | None:
    with Work(SYSTEM) as work:
        session = work.session.scalar(sa.select(Session).where(column_of(Session, "proof") == proof))
        if session is None or session.expires_at <= clock.now():
            return None
        actor = actor_of(work, session.user, session.id)
    if clock.now() - session.seen_at > _SEEN_EVERY:
        _mark_seen(session)
    return actor


def _mark_seen(session: Session) -> None:
    """Note the visit; a session in use lives on for as long as it was given at the start."""
    lives = session.expires_at - session.seen_at
    with suppress(Unavailable), Work(SYSTEM, "users.seen") as work:  # a note; without it too they may read
        found = sa.update(Session).where(column_of(Session, "id") == session.id)
        work.session.execute(found.values(seen_at=clock.now(), expires_at=clock.now() + lives))


def actor_of(work: Work, user: int, session: int | None = None) -> Actor | None:
    """The Actor of an active user."""
    row: Any = work.session.execute(
        sa.select(User, column_of(Role, "grants"))
        .join(Role, column_of(Role, "id") == column_of(User, "role"))
        .where(column_of(User, "id") == user)
    ).first()
    if row is None or not row[0].active:
        return None
    found: User = row[0]
    company = work.session.scalar(sa.select(Company))
    speech = Speech(found.language, company.country if company else "", company.time_zone if company else "UTC")
    return Actor(found.id, found.name, dict(row[1]), found.team, speech, session, found.email, found.theme)


def actor_by_token(token: str, address: str) -> Actor:
    """The Actor behind an API token, narrowed to its scopes. Raises NotSignedIn, TooMany."""
    proof = proof_of(token)
    known = f"token {proof}"  # apart from the sessions: a token is no cookie
    found = _known.get(known)
    if found is not None and found[1] is not None and time.monotonic() - found[0] < _CACHE_SECONDS:
        return found[1]
    subjects = {"address": f"token {guessing.place(address)}"}
    guessing.refuse_flood(subjects)
    with Work(SYSTEM) as work:
        row = work.session.scalar(sa.select(Token).where(column_of(Token, "proof") == proof))
        actor = actor_of(work, row.user) if row else None
    if row is None or actor is None:
        guessing.begin(subjects)
        raise NotSignedIn(Message("The token is not valid."))
    if row.used_at is None or clock.now() - row.used_at > _SEEN_EVERY:
        _mark_used(row.id or 0, clock.now())
    actor = actor.limited(tuple(row.scopes))
    _known[known] = (time.monotonic(), actor)
    return actor


def _mark_used(token: int, moment: datetime) -> None:
    with suppress(Unavailable), Work(SYSTEM, "tokens.seen") as work:
        work.session.execute(sa.update(Token).where(column_of(Token, "id") == token).values(used_at=moment))


def make_token(actor: Actor, user: int, name: str, scopes: tuple[str, ...] = ()) -> str:
    """A new API token of that user, shown this once. For somebody else's the actor needs users.change. Raises Invalid."""
    try:
        label = Text(80).parse(name)
    except BadValue as bad:
        raise Invalid({"name": bad.message}) from None
    if not label:
        raise Invalid({"name": Message("This is needed.")})
    key = new_key()
    with Work(actor, "tokens.create", label="Create token") as work:
        _refuse_wider_token(work, user, scopes)
        work.session.add(Token(proof=proof_of(key), user=user, name=label, scopes=list(scopes)[:100]))
    return key


def _refuse_wider_token(work: Work, user: int, scopes: tuple[str, ...]) -> None:
    """A token opens no more than its maker may do: not another user's wider role, nor beyond the limits of the token in use."""
    actor = work.actor
    if user != actor.user:
        work.require("users.change")
        owner = actor_of(work, user)
        if owner is None:
            raise Missing("User", user)
        beyond = actor.lacks(owner.grants)
        if beyond:
            raise NotAllowed(beyond)
    for scope in scopes or ("*",):
        if not actions.opens(scope):
            raise Invalid({"scopes": Message("There is no permission {name}.", name=scope[:60])})
        if not actor.covers(scope):
            raise NotAllowed("tokens.create")


def _refuse_limited(actor: Actor, permission: str) -> None:
    if actor.limits:
        raise NotAllowed(permission)


def own_tokens(actor: Actor) -> list[Token]:
    """The actor's API tokens, without their keys. Raises NotAllowed for a token with limits: it opens what they name, no more."""
    _refuse_limited(actor, "tokens.read")
    with Work(actor) as work:
        found = sa.select(Token).where(column_of(Token, "user") == actor.user).order_by(column_of(Token, "id"))
        return list(work.session.scalars(found))


def end_token(actor: Actor, token: int) -> bool:
    """Take one of the actor's tokens back; False when it is not theirs. Raises NotAllowed for a token with limits."""
    _refuse_limited(actor, "tokens.remove")
    if not 0 < token < 2**63:
        return False
    with Work(actor, "tokens.remove", label="Remove token") as work:
        gone = sa.delete(Token).where(column_of(Token, "id") == token, column_of(Token, "user") == actor.user)
        found = bool(work.session.execute(gone).rowcount)  # type: ignore[attr-defined]
        work.after_commit(_known.clear)
    return found


def language_of(accepted: str) -> str:
    """The first language of an Accept-Language header that the product speaks, else Spanish."""
    for part in accepted.lower()[:200].split(","):
        code = part.split(";")[0].strip()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
