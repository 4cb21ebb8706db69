"""Who may come in and what they may do: users, roles, teams, and the proofs they carry (sessions, tokens, one-time links)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm_app.core import clock
from crm_app.core.fields import Boolean, Choice, Email, Reference, Text
from crm_app.core.resource import Section

from .base import Id, Json, Searchable, column, resource, sorted_by_key
from .choices import LANGUAGE_LABELS, Language


class Theme(StrEnum):
    """Light, dark, or what the device says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Team(Searchable, table=True):
    """People who see each other's records when their role's scope is "team"."""

    __tablename__ = "team"
    __table_args__ = sorted_by_key("team")

    name: str = column(Text(80), "Name", required=True, unique=True)


class Role(Searchable, table=True):
    """What its holders may do. `grants` maps a permission ("accounts.change") to its scope: own, team or all."""

    __tablename__ = "role"
    __table_args__ = sorted_by_key("role")

    name: str = column(Text(80), "Name", required=True, unique=True)
    grants: dict[str, str] = Field(default_factory=dict, sa_type=Json, nullable=False)


class User(Searchable, table=True):
    """A person who signs in. Secrets never enter the history or an API answer."""

    __tablename__ = "user"
    __table_args__ = sorted_by_key("user")

    name: str = column(Text(120), "Name", required=True)
    email: str = column(Email(lower=True), "E-mail", required=True, unique=True)
    role: int = column(Reference("roles"), "Role", required=True, references="role.id")
    team: int | None = column(Reference("teams"), "Team", references="team.id")
    language: str = column(Choice(Language, LANGUAGE_LABELS), "Language", default=Language.ES.value)
    theme: str = column(Choice(Theme, ("As the device", "Light", "Dark")), "Appearance", default=Theme.SYSTEM.value)
    active: bool = column(Boolean("Not active"), "Active", default=True)
    password: str | None = Field(default=None, max_length=200, sa_column_kwargs={"info": {"secret": True}})
    totp: str | None = Field(default=None, max_length=200, sa_column_kwargs={"info": {"secret": True}})
    totp_step: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"info": {"secret": True}})


class Session(SQLModel, table=True):
    """A browser that is signed in. Holds the hash of the cookie, never the cookie."""

    __tablename__ = "session"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    proof: str = Field(max_length=64, unique=True)
    user: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE", sa_type=Id)
    created_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime = Field(default_factory=clock.now)
    expires_at: datetime
    device: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=60)


class Token(SQLModel, table=True):
    """A program's key to the API. Holds its hash. `scopes` narrows the user's permissions; empty leaves them whole."""

    __tablename__ = "token"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    proof: str = Field(max_length=64, unique=True)
    user: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE", sa_type=Id)
    name: str = Field(max_length=80)
    scopes: list[str] = Field(default_factory=list, sa_type=Json, nullable=False)
    created_at: datetime = Field(default_factory=clock.now)
    used_at: datetime | None = None


class OneTimeLink(SQLModel, table=True):
    """An invitation or a password reset. Works once, until it expires."""

    __tablename__ = "one_time_link"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    proof: str = Field(max_length=64, unique=True)
    user: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE", sa_type=Id)
    purpose: str = Field(max_length=20)
    expires_at: datetime
    used_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """One of the codes that come in place of a lost authenticator. Works once: then it is gone. Holds its hash."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    proof: str = Field(max_length=64, unique=True)
    user: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE", sa_type=Id)


class Attempt(SQLModel, table=True):
    """A try to sign in that has not been a right one, for throttling. `subject` is a hash of what it counts against."""

    __tablename__ = "attempt"
    __table_args__ = (sa.Index("ix_attempt_subject_at", "subject", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    subject: str = Field(max_length=64)
    at: datetime = Field(default_factory=clock.now)


TEAMS = resource(Team, "teams", one="Team", many="Teams", icon="users-round", group="Settings")
ROLES = resource(Role, "roles", one="Role", many="Roles", icon="shield", group="Settings")
USERS = resource(
    User,
    "users",
    one="User",
    many="Users",
    icon="users",
    search=("name", "email"),
    columns=("name", "email", "role", "team", "language", "active"),
    form=(Section("Details", ("name", "email", "role", "team", "language", "active")),),
    filters=("role", "team", "active"),
    group="Settings",
)

SCOPES = ("own", "team", "all")

_PARTNERS = ("accounts", "contacts", "leads", "opportunities", "activities")
_TRADE = ("quotes", "orders", "deliveries", "invoices", "payments")
# what everybody needs to fill in a document, and may look up
_LISTS = (
    "sectors", "zones", "users", "teams", "products", "categories", "price-lists", "tax-rates", "payment-terms",
    "credit-policies", "currencies", "exchange-rates", "warehouses", "stock-moves", "document-texts",
)  # fmt: skip
_KEPT_BY_THE_OFFICE = (
    "sectors", "zones", "products", "categories", "price-lists", "tax-rates", "payment-terms", "credit-policies", "currencies",
    "exchange-rates", "document-texts",
)  # fmt: skip
_WRITE = "read create change"
_FULL = "read create change remove"
_QUOTES = "send accept decline cancel order invoice revise"
_ORDERS = "confirm deliver invoice reopen hold release close cancel"
_DELIVERIES = "issue sign invoice return cancel"
_INVOICES = "issue send credit pay apply unapply cancel"
_PAYMENTS = "post allocate unallocate refund reverse"


def _grants(scope: str, **verbs: str) -> dict[str, str]:
    """Permissions of that scope, from verbs by Resource."""
    return {f"{name}.{verb}": scope for name, found in verbs.items() for verb in found.split()}


def _each(names: tuple[str, ...], verbs: str) -> dict[str, str]:
    return dict.fromkeys(names, verbs)


# A role may hold a permission of a module that is not there yet: it grants nothing until the module comes. Who sells drafts
# what goes out and comes in; the warehouse issues the goods, and the office the invoices.
BUILT_IN_ROLES: Mapping[str, Mapping[str, str]] = {
    "Administrator": {"*": "all"},
    "Sales": {
        **_grants("all", **_each(_LISTS, "read")),
        **_grants("team", **_each(_PARTNERS, _WRITE), payments="read"),
        **_grants("team", quotes=f"{_WRITE} {_QUOTES}", orders=f"{_WRITE} {_ORDERS}"),
        **_grants("team", deliveries=f"{_WRITE} invoice", invoices=f"{_WRITE} send"),
        **_grants("own", **_each((*_PARTNERS, "quotes", "orders", "deliveries", "invoices"), "remove"), changes="undo"),
        **_grants("own", accounts="merge", contacts="merge"),
    },
    "Back office": {
        **_grants("all", **_each(_LISTS, "read"), sequences="read", changes="undo"),
        **_grants("all", **_each((*_PARTNERS, *_KEPT_BY_THE_OFFICE), _FULL)),
        **_grants("all", accounts="hold release merge", contacts="merge"),
        **_grants("all", quotes=f"{_FULL} {_QUOTES}", orders=f"{_FULL} {_ORDERS}"),
        **_grants("all", deliveries=f"{_FULL} {_DELIVERIES}", invoices=f"{_FULL} {_INVOICES}"),
        **_grants("all", payments=f"{_FULL} {_PAYMENTS}"),
    },
    "Warehouse": {
        **_grants("all", **_each(_LISTS, "read"), **_each(("accounts", "contacts"), "read"), orders="read deliver"),
        **_grants("all", deliveries=f"{_FULL} issue sign return cancel", notes="create"),
        **_grants("own", changes="undo"),
        "stock-moves.create": "all",
        "warehouses.change": "all",
    },
    "Support": {
        **_grants("all", **_each(_LISTS, "read"), **_each(_TRADE, "read"), notes="create"),
        **_grants("all", **_each(("accounts", "contacts"), "read change"), activities=_WRITE),
        **_grants("own", changes="undo"),
    },
    "Read-only": _grants("all", **_each((*_PARTNERS, *_TRADE, *_LISTS), "read")),
}
