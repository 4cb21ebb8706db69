"""The registry of verbs, and the one way to run them: permission, lock, legal move, history, idempotency, once for all.

Buttons, API verbs, CLI and the roles screen are drawn from it.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Missing
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.jobs import Receipt
from crm_app.models.users import SCOPES

from . import (
    history,
    merging,  # noqa: F401 - imported so that what it takes back is known
    receipts,
    records,
)
from .actors import Actor
from .verbs import Action, Outcome, action, of, registered
from .work import Work, all_or_nothing, column_of

__all__ = ["Action", "Outcome", "action", "find", "of", "permissions", "run", "run_in", "undo"]


def _create(work: Work, resource: Resource, _key: Any, values: Mapping[str, object], _version: int | None) -> Outcome:
    return Outcome(records.create(work, resource, values), 1)


def _change(work: Work, resource: Resource, key: Any, values: Mapping[str, object], version: int | None) -> Outcome:
    made = records.change(work, resource, key, values, version)  # refuses a key that is no number
    return Outcome(int(key), made)


def _remove(work: Work, resource: Resource, key: Any, _values: Mapping[str, object], version: int | None) -> Outcome:
    records.remove(work, resource, key, version)
    return Outcome(int(key), None)


_RECORD_VERBS = {"create": ("Create", _create), "change": ("Change", _change), "remove": ("Remove", _remove)}


def find(resource: str, verb: str) -> Action:
    """The action of that name. Raises Missing."""
    found = RESOURCES.get(resource) if isinstance(resource, str) else None
    if found is not None and isinstance(verb, str):
        own = registered(resource, verb)
        if own is not None:
            return own
        if verb in _RECORD_VERBS and verb in found.verbs:
            label, run = _RECORD_VERBS[verb]
            return Action(resource, verb, label, run)
    raise Missing("verb", f"{str(resource)[:40]}.{str(verb)[:40]}")


def fields_of(resource: str, verb: str) -> tuple[str, ...]:
    """The names of the values that a registered verb takes; none of one that there is not."""
    found = registered(resource, verb)
    return found.fields if found is not None else ()


def permissions() -> Iterator[tuple[Resource, list[str]]]:
    """Every permission there is, by Resource: the roles screen and the checks draw from it, so they cannot drift."""
    for resource in (found for found in RESOURCES if not found.guard):
        yield resource, [*resource.verbs, *(found.verb for found in of(resource.name))]


# what no Resource of its own stands for
_BESIDE: Mapping[str, tuple[str, ...]] = {"changes.undo": SCOPES, "jobs.read": ("all",)}


def granted() -> dict[str, tuple[str, ...]]:
    """Every permission that a role can hold, and its scopes: what belongs to nobody is held as a whole or not at all."""
    found = {
        resource.permission(verb): SCOPES if resource.owner else ("all",)
        for resource, verbs in permissions()
        for verb in verbs
    }
    return found | dict(_BESIDE)


def opens(scope: str) -> bool:
    """True when a token's scope ("accounts.read", "accounts.*", "*") names at least one permission that there is."""
    if scope.endswith(".*"):
        return any(name.startswith(scope[:-1]) for name in granted())
    return scope == "*" or scope in granted()


def run(
    actor: Actor,
    resource: str,
    verb: str,
    key: object = None,
    values: Mapping[str, object] | None = None,
    *,
    version: int | None = None,
    once: str | None = None,
) -> Outcome:
    """Run a verb in a transaction of its own. With the same `once` key (an Idempotency-Key) the first answer comes again.

    Raises what the verb raises, Missing for an unknown one, Invalid when a key is used again for something else.
    """
    found = find(resource, verb)
    with Work(actor, f"{resource}.{verb}", label=found.label) as work:
        return run_in(work, found, key, values or {}, version=version, once=once)


@all_or_nothing
def run_in(
    work: Work,
    found: Action,
    key: object,
    values: Mapping[str, object],
    *,
    version: int | None = None,
    once: str | None = None,
) -> Outcome:
    """The same inside a Work that is open already."""
    resource = records.resource_of(found.resource)
    if not once:
        return _run(work, found, resource, key, values, version)
    proof, request = _receipt_of(work.actor, found, key, values, once)
    earlier = _first(work, proof, request)
    if earlier is not None:
        return earlier
    outcome = _run(work, found, resource, key, values, version)
    answer = {"id": outcome.id, "version": outcome.version, "result": outcome.result, "change_set": outcome.change_set}
    work.session.add(Receipt(proof=proof, request=request, answer=answer))
    return outcome


def _run(
    work: Work, found: Action, resource: Resource, key: object, values: Mapping[str, object], version: int | None
) -> Outcome:
    outcome = found.run(work, resource, key, values, version)
    return Outcome(outcome.id, outcome.version, outcome.result, work.change_set)


def _receipt_of(actor: Actor, found: Action, key: object, values: Mapping[str, object], once: str) -> tuple[str, str]:
    number = None if key is None else records.key_of(records.resource_of(found.resource), key)
    return receipts.proof_of(actor, once), receipts.request_of(found.resource, found.verb, number, dict(values))


def _first(work: Work, proof: str, request: str) -> Outcome | None:
    """The answer this key got before."""
    receipts.await_turn(work, proof)
    receipt = work.session.scalar(sa.select(Receipt).where(column_of(Receipt, "proof") == proof))
    if receipt is None:
        return None
    receipts.same(receipt, request)
    return Outcome(**receipt.answer)


def undo(actor: Actor, change_set: object) -> Outcome:
    """Undo a ChangeSet as a ChangeSet of its own. Raises as `history.undo`.

    One that is a part of a batch is undone with the rest of it: each in its own transaction, as it was made, newest first.
    """
    try:
        number = int(change_set)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        number = 0
    if not 0 < number < 2**63:
        raise Missing("change", change_set)
    parts = history.batch_of(actor, number)
    batch = secrets.token_hex(16) if len(parts) > 1 else None
    for part in parts:
        with Work(actor, "changes.undo", label="Undo", undoes=part, batch=batch) as work:
            history.undo(work, part)
    return Outcome(number, None, None, work.change_set)


def forget_receipts(actor: Actor, days: int = 7) -> None:
    """Drop the answers of idempotency keys older than that."""
    with Work(actor, "jobs.tidy") as work:
        work.session.execute(sa.delete(Receipt).where(column_of(Receipt, "at") < clock.ago(days=days)))
