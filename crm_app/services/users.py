"""The first set-up, users, their roles, one-time links, passwords and second factors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Session as DatabaseSession

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, NotAllowed, NotSignedIn, Refusal
from crm_app.core.fields import fold
from crm_app.core.i18n import LANGUAGES, Message, translate
from crm_app.core.settings import settings
from crm_app.models.settings import Company
from crm_app.models.users import BUILT_IN_ROLES, OneTimeLink, Role, Session, User

from . import codes, guessing, identity, passwords, presets, records
from .actors import SYSTEM, Actor
from .secrets import new_key, proof_of
from .work import Work, before_commit, column_of

INVITATION = timedelta(days=7)
RESET = timedelta(hours=2)


class AlreadySetUp(Refusal):
    """A user exists: the set-up is over."""

    def __init__(self) -> None:
        super().__init__(
            Message("This installation is set up already. Sign in, or ask your administrator for an invitation.")
        )


def set_up(given: Mapping[str, object], device: str, address: str, mark: str = "") -> identity.SignedIn:
    """The first visit: `company, country, currency, language, time_zone, name, email, password`. Raises Invalid, AlreadySetUp."""
    with Work(SYSTEM, "settings.set_up", label="Set up") as work:
        user = found_company(work, given)
        email = work.session.scalar(sa.select(column_of(User, "email")).where(column_of(User, "id") == user))
    found = identity.open_session(user, device, address, stay=False)
    return replace(found, mark=guessing.marked(mark, str(email).lower()))


def found_company(work: Work, given: Mapping[str, object]) -> int:
    """Company, roles and first administrator in this Work; the administrator's id."""
    _lock_users(work)
    if work.session.scalar(sa.select(sa.func.count()).select_from(User)):
        raise AlreadySetUp
    errors: dict[str, Message] = {}
    settings = records.resource_of("settings")
    of_company = {
        "name": given.get("company"),
        **{name: given.get(name) for name in ("country", "currency", "language", "time_zone")},
    }
    company: dict[str, Any] = {}
    try:
        company = records.parse(work, settings, of_company, creating=True)
        errors.update(Company(**company).check())
    except Invalid as bad:
        errors.update({"company" if name == "name" else name: text for name, text in bad.fields.items()})
    password = passwords.hashed(given.get("password"), errors)
    language = company.get("language") or LANGUAGES[0]
    roles = _make_roles(work, language)
    of_user = {
        "name": given.get("name"),
        "email": given.get("email"),
        "language": language,
        "role": roles["Administrator"],
    }
    try:
        user = User(**records.parse(work, records.resource_of("users"), of_user, creating=True), password=password)
    except Invalid as bad:
        errors.update(bad.fields)
    if errors:
        raise Invalid(errors)
    work.session.add_all([Company(**company), user])
    work.session.flush()
    presets.begin(work, company["country"], company["currency"])
    return int(user.id or 0)


def _lock_users(work: Work) -> None:
    """Two first visitors at once: PostgreSQL lets the second wait here; SQLite has let it wait at BEGIN already."""
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.scalar(sa.select(sa.func.pg_advisory_xact_lock(20_260_101)))


def _make_roles(work: Work, language: str) -> dict[str, int]:
    rows = {name: Role(name=translate(name, language), grants=dict(grants)) for name, grants in BUILT_IN_ROLES.items()}
    work.session.add_all(rows.values())
    work.session.flush()
    return {name: int(row.id or 0) for name, row in rows.items()}


def role_called(work: Work, name: str) -> int:
    """The id of the role of that name, in whichever language the built-in ones were made. Raises Invalid."""
    rows = work.session.execute(sa.select(column_of(Role, "id"), column_of(Role, "name"))).all()
    if not rows:
        raise Invalid({"role": Message("There is no company yet. Open the program in a browser to set it up.")})
    wanted = {
        fold(name),
        *(
            fold(translate(built_in, language))
            for built_in in BUILT_IN_ROLES
            if fold(built_in) == fold(name)
            for language in LANGUAGES
        ),
    }
    for key, found in rows:
        if fold(found) in wanted:
            return int(key)
    raise Invalid({"role": Message("Choose one of: {options}.", options=", ".join(row[1] for row in rows))})


def add_user(actor: Actor, email: str, role: str, name: str = "", password: str | None = None) -> int:
    """A new user with that role; without a password they come in by an invitation. Raises Invalid, NotAllowed."""
    with Work(actor, "users.create", label="Create") as work:
        values: dict[str, object] = {
            "email": email,
            "name": name or email.partition("@")[0],
            "role": role_called(work, role),
        }
        key = records.create(work, records.resource_of("users"), values)
        if password is not None:
            errors: dict[str, Message] = {}
            row = work.locked(User, key)
            row.password = passwords.hashed(password, errors)
            if errors:
                raise Invalid(errors)
    return key


def make_link(actor: Actor, user: object, purpose: str = "reset") -> str:
    """A link with a one-time key for that user: `invite` (7 days) or `reset` (2 hours). Earlier links stop working.

    It is a whole address where the operator named the installation's (CRM_PUBLIC_URL), else its path. The key tells who made it: it
    opens no more than they may do when it is used.
    """
    key = new_key() if actor.user is None else f"{new_key()}.{actor.user}"
    with Work(actor, "users.change", label="One-time link") as work:
        item = records.one(work, records.resource_of("users"), user, "change")
        row = work.locked(User, item.id)
        _refuse_wider(work, row.role)
        lives = INVITATION if purpose == "invite" else RESET
        work.session.execute(sa.delete(OneTimeLink).where(column_of(OneTimeLink, "user") == item.id))
        work.session.add(
            OneTimeLink(proof=proof_of(key), user=item.id, purpose=purpose, expires_at=clock.now() + lives)
        )
    return f"{settings().public_url}/welcome?key={key}"


def redeem(
    key: str, password: object, device: str, address: str, *, code: object = "", mark: str = ""
) -> identity.SignedIn:
    """Set a password by a one-time link and sign in; every other session of the user ends, and after a reset every token.

    Who has a second factor must show it here too. Raises Invalid, CodeNeeded, NotSignedIn, TooMany.
    """
    with Work(SYSTEM) as work:
        _, user = _redeemable(work, key)
    errors: dict[str, Message] = {}
    hashed = passwords.hashed(password, errors)
    if errors:
        raise Invalid(errors)
    digits = code.strip()[:300] if isinstance(code, str) else ""
    tried = guessing.begin({"person": f"link {user.id}"}) if user.totp and digits else None
    proof = codes.asked(user, digits)
    with Work(SYSTEM, "users.redeem", label="Password set") as work:
        link, user = _redeemable(work, key)
        if user.totp:
            codes.spend(work, int(user.id or 0), proof if proof != codes.NONE_NEEDED else codes.asked(user, digits))
        user.password = hashed
        link.used_at = clock.now()
        identity.end_sessions(work, int(user.id or 0))
        if link.purpose != "invite":
            identity.end_tokens(work, int(user.id or 0))
    if tried:
        guessing.right(tried)
    found = identity.open_session(int(user.id or 0), device, address, stay=False)
    return replace(found, mark=guessing.marked(mark, user.email.lower()))


def _redeemable(work: Work, key: str) -> tuple[OneTimeLink, User]:
    """The link with that key and its user; in a writing Work both are locked. Raises NotSignedIn."""
    link = work.locked_where(OneTimeLink, column_of(OneTimeLink, "proof") == proof_of(key[:200]))
    user = work.locked(User, link.user) if link else None
    if (
        link is None
        or user is None
        or link.used_at
        or link.expires_at <= clock.now()
        or not user.active
        or not _maker_reaches(work, key, user)
    ):
        raise NotSignedIn(Message("This link has been used or is too old. Ask your administrator for a new one."))
    return link, user


def _maker_reaches(work: Work, key: str, user: User) -> bool:
    """Whether who made the link may still do all that its user may: they keep a copy of it, and roles change meanwhile."""
    _, _, made_by = key.partition(".")
    if not made_by:
        return True
    maker = identity.actor_of(work, int(made_by))
    grants = work.session.scalar(sa.select(column_of(Role, "grants")).where(column_of(Role, "id") == user.role)) or {}
    return maker is not None and maker.may("users.change") and not maker.lacks(grants)


def change_password(actor: Actor, current: object, new: object, *, tokens_too: bool = False) -> None:
    """The actor's own password; every other session of theirs ends, and their API tokens only when they say so.

    Raises Invalid at `current` or `new`.
    """
    passwords.prove(actor, current, "current")
    errors: dict[str, Message] = {}
    hashed = passwords.hashed(new, errors, "new")
    if errors:
        raise Invalid(errors)
    with Work(actor, "users.password", label="Password changed") as work:
        row = work.locked(User, actor.user or 0)
        row.password = hashed
        identity.end_sessions(work, row.id, keep=actor.session)
        work.session.execute(sa.delete(OneTimeLink).where(column_of(OneTimeLink, "user") == row.id))
        if tokens_too:
            identity.end_tokens(work, row.id)


def end_everything(actor: Actor) -> None:
    """End every other session of the actor, and all their API tokens."""
    with Work(actor, "users.sign_out", label="Sign out") as work:
        identity.end_sessions(work, actor.user or 0, keep=actor.session)
        identity.end_tokens(work, actor.user or 0)


def drop_codes(actor: Actor, user: object) -> None:
    """An administrator helps somebody who lost their authenticator; that user's sessions end."""
    with Work(actor, "users.change", label="Second factor off") as work:
        item = records.one(work, records.resource_of("users"), user, "change")
        row = work.locked(User, item.id)
        _refuse_wider(work, row.role)
        codes.forget(work, row)
        identity.end_sessions(work, item.id)


# ---- my own


@dataclass(frozen=True)
class OpenSession:
    """One of my sessions as I see it."""

    id: int
    device: str
    address: str
    seen_at: datetime
    current: bool


def my_sessions(actor: Actor) -> list[OpenSession]:
    """Where I am signed in, last seen first."""
    with Work(actor) as work:
        found = sa.select(Session).where(
            column_of(Session, "user") == actor.user, column_of(Session, "expires_at") > clock.now()
        )
        rows = work.session.scalars(found.order_by(sa.desc(column_of(Session, "seen_at"))).limit(100)).all()
    return [OpenSession(row.id or 0, row.device, row.address, row.seen_at, row.id == actor.session) for row in rows]


def end_session(actor: Actor, session: object) -> None:
    """Sign one of my devices out. Raises Missing when it is not mine."""
    if not isinstance(session, int) or not 0 < session < 2**63:
        raise Missing("session")
    with Work(actor, "users.sign_out", label="Sign out") as work:
        gone = sa.delete(Session).where(column_of(Session, "id") == session, column_of(Session, "user") == actor.user)
        if work.session.execute(gone).rowcount == 0:  # type: ignore[attr-defined]
            raise Missing("session", session)
        work.after_commit(identity._known.clear)  # noqa: SLF001 - the same cache


def change_profile(actor: Actor, given: Mapping[str, object]) -> None:
    """My own name, language and appearance; nothing else of mine is mine to change. Raises Invalid."""
    mine = {name: given[name] for name in ("name", "language", "theme") if name in given}
    with Work(actor, "users.profile", label="Profile") as work:
        values = records.parse(work, records.resource_of("users"), mine, creating=False)
        row = work.locked(User, actor.user or 0)
        for name, value in values.items():
            setattr(row, name, value)


def own_profile(actor: Actor) -> dict[str, str]:
    """The fields of `change_profile` as form text."""
    with Work(actor) as work:
        row = work.session.get(User, actor.user)
    return {"name": row.name, "email": row.email, "language": row.language, "theme": row.theme} if row else {}


# ---- nobody reaches beyond their own role


def _refuse_wider(work: Work, role: int) -> None:
    """Nobody hands out, changes or resets what is wider than their own role."""
    grants = work.session.scalar(sa.select(column_of(Role, "grants")).where(column_of(Role, "id") == role)) or {}
    _refuse_grants(work.actor, grants)


def _refuse_grants(actor: Actor, grants: Mapping[str, str]) -> None:
    beyond = actor.lacks(grants)
    if beyond:
        raise NotAllowed(beyond)


_OWN_VERBS = ("users.profile", "users.password", "users.codes")


@event.listens_for(DatabaseSession, "before_flush")
def _no_escalation(session: DatabaseSession, _context: Any, _instances: Any) -> None:
    """Whatever path a change of a user or a role takes (form, API, undo), it stays within the actor's own rights."""
    work: Work | None = session.info.get("work")
    if work is None or work.actor.scope("*") == "all":  # not the grant itself: a token may be limited
        return
    with session.no_autoflush:
        for row in (*session.new, *session.dirty, *session.deleted):
            if isinstance(row, Role):
                for grants in (row.grants, *(get_history(row, "grants").deleted or ())):
                    _refuse_grants(work.actor, grants)
            if isinstance(row, User) and work.verb not in _OWN_VERBS:
                for role in {row.role, *(get_history(row, "role").deleted or ())}:
                    _refuse_wider(work, role)


@before_commit("user", "role")
def _one_administrator_stays(work: Work) -> None:
    """There is always somebody who may do everything, also when two of them step down at once."""
    _lock_users(work)
    held = sa.exists().where(column_of(User, "role") == column_of(Role, "id"), column_of(User, "active").is_(True))
    holders = sa.select(column_of(Role, "grants")).where(held)
    users = work.session.scalar(sa.select(sa.func.count()).select_from(User))
    if (users or "user" in work.touched) and not any(
        grants.get("*") == "all" for grants in work.session.scalars(holders)
    ):
        raise Invalid({"": Message("One active user must stay an administrator.")})
