"""The registry of verbs beside create, change and remove. Modules put theirs in; `actions` runs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crm_app.core import words
from crm_app.core.errors import Conflict, Invalid
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource

from .work import Work


@dataclass(frozen=True)
class Outcome:
    """What a verb did. `result` points at a record it made elsewhere (a conversion); `change_set` can be undone."""

    id: int | None = None
    version: int | None = None
    result: Mapping[str, Any] | None = None
    change_set: int | None = None


@dataclass(frozen=True)
class Action:
    """A verb on a Resource. `run(work, resource, id, values, version)` acts inside the transaction."""

    resource: str
    verb: str
    label: str
    run: Callable[[Work, Resource, Any, Mapping[str, object], int | None], Outcome]
    icon: str = ""
    danger: bool = False
    fields: tuple[str, ...] = ()
    shown: bool = field(default=True)


Verb = TypeVar("Verb", bound=Callable[[Work, Any, Mapping[str, object]], Outcome | None])
_ACTIONS: dict[tuple[str, str], Action] = {}


def action(
    resource: str,
    verb: str,
    label: str,
    *,
    icon: str = "",
    danger: bool = False,
    fields: tuple[str, ...] = (),
    shown: bool = True,
    before: Callable[[Work, Resource, int, Mapping[str, object]], None] | None = None,
) -> Callable[[Verb], Verb]:
    """Register the function below as that verb; it is given (work, row or None, values) and returns an Outcome or None.

    The permission is required and the row locked before it runs; with a Workflow the move is checked and made. `before` comes
    even before the lock: for what has to be locked in an order of its own. It is given what nobody has looked at yet.
    Values that are none of its `fields` are refused, not overlooked.
    """

    def register(function: Verb) -> Verb:
        def run(work: Work, found: Resource, key: Any, values: Mapping[str, object], version: int | None) -> Outcome:
            from . import records  # records knows the modules, and they register here

            if before is not None:
                before(work, found, records.key_of(found, key), values)
            row = records.locked(work, found, key, verb)
            if version is not None and version != row.version:
                raise Conflict(row.version, {})
            _refuse_unknown(values, fields)
            _move(row, found, verb)
            with work.session.no_autoflush:  # the move and what goes with it are one change
                outcome = function(work, row, values)
            work.session.flush()
            return outcome or Outcome(row.id, row.version)

        words.VERBS[resource, verb] = label
        _ACTIONS[resource, verb] = Action(resource, verb, label, run, icon, danger, fields, shown)
        return function

    return register


def _refuse_unknown(values: Mapping[str, object], fields: tuple[str, ...]) -> None:
    unknown = [name for name in values if name not in fields]
    if unknown:
        raise Invalid({str(name)[:60]: Message("There is no field of this name here.") for name in unknown})


def _move(row: Any, found: Resource, verb: str) -> None:
    """The row is in the state that the verb leads to, where there is a Workflow. Raises IllegalMove."""
    if found.workflow is not None:
        named = str(getattr(row, found.label) or f"#{row.id}")
        state = found.workflow.target(named, getattr(row, found.workflow.state), verb, found.name)
        setattr(row, found.workflow.state, state)


def registered(resource: str, verb: str) -> Action | None:
    """The action of that name."""
    return _ACTIONS.get((resource, verb))


def of(resource: str) -> list[Action]:
    """The verbs of a Resource beside create, change and remove, in the order they were declared."""
    return [found for (name, _), found in _ACTIONS.items() if name == resource]
