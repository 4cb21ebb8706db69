"""What of a record may not change any more: its Workflow says so, and the flush hook of Work asks here, whoever changes it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import get_history

from crm_app.core.errors import IllegalMove
from crm_app.models.base import Record

SYSTEM_COLUMNS = {"id", "created_at", "updated_at", "version", "search", "sort_key"}


def columns_of_row(row: Record | type[Record]) -> list[sa.Column[Any]]:
    """All columns of its table."""
    return list(row.__table__.columns)  # type: ignore[union-attr]


def changed_names(row: Record) -> list[str]:
    """The columns that wait to be written with another value."""
    return [c.name for c in columns_of_row(row) if get_history(row, c.name).has_changes()]


def refuse_frozen(row: Record, *, moving: bool, undoing: bool = False) -> None:
    """A record whose stored state is not editable refuses removal, and every change but a move that its workflow knows.

    A move between frozen states can be undone, but for one that gave the record its number: what was spent is not given back. In
    no state does it lose that.
    """
    resource = getattr(row, "RESOURCE", None)
    if resource is None or resource.workflow is None:
        return
    flow, label = resource.workflow, get_history(row, resource.label)
    states = get_history(row, flow.state)
    after = getattr(row, flow.state)
    before = states.deleted[0] if states.deleted else after
    lost = numbered(row) and (not moving or label.has_changes())
    if undoing and states.deleted:
        allowed = flow.reversible(before, after) and flow.leads(after, before) and not label.has_changes()
    else:
        allowed = before in flow.editable or (moving and bool(states.deleted) and flow.leads(before, after))
    if allowed and not lost:
        return
    changed = set(changed_names(row)) - SYSTEM_COLUMNS
    if moving and changed and changed <= flow.loose:
        return
    verb = "change" if moving else "remove"
    raise IllegalMove(
        str(getattr(row, resource.label) or f"#{row.id}"), before, verb, flow.open_moves(before), resource.name
    )


def numbered(row: Record) -> bool:
    """Whether the record was given a number by its workflow, before what waits to be written."""
    resource: Any = getattr(row, "RESOURCE", None)
    if resource is None or resource.workflow is None or not resource.fields[resource.label].readonly:
        return False
    told = get_history(row, resource.label)
    return bool(told.deleted[0] if told.deleted else not told.added and getattr(row, resource.label))
