"""Saved views: a list's question and columns under a name, for oneself, one's team or everybody."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa

from crm_app.core.errors import Invalid, Missing, NotAllowed, Refusal
from crm_app.core.fields import BadValue, Text
from crm_app.core.i18n import Message
from crm_app.core.query import Query, widths_of, written
from crm_app.core.resource import Resource
from crm_app.models.history import Change
from crm_app.models.users import User
from crm_app.models.views import USUAL, SavedView, Shared

from . import history, records
from .actors import Actor
from .work import Work, all_or_nothing, column_of

MOST = 50  # views of one person for one list
COUNTED = 1_000  # how far the records of a view are counted
_SECONDS, _PLACES = 60, 10_000
_QUICK = 0.004  # seconds that all counts of a list may keep its rows waiting
_Place = tuple[str, str, str, int | None]  # database, list, question, who asks
_beyond: dict[_Place, float] = {}  # until when it is taken to be so
_took: dict[_Place, float] = {}  # seconds
READY = "ready"  # shared by nobody: the list has it by itself


@dataclass(frozen=True)
class View:
    """A saved view as its reader has it. `url` is the query part of the list's address; `mine` may be changed."""

    id: int
    resource: str
    name: str
    url: str
    shared: str
    mine: bool


def of(work: Work, resource: Resource) -> list[View]:
    """The views of that list that the actor sees, in their order. Raises NotAllowed."""
    work.require(resource.permission("read"))
    given = {"list": resource.name, "user": work.actor.user, "team": work.actor.team}
    return [_plain(work, row) for row in work.read(_listed(), given)]


@cache
def _listed() -> sa.Select[Any]:
    """The views of `list` that are seen by that `user` of that `team`."""
    names = ("id", "resource", "name", "query", "shared", "owner")
    statement = sa.select(*(column_of(SavedView, name) for name in names)).where(
        column_of(SavedView, "resource") == sa.bindparam("list"), _seen_by(sa.bindparam("user"), sa.bindparam("team"))
    )
    return statement.order_by(column_of(SavedView, "position"), column_of(SavedView, "id")).limit(2 * MOST)


def ready(work: Work, resource: Resource) -> list[View]:
    """The views that the list has by itself, named in the actor's language; their ids are below 0. Raises NotAllowed."""
    work.require(resource.permission("read"))
    say = work.actor.speech.say
    return [
        View(-place, resource.name, say(view.title), _url(view.query), READY, mine=False)
        for place, view in enumerate(resource.views, 1)
    ]


def one(work: Work, key: object) -> View:
    """The view with that id. Raises Missing where there is none, or the actor may not see it or its list."""
    number = key if isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63 else 0
    row = work.session.scalar(sa.select(SavedView).where(column_of(SavedView, "id") == number, _seen(work)))
    if row is None or not _readable(work, row):
        raise Missing("view", number)
    return _plain(work, row)


def _plain(work: Work, row: Any) -> View:
    return View(row.id or 0, row.resource, row.name, row.query, row.shared, _is_mine(work.actor, row))


def _readable(work: Work, row: SavedView) -> bool:
    return work.actor.may(records.resource_of(row.resource).permission("read"))


def _seen(work: Work) -> sa.ColumnElement[bool]:
    return _seen_by(work.actor.user, work.actor.team)


def _seen_by(user: Any, team: Any) -> sa.ColumnElement[bool]:
    owner, shared = column_of(SavedView, "owner"), column_of(SavedView, "shared")
    found = [owner == user, shared == Shared.EVERYBODY.value]
    if team is not None:
        mates = sa.select(column_of(User, "id")).where(column_of(User, "team") == team)
        found.append(sa.and_(shared == Shared.TEAM.value, owner.in_(mates)))
    return sa.and_(sa.or_(*found), shared != USUAL)


def _is_mine(actor: Actor, row: Any) -> bool:
    """Its owner's; what everybody sees may also be tidied by who may do everything."""
    return row.owner == actor.user or (row.shared == Shared.EVERYBODY.value and actor.scope("*") == "all")


def counts(work: Work, resource: Resource, views: list[View]) -> dict[int, tuple[int, bool]]:
    """How many records each view has, counted no further than a cap; a view that no longer fits the list has none.

    What was beyond the cap is taken to be so for a while: counting that far costs more than the rows.
    """
    found = {}
    for view in views:
        place, begun = _place(work, resource, view), time.monotonic()
        if _beyond.get(place, 0) > begun:
            found[view.id] = (COUNTED, True)
            continue
        try:
            found[view.id] = records.count(work, resource, Query.from_params(parse_qsl(view.url)), COUNTED)
        except Refusal:
            found[view.id] = (0, False)
        took = time.monotonic() - begun
        _remember(_took, place, min(took, 2 * _took.get(place, took)))  # one that had to wait for others is no slow one
        if found[view.id][1]:
            _remember(_beyond, place, begun + _SECONDS)
    return found


def quickly(work: Work, resource: Resource, views: list[View]) -> dict[int, tuple[int, bool]] | None:
    """The same where all together were counted in passing before; None where they are not known to be: then the rows come first."""
    now, places = time.monotonic(), [_place(work, resource, view) for view in views]
    lasting = sum(_took.get(place, _QUICK) for place in places if _beyond.get(place, 0) <= now)
    return counts(work, resource, views) if lasting < _QUICK else None


def _place(work: Work, resource: Resource, view: View) -> _Place:
    return (str(work.session.get_bind().engine.url), resource.name, view.url, work.actor.user)


def _remember(what: dict[_Place, float], place: _Place, value: float) -> None:
    if len(what) >= _PLACES:
        what.clear()
    what[place] = value


@all_or_nothing
def save(work: Work, resource: Resource, name: object, query: Query, shared: object) -> int:
    """A new view of the actor's own; its id. Raises Invalid, NotAllowed."""
    work.require(resource.permission("read"))
    _refuse_limited(work, "views.create")
    values = _parsed({"name": name, "shared": shared})
    if work.actor.user is None:
        raise NotAllowed(resource.permission("read"))
    of_list = (*_own_of(work, resource), column_of(SavedView, "shared") != USUAL)
    count, last = work.session.execute(
        sa.select(sa.func.count(), sa.func.max(column_of(SavedView, "position"))).where(*of_list)
    ).one()
    if count >= MOST:
        raise Invalid({"name": Message("At most {count} views of one list. Remove one first.", count=MOST)})
    records.matching(work, resource, query)  # a question that the list refuses is not saved
    row = SavedView(
        resource=resource.name, owner=work.actor.user, query=_url(query), position=(last or 0) + 1, **values
    )
    work.session.add(row)
    work.session.flush()
    return row.id or 0


def _url(query: Query) -> str:
    return Query(query.text, query.filters, query.sort, columns=query.columns, widths=query.widths).url()


def _refuse_limited(work: Work, permission: str) -> None:
    """Whoever reads a list keeps views of it; a token with limits opens what they name, and none names this."""
    if not work.actor.covers(permission):
        raise NotAllowed(permission)


def change(work: Work, key: object, given: Mapping[str, object], query: Query | None = None) -> None:
    """Another name, other readers, another place, or (with `query`) another question. Raises Invalid, Missing, NotAllowed."""
    row = _own(work, key, "views.change")
    for name, value in _parsed(given).items():
        setattr(row, name, value)
    if query is not None:
        records.matching(work, records.resource_of(row.resource), query)
        row.query = _url(query)


def remove(work: Work, key: object) -> None:
    """Take the view away. Raises Missing, NotAllowed."""
    work.session.delete(_own(work, key, "views.remove"))


def _own(work: Work, key: object, permission: str) -> Any:
    number = key if isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63 else 0
    row = work.locked_where(SavedView, column_of(SavedView, "id") == number, _seen(work))
    if row is None or not _is_mine(work.actor, row) or not _readable(work, row):
        raise Missing("view", number)
    _refuse_limited(work, permission)
    return row


@history.stands_beside(SavedView, "View", "name")
def _may_take_back(work: Work, change: Change) -> None:
    """Who may change the view as it is, or could before it was removed."""
    _refuse_limited(work, "views.change")
    row = work.session.get(SavedView, change.record) or SavedView(**(change.before or {}))
    if not _is_mine(work.actor, row) or not _readable(work, row):
        raise Missing("view", change.record)


def _own_of(work: Work, resource: Resource) -> tuple[sa.ColumnElement[bool], ...]:
    return column_of(SavedView, "resource") == resource.name, column_of(SavedView, "owner") == work.actor.user


@dataclass(frozen=True)
class Usual:
    """The columns of a list that somebody sees wherever nothing else is asked for, and widths in pixels; none are the list's own."""

    columns: tuple[str, ...] = ()
    widths: tuple[tuple[str, int], ...] = ()

    def of(self, resource: Resource) -> "Usual":
        """What of it the list knows, each once."""
        columns = dict.fromkeys(name for name in self.columns if name in resource.shown)
        return Usual(tuple(columns), tuple(one for one in self.widths if one[0] in resource.shown))


def usual(work: Work, resource: Resource) -> Usual:
    """What the actor has kept for that list."""
    found = work.read(_chosen(), {"list": resource.name, "user": work.actor.user}).scalar()
    columns, _, widths = (found or "").partition(";")
    return Usual(tuple(columns.split(",")), widths_of(widths)).of(resource)


@cache
def _chosen() -> sa.Select[Any]:
    """The columns, and their widths, that this `user` has chosen for that `list`."""
    of_list = column_of(SavedView, "resource") == sa.bindparam("list")
    own = column_of(SavedView, "owner") == sa.bindparam("user")
    wanted = sa.select(column_of(SavedView, "query")).where(of_list, own, column_of(SavedView, "shared") == USUAL)
    return wanted.order_by(column_of(SavedView, "id").desc()).limit(1)


def keep(work: Work, resource: Resource, wanted: Usual) -> None:
    """Show the actor that list so from now on. Raises NotAllowed."""
    work.require(resource.permission("read"))
    if work.actor.user is None:
        raise NotAllowed(resource.permission("read"))
    work.session.execute(sa.delete(SavedView).where(*_own_of(work, resource), column_of(SavedView, "shared") == USUAL))
    known = wanted.of(resource)
    chosen = ",".join(known.columns) + (f";{written(known.widths)}" if known.widths else "")
    if chosen:
        made = SavedView(resource=resource.name, name="", query=chosen, shared=USUAL, owner=work.actor.user)
        work.session.execute(
            sa.insert(SavedView).values(made.model_dump(exclude={"id"}))
        )  # a habit is no part of the history


def _parsed(given: Mapping[str, object]) -> dict[str, Any]:
    errors: dict[str, Message] = {}
    found: dict[str, Any] = {}
    if "name" in given:
        try:
            found["name"] = Text(60).parse(given["name"])
            if not found["name"]:
                errors["name"] = Message("This is needed.")
        except BadValue as bad:
            errors["name"] = bad.message
    if "shared" in given:
        found["shared"] = given["shared"]
        if found["shared"] not in list(Shared):
            errors["shared"] = Message("Choose one from the list.")
    if errors:
        raise Invalid(errors)
    return found
