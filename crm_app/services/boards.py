"""A list as a board: its records by their state, and the verb that a card's move to another state stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crm_app.core.errors import IllegalMove
from crm_app.core.fields import Amount, Choice, Day, Reference
from crm_app.core.query import MAX_SIZE, Filter, Query
from crm_app.core.resource import Resource

from . import actions, records, standings, sums
from .work import Work

SHOWN = 20  # cards of a lane; so many more on each wish


@dataclass(frozen=True)
class Lane:
    """The first records in a state, how many there are, and what their amounts come to (None where they are too many)."""

    state: str
    items: list[records.Item]
    total: int
    capped: bool
    sums: list[sums.Sum] | None


@dataclass(frozen=True)
class Card:
    """Which fields a card shows, "" for none: whom it is about, what it is worth, when it is, whose it is."""

    about: str
    amount: str
    day: str
    owner: str

    @property
    def names(self) -> tuple[str, ...]:
        """Those that there are."""
        return tuple(name for name in (self.about, self.amount, self.day, self.owner) if name)


def card_of(resource: Resource) -> Card:
    """What tells most of a record, of its facts."""

    def first(kind: type) -> str:
        return next((name for name in resource.facts if isinstance(resource.fields[name].kind, kind)), "")

    amount = next((name for name in resource.facts if name in resource.sums), "") or first(Amount)
    return Card(first(Reference), amount, first(Day), resource.owner)


def states_of(resource: Resource) -> list[tuple[str, str]]:
    """The states in their order, each with its word (an English key)."""
    kind = resource.fields[resource.workflow.state].kind if resource.workflow else None
    return kind.pairs() if isinstance(kind, Choice) else []


def of(work: Work, resource: Resource, query: Query, sizes: Mapping[str, int]) -> list[Lane]:
    """A lane per state with what the query finds there and counts. `sizes` says how many cards, where not SHOWN. Raises Invalid."""
    query = sums.counting(resource, query)
    states = states_of(resource)
    state = resource.workflow.state if resource.workflow else ""
    names = tuple(dict.fromkeys((resource.label, *card_of(resource).names, *standings.needs(resource))))
    added = sums.of(work, resource, query, by=state)
    found = []
    for value, _ in states:
        asked = replace(query, filters=(*query.filters, Filter(state, "eq", value)), page=1)
        asked = replace(asked, size=min(sizes.get(value, SHOWN), MAX_SIZE))
        page = records.page(work, resource, asked, columns=names)
        own = None if added is None else [one for one in added if one.group == value]
        found.append(Lane(value, page.items, page.total, page.capped, own))
    return found


def verb_to(work: Work, resource: Resource, key: object, target: str) -> str:
    """The verb that leads the record to that state; "" where it is there. Raises IllegalMove with the moves that are open."""
    flow = resource.workflow
    item = records.one(work, resource, key)
    if flow is None or target not in dict(states_of(resource)):
        raise IllegalMove(str(item.values[resource.label] or f"#{item.id}"), "", target, (), resource.name)
    state = str(item.values[flow.state])
    if state == target:
        return ""
    verb = flow.verb_to(state, target)
    if not verb:
        named = str(item.values[resource.label] or f"#{item.id}")
        raise IllegalMove(named, state, target, flow.open_moves(state), resource.name, to_state=True)
    return verb


def undoable(resource: Resource, item: records.Item, target: str) -> bool:
    """Whether the record's move to that state can be taken back."""
    flow = resource.workflow
    return flow is not None and flow.reversible(str(item.values[flow.state]), target)


def asks(resource: Resource, verb: str) -> tuple[bool, bool]:
    """Whether a person is asked before that verb runs (what cannot be taken back, or wants a reason), and for a reason."""
    found = actions.find(resource.name, verb)
    reason = "reason" in found.fields
    return found.danger or reason, reason
