"""How records of a kind are merged: which fields go together, what must not get lost. Modules declare it beside their verbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_app.core.resource import Resource

from .verbs import Outcome, action
from .work import Work, column_of

MOST = 20


@dataclass(frozen=True)
class Spare:
    """Lines that take what a record's own fields cannot hold any more: of each line's field the record's, and what they all say."""

    lines: str
    fields: Mapping[str, str]
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """`together` are fields that come from one record where they contradict each other (an address). Of the fields in `wins` that
    value counts before any other. In those of `identity` no two records of one thing differ: where they do, somebody has to
    confirm that they are one. `spare` keeps what two records hold of one kind.
    """

    together: tuple[tuple[str, ...], ...] = ()
    wins: Mapping[str, Any] | None = None
    identity: tuple[str, ...] = ()
    spare: tuple[Spare, ...] = ()


_WAYS: dict[str, Way] = {}


def offer(resource: str, way: Way) -> None:
    """Let records of that Resource be merged, by a verb of theirs."""
    _WAYS[resource] = way
    declare = action(
        resource, "merge", "Merge", icon="merge", fields=("records", "keep", "confirm"), shown=False, before=_lock
    )
    declare(_merge)


def way_of(resource: str) -> Way:
    """How records of that Resource are merged."""
    return _WAYS[resource]


def ids_of(given: object) -> list[int]:
    """The ids in `records`, as far as they are such: numbers, or objects with an id and the version that was seen."""
    rows = given if isinstance(given, list) else []
    found = (row.get("id") if isinstance(row, dict) else row for row in rows[: MOST + 1])
    texts = (str(key) for key in found if isinstance(key, int | str) and not isinstance(key, bool))
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def _lock(work: Work, resource: Resource, key: int, values: Mapping[str, object]) -> None:
    """All of them in the order of their ids: of two who merge the same records the second waits, and neither for the other."""
    number = column_of(resource.table, "id")
    found = sa.select(number).where(number.in_({key, *ids_of(values.get("records"))}))
    work.session.execute(found.order_by(number).with_for_update()).all()


def _merge(work: Work, row: Any, values: Mapping[str, object]) -> Outcome:
    from . import merging  # knows the records, which know the modules

    return merging.run(work, row, values)
