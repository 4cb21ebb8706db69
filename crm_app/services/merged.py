"""Where records have gone that were merged: old addresses and filters lead to the record that is left."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_app.core.resource import Resource
from crm_app.models.merged import Merged

from .verbs import registered
from .work import Work, column_of

VERB = "merge"


def happens(resource: str) -> bool:
    """True where records of that Resource can be merged."""
    return registered(resource, VERB) is not None


def into(work: Work, resource: Resource, key: int) -> tuple[int, str] | None:
    """The id of the record that this one is a part of now, and what this one was called; None for one that was not merged.

    The caller has to see whether the actor may read that record.
    """
    if not happens(resource.name):
        return None
    found = _steps(work, resource.name, [key]).get(key)
    return (follow(work, resource.name, [key])[0], found[1]) if found else None


def follow(work: Work, resource: str, keys: Sequence[Any]) -> list[Any]:
    """The ids with those of merged records in place of which the record is named that is left. What is no id stays as it is."""
    found = list(keys)
    while steps := _steps(work, resource, found):
        found = [steps[key][0] if key in steps else key for key in found]
    return found


def _steps(work: Work, resource: str, keys: Sequence[Any]) -> dict[int, tuple[int, str]]:
    """Of those ids that were merged away: into which record, and their name. No chain of them is a circle: none of them is there."""
    asked = sorted({key for key in keys if isinstance(key, int)})
    gone, to, name = (column_of(Merged, part) for part in ("gone", "into", "name"))
    rows = sa.select(gone, to, name).where(column_of(Merged, "resource") == resource, gone.in_(asked))
    return {row[0]: (row[1], row[2]) for row in work.session.execute(rows)} if asked else {}
