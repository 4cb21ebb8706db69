"""A page of a list in the database: how many match, in which order they come, which rows stand on the page."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import Reference, Text
from crm_app.core.i18n import Message
from crm_app.core.query import MAX_SORTS, Query
from crm_app.core.resource import RESOURCES, FieldSpec, Resource

from . import columns, search
from .database import TooLong, limited
from .search import CAP, Match
from .values import KEPT, selecting
from .work import Work, column_of, on_commit

WALK = 3_000  # rows of a list's order that are tested before all that match are put in order
_FURTHER = 10  # times as many are tested where the first ones held enough that match to expect the page among these
_SURE = 1.4  # how many times what is needed the walk should meet, to be worth what it costs where it meets too few
_ALL = 2**31 - 1
SORT_S = 5.0  # seconds in which a page of very many records has to be in its order
HELD = 150_000  # matches in a large table that PostgreSQL reads to count and sort them at once, where no walk has filled the page
LARGE = 200_000  # rows of a table in which it pays to look first how dense the matches are
_KEPT_S = 2.0  # how late another process of the same installation learns how many there are
_sizes: dict[tuple[Any, str, str], tuple[float, int]] = {}
_changed: dict[str, float] = {}  # by table, when a commit here last changed it
AT_ONCE = 3_000  # matches that are counted, sorted and read by one statement; with more, the counting alone comes first


@contextmanager
def in_time(work: Work, resource: Resource, query: Query, *, broad: bool) -> Iterator[None]:
    """Raises Invalid where so many would have to be put in an order that no index has that it takes too long: then the
    transaction can only be ended.
    """
    if not broad or not query.sorts:
        yield
        return
    try:
        with limited(work.session.connection(), SORT_S):
            yield
    except TooLong:
        fields = tuple(Message(resource.shown[name.removeprefix("-")].label) for name in query.sorts)
        text = "There are too many records to sort them by {fields}. Narrow the list first, by a filter or a search."
        raise Invalid({"sort": Message(text, fields=fields)}) from None


def rows(
    work: Work,
    resource: Resource,
    query: Query,
    names: tuple[str, ...],
    conditions: list[Any],
    found: Match | None,
    *,
    broad: bool,
) -> Sequence[Any]:
    """The rows of the page: first the ids of all that match in their order, then the wide rows of those on the page only.

    With `broad` so many meet the conditions that walking the list's order and testing each row fills a page sooner than
    putting all of them in order.
    """
    connection, sorted_by = work.session.connection(), order(resource, query)
    size, skip = query.size, (query.page - 1) * query.size
    if (
        found is not None
        and found.through is None
        and (found.total > CAP or (found.phrase and _by_itself(resource, query)))
    ):
        return _of_index(work, resource, query, names, conditions, found)
    if found is not None:
        conditions = [*conditions, found.condition]
    elif broad:
        conditions = search.tested(conditions)
    key = column_of(resource.table, "id")
    wide = selecting(resource, names)
    if resource.apart:  # rows of a view whose ids no index has, but narrow ones
        return connection.execute(wide.where(*conditions).order_by(*sorted_by).limit(size).offset(skip)).all()
    keys = sa.select(key).limit(size).offset(skip)
    filled = _filled(resource, query) if connection.dialect.name == "postgresql" else None
    if filled is not None:
        some = keys.where(*conditions, filled.is_not(None)).order_by(filled.desc(), *sorted_by[1:])
        page = connection.execute(wide.where(key.in_(some)).order_by(*sorted_by)).all()
        if len(page) == size:
            return page
    keys = keys.where(*conditions).order_by(*sorted_by)
    return connection.execute(wide.where(key.in_(keys)).order_by(*sorted_by)).all()


def _of_index(
    work: Work, resource: Resource, query: Query, names: tuple[str, ...], conditions: list[Any], found: Match
) -> Sequence[Any]:
    """The page of a broad search, or of one in the list's own order on SQLite."""
    if found.total > CAP:
        page = _met(work, resource, query, names, [*conditions, found.test])
        if len(page) == query.size:
            return page
    if found.phrase and _by_itself(resource, query):
        return _narrow(work, resource, query, names, conditions, found.phrase, _ALL)
    return _put_in_order(work, resource, query, names, [*conditions, found.index])


def _put_in_order(
    work: Work, resource: Resource, query: Query, names: tuple[str, ...], conditions: list[Any]
) -> Sequence[Any]:
    keys, key = _among_all(resource, query, conditions), column_of(resource.table, "id")
    wide = selecting(resource, names).where(key.in_(keys)).order_by(*order(resource, query))
    return work.session.connection().execute(wide).all()


def _met(work: Work, resource: Resource, query: Query, names: tuple[str, ...], conditions: list[Any]) -> Sequence[Any]:
    """What the page has of the first rows of the list's order, and of more where that many hold enough of them."""
    page = _walked(work, resource, query, names, conditions, WALK)
    enough = query.page == 1 and len(page) * _FURTHER >= query.size * _SURE
    if len(page) < query.size and enough and _read_in_order(work, resource, query):
        return _walked(work, resource, query, names, conditions, WALK * _FURTHER)
    return page


def _walked(
    work: Work, resource: Resource, query: Query, names: tuple[str, ...], conditions: list[Any], most: int
) -> Sequence[Any]:
    """What the page has of the first `most` rows of the list's order. A whole page is the page; less says nothing."""
    key, sorted_by = column_of(resource.table, "id"), order(resource, query)
    if _read_in_order(work, resource, query):
        fits = sa.case((sa.and_(*conditions), 1), else_=0).label("fits")
        first = sa.select(key, column_of(resource.table, "sort_key").label("k0"), fits).order_by(*sorted_by)
        read = first.limit(most).subquery("first")
        keys = sa.select(read.c.id).where(read.c.fits == 1).order_by(*order(resource, query, read.c))
    else:
        begin = sa.select(key).order_by(*sorted_by)
        filled = _filled(resource, query) if work.session.connection().dialect.name == "postgresql" else None
        if filled is not None:
            begin = sa.select(key).where(filled.is_not(None)).order_by(filled.desc(), *sorted_by[1:])
        met = begin.limit(most).cte("first").prefix_with("MATERIALIZED")
        keys = sa.select(key).where(key.in_(sa.select(met.c.id)), *search.tested(conditions)).order_by(*sorted_by)
    some = keys.limit(query.size).offset((query.page - 1) * query.size)
    return work.session.connection().execute(selecting(resource, names).where(key.in_(some)).order_by(*sorted_by)).all()


def _read_in_order(work: Work, resource: Resource, query: Query) -> bool:
    """Where PostgreSQL reads the rows themselves in the list's own order, and no further than until the page is full."""
    return work.session.connection().dialect.name == "postgresql" and _by_itself(resource, query)


def _among_all(resource: Resource, query: Query, conditions: list[Any]) -> sa.Select[Any]:
    """The ids of the page's rows: all that meet the conditions are read once, with what they are sorted by, and put in order."""
    held = _all_held(resource, query, conditions, None)
    page = sa.select(held.c.id).order_by(*order(resource, query, held.c))
    return page.limit(query.size).offset((query.page - 1) * query.size)


def _all_held(resource: Resource, query: Query, conditions: list[Any], most: int | None) -> Any:
    """Ids of the rows that meet the conditions, at most so many, with what they are sorted by as `k0`, `k1` and so on."""
    key, names = column_of(resource.table, "id"), query.sorts or (resource.sort,)
    specs = [_sorting(resource, name.removeprefix("-")) for name in names]
    sought = [_key(resource, spec).label(f"k{at}") for at, spec in enumerate(specs)]
    return sa.select(key, *sought).where(*conditions).limit(most).cte("held").prefix_with("MATERIALIZED")


def _filled(resource: Resource, query: Query) -> Any:
    """The column that the rows fall by, where it may be empty; else None.

    PostgreSQL's index of it read backwards has the empty ones first, where the list has them last: a page without any is
    asked for by itself, so that the index can answer.
    """
    first = (query.sorts or (resource.sort,))[0]
    spec = resource.shown[first.removeprefix("-")]
    falls = first.startswith("-") and not spec.required and not _by_key(resource, spec)
    stored = spec.name in resource.fields and not isinstance(spec.kind, Reference)
    return _key(resource, spec) if falls and stored else None


def _by_key(resource: Resource, spec: FieldSpec) -> bool:
    return spec.name == resource.label and "sort_key" in resource.table.__table__.columns


def at_once(
    work: Work,
    resource: Resource,
    query: Query,
    names: tuple[str, ...],
    conditions: list[Any],
    cap: int | None,
    told: tuple[int, bool] | None,
) -> tuple[Sequence[Any], int, bool] | None:
    """The page of a search, how many match, and whether that is the cap: by one statement, where SQLite finds few in the list's
    own order, or many in a large table of which the order's first rows will not fill the page, and where PostgreSQL finds few.

    None where it has to be asked in the ordinary way. `told` is what is known of the two from the page before.
    """
    found = search.sought(work, resource.table, query.text) if query.text else None
    if found is not None:
        return _counted_at_once(work, resource, query, names, conditions, found, cap, told)
    phrase = search.phrase_of(work, query.text) if query.text and _by_itself(resource, query) else ""
    if not phrase:
        return None
    size = _known(work, resource.table, "newest", _newest(resource.table))
    place = search.place_of(work, resource.table, phrase, AT_ONCE) if size > LARGE else None
    needed = query.size * query.page * _SURE
    if place is not None and place * needed <= AT_ONCE * WALK:
        return None  # as dense as they lie up to there, the walk meets enough of them
    page = _narrow(work, resource, query, names, conditions, phrase, AT_ONCE + 1 if place is None else _ALL)
    if not page or (place is None and page[0][-2] > AT_ONCE):
        return None
    return page, *_capped(page[0][-1], cap)


def _capped(total: int, cap: int | None) -> tuple[int, bool]:
    return (cap, True) if cap is not None and total > cap else (total, False)


def _counted_at_once(
    work: Work,
    resource: Resource,
    query: Query,
    names: tuple[str, ...],
    conditions: list[Any],
    found: Match,
    cap: int | None,
    told: tuple[int, bool] | None,
) -> tuple[Sequence[Any], int, bool]:
    """The same on PostgreSQL, where reading the rows that match costs most: as few as may be, and once for the count and the page.

    In a large table the page is sought in the list's order before, in any other where more than CAP match.
    """
    both = [*conditions, found.index]
    large = told is None and _by_itself(resource, query)
    if large := large and _known(work, resource.table, "newest", _newest(resource.table)) > LARGE:
        page = _met(work, resource, query, names, [*conditions, found.test])
        if len(page) == query.size:
            return page, *count(work, resource, both, None, cap)
    if told is None or told[0] < CAP:
        most = HELD if large else CAP
        page = work.session.connection().execute(_held(resource, query, names, both, most)).all()
        total = page[0][-1]  # by its place: a list may have a field of any name
        if total <= most:
            return [row for row in page if row[0] is not None], *_capped(total, cap)
        told = told or ((cap, True) if cap is not None and cap <= CAP else count(work, resource, both, None, cap))
    with in_time(work, resource, query, broad=True):
        if large:
            return _put_in_order(work, resource, query, names, both), *told
        return _of_index(work, resource, query, names, conditions, found), *told


def _held(resource: Resource, query: Query, names: tuple[str, ...], conditions: list[Any], most: int) -> sa.Select[Any]:
    """The rows of the page with `total`, how many meet the conditions. With more than `most`, or none on the page, one empty row."""
    key = column_of(resource.table, "id")
    held = _all_held(resource, query, conditions, most + 1)
    counted = sa.select(sa.func.count().label("total")).select_from(held).cte("counted").prefix_with("MATERIALIZED")
    few = sa.select(counted.c.total).scalar_subquery() <= most
    sorted_by = order(resource, query, held.c)
    page = sa.select(held).where(few).order_by(*sorted_by).limit(query.size).offset((query.page - 1) * query.size)
    keys = page.subquery("page")
    rows = selecting(resource, names).add_columns(counted.c.total)
    joined = counted.outerjoin(keys, sa.true()).outerjoin(resource.table.__table__, key == keys.c.id)
    return rows.select_from(joined).order_by(*order(resource, query, keys.c))


@cache
def _newest(table: Any) -> sa.Select[Any]:
    return sa.select(sa.func.max(column_of(table, "id")))


def _by_itself(resource: Resource, query: Query) -> bool:
    """True where the list is in its own order, by the key that the narrow index holds."""
    return query.sort.removeprefix("-") in ("", resource.sort) and resource.sort == resource.label


def _narrow(
    work: Work,
    resource: Resource,
    query: Query,
    names: tuple[str, ...],
    conditions: list[Any],
    phrase: str,
    most: int,
) -> Sequence[Any]:
    given = {"phrase": phrase, "most": most, "size": query.size, "skip": (query.page - 1) * query.size}
    falling = query.sort.startswith("-")
    made = _narrowly(resource, names, conditions, falling=falling) if conditions else _plain(resource, names, falling)
    return work.session.connection().execute(made, given).all()


@lru_cache(KEPT)
def _plain(resource: Resource, names: tuple[str, ...], falling: bool) -> sa.Select[Any]:
    """The same statement where nothing else is asked for, made once."""
    return _narrowly(resource, names, [], falling=falling)


def _narrowly(resource: Resource, names: tuple[str, ...], conditions: list[Any], *, falling: bool) -> sa.Select[Any]:
    """The statement for a narrow search in the list's own order on SQLite; how many match comes last."""
    table = resource.table
    key, place = column_of(table, "id"), column_of(table, "sort_key")
    sorted_by = (place.desc(), key.desc()) if falling else (place.asc(), key.asc())
    keys = search.narrow_keys(table, conditions, falling=falling)
    rows = selecting(resource, names).add_columns(keys.c.matched, keys.c.total)
    return rows.join(keys, keys.c.id == key).order_by(*sorted_by)


def count(
    work: Work, resource: Resource, conditions: list[Any], found: Match | None, cap: int | None
) -> tuple[int, bool]:
    """How many match, and whether that is the cap and not all. `cap` None counts to the end."""
    if found is not None:
        whole = not conditions and found.through is None
        if whole and found.total <= (cap or CAP):
            return found.total, False
        if whole and cap is not None:
            return cap, True
        conditions = [*conditions, found.index]
    inner = sa.select(sa.literal(1)).select_from(resource.table).where(*conditions)
    if cap is not None and (conditions or resource.inside):
        inner = inner.limit(cap + 1)
        counted = work.session.scalar(sa.select(sa.func.count()).select_from(inner.subquery())) or 0
        return min(counted, cap), counted > cap
    every = sa.select(sa.func.count()).select_from(resource.table).where(*conditions)
    if conditions or work.verb:
        return work.session.scalar(every) or 0, False
    return _known(work, resource.table, "count", every), False


@on_commit
def _forget(tables: set[str]) -> None:
    _changed.update(dict.fromkeys(tables, time.monotonic()))  # before the walk: `_known` looks after it has stored
    for known in [known for known in list(_sizes) if known[1] in tables]:
        _sizes.pop(known, None)


def _known(work: Work, table: Any, what: str, statement: sa.Select[Any]) -> int:
    """A number about a whole table. Of a big one it is kept for a moment, as long as nobody here changes the table."""
    place = (work.session.get_bind().engine.url, table.__tablename__, what)
    found = _sizes.get(place)
    if found is not None and time.monotonic() - found[0] < _KEPT_S:
        return found[1]
    begun, number = work.session.info["begun"], work.session.scalar(statement) or 0
    if number > CAP:
        _sizes[place] = begun, number
    if begun <= _changed.get(place[1], 0.0):  # this Work may not have seen the last change
        _sizes.pop(place, None)
    return number


def columns_of(resource: Resource, query: Query) -> tuple[str, ...]:
    """The columns that the query chooses, as far as there are such fields; else the Resource's own."""
    return tuple(name for name in query.columns if name in resource.shown) or resource.columns


def order(resource: Resource, query: Query, held: Any = None) -> list[sa.UnaryExpression[Any]]:
    """What the rows are sorted by; the id makes it certain. `held` are columns that hold it already. Raises Invalid."""
    names = query.sorts or (resource.sort,)
    if len(names) > MAX_SORTS:
        raise Invalid({"sort": Message("Sort by at most {count} columns.", count=MAX_SORTS)})
    key = column_of(resource.table, "id") if held is None else held["id"]
    specs = [_sorting(resource, name.removeprefix("-")) for name in names]
    sought = [_key(resource, spec) if held is None else held[f"k{at}"] for at, spec in enumerate(specs)]
    ordered = [_ordered(resource, *each) for each in zip(names, specs, sought, strict=True)]
    return [*ordered, key.desc() if names[0].startswith("-") else key.asc()]


def _sorting(resource: Resource, name: str) -> FieldSpec:
    spec = resource.shown.get(name)
    if spec is None or not spec.sortable:
        raise Invalid({"sort": columns.unsortable(resource, spec, name)}, known=columns.sortable(resource))
    return spec


def _ordered(resource: Resource, name: str, spec: FieldSpec, key: Any) -> sa.UnaryExpression[Any]:
    ordered = key.desc() if name.startswith("-") else key.asc()
    return ordered if _is_always(resource, spec) else ordered.nulls_last()  # type: ignore[no-any-return]


def _is_always(resource: Resource, spec: FieldSpec) -> bool:
    """Whether no row goes without it. Asked for the empty ones last, PostgreSQL reads no index backwards."""
    if spec.required or _by_key(resource, spec):
        return True
    own = resource.table.__table__.columns.get(spec.name)
    return own is not None and not own.nullable and not isinstance(spec.kind, Reference)


def _key(resource: Resource, spec: FieldSpec) -> Any:
    """What the field is sorted by: texts without accents and case, what is referred to by its name."""
    if spec.name in resource.told:
        return columns.first(resource, spec.name)
    column = column_of(resource.table, "sort_key" if _by_key(resource, spec) else spec.name)
    if isinstance(spec.kind, Reference):
        target = RESOURCES.get(spec.kind.resource)
        assert target is not None  # noqa: S101 - checked when the Resources are declared
        named = target.table.__table__.alias()
        name = named.c["sort_key"] if "sort_key" in named.c else search.Folded(named.c[target.label])
        return sa.select(name).where(named.c["id"] == column).scalar_subquery()
    folds = isinstance(spec.kind, Text) and spec.kind.folds and not _by_key(resource, spec)
    return search.Folded(column) if folds else column
