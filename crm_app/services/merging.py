"""Two or more records become one: what points at the others points at it, they are taken away, one undo brings all of it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_app.core import clock
from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.fields import Reference
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.models.history import Change
from crm_app.models.merged import Merged

from . import doubles, history, merge_lines, merge_plan, merged, rebinding, records, trees
from .merge_ways import MOST, ids_of
from .values import referred
from .verbs import Outcome
from .work import Work

VERBS = ("merge", "change", "remove")  # all of which one needs, on every one of the records
LIKELY = 6
# how names of companies end that say of what kind they are
_FORMS = {
    "sl", "slu", "sll", "sa", "sau", "sc", "scp", "cb", "slp", "ltd", "llc", "inc", "plc", "gmbh", "ag", "srl", "spa", "sas",
    "sarl", "bv", "nv", "lda", "cv",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a stranger asked for, as far as it can be. `versions` are those of the others that they saw."""

    gone: list[int]
    versions: Mapping[int, int]
    keep: Mapping[str, int]
    confirmed: bool


def run(work: Work, row: Any, values: Mapping[str, object]) -> Outcome:
    """Merge `records` (ids, or objects with `id` and `version`) into this row. `keep` names of fields the record whose value is
    kept; of others it is this one's, where it has none the next one's. `confirm` is needed where they may be two all the same.

    Raises Invalid, NotAllowed, and Conflict where one of the others has another version.
    """
    resource: Resource = row.RESOURCE
    wanted = _wanted(resource, int(row.id), values)
    if resource.tree:
        trees.take_turn(work, resource)
    sides = _sides(work, resource, int(row.id), wanted)
    found = merge_plan.compared(work, resource, sides, wanted.keep)
    merge_plan.refuse_needs(work, found)
    doubt = merge_plan.warning(work, found)
    if doubt is not None and not wanted.confirmed:
        raise Invalid({"confirm": doubt})
    left = merge_plan.resolved(found)
    roots: rebinding.Roots = {(str(row.__tablename__), row.id): row.version + 1}
    _place(work, resource, row, left, roots)
    joined = merge_lines.joining(work, resource, row.id, wanted.gone)
    merge_lines.store(work, joined, roots)
    for place in rebinding.places(resource):
        rebinding.repoint(work, resource, place, wanted.gone, row.id, roots)
    _refuse_depth(work, resource, row, left)
    _take_away(work, resource, row.id, sides[1:])
    _give(work, resource, row, sides, left)
    merge_lines.keep_spare(work, resource, row.id, [side.values for side in sides], left, joined)
    work.session.flush()
    return Outcome(row.id, row.version)


# ---- what is asked for


def _wanted(resource: Resource, key: int, values: Mapping[str, object]) -> Wanted:
    given = values.get("records")
    gone = ids_of(given)
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        raise Invalid({"records": Message("Send 1 to {count} ids.", count=MOST)})
    errors: dict[str, Message] = {}
    for place, one in enumerate(given):
        found = ids_of([one])
        if not found:
            errors[f"records.{place}"] = Message("Send 1 to {count} ids.", count=MOST)
        elif found[0] == key:
            errors[f"records.{place}"] = Message("A record cannot be merged into itself.")
        elif found[0] in gone[:place]:
            errors[f"records.{place}"] = Message("This record is named twice.")
    versions = {
        ids_of([one])[0]: one["version"]
        for one in given
        if isinstance(one, dict) and ids_of([one]) and "version" in one
    }
    bad = [one for one in versions.values() if not isinstance(one, int) or isinstance(one, bool)]
    if bad:
        errors["records"] = Message("Write a whole number.")
    keep = _keep(resource, {key, *gone}, values.get("keep"), errors)
    confirmed = values.get("confirm")
    if errors:
        raise Invalid(errors)
    return Wanted(gone, versions, keep, confirmed in (True, "true"))


def _keep(resource: Resource, keys: set[int], given: object, errors: dict[str, Message]) -> dict[str, int]:
    """Of each field the record whose value is kept."""
    if given is None or given == "":
        return {}
    if not isinstance(given, Mapping):
        errors["keep"] = Message("Send a JSON object.")
        return {}
    found: dict[str, int] = {}
    for name, key in given.items():
        chosen = ids_of([key])
        if name not in resource.writable:
            errors[f"keep.{str(name)[:60]}"] = Message("There is no field of this name here.")
        elif not chosen or chosen[0] not in keys:
            errors[f"keep.{name}"] = Message("Choose one of the records that are merged.")
        else:
            found[name] = chosen[0]
    return found


def _sides(work: Work, resource: Resource, key: int, wanted: Wanted) -> list[records.Item]:
    """The records as they are now, locked; the actor holds every verb on every one of them."""
    errors: dict[str, Message] = {}
    for place, one in enumerate((key, *wanted.gone)):
        at = f"records.{place - 1}" if place else "records"
        try:
            for verb in VERBS:
                row = records.locked(work, resource, one, verb)
        except (Missing, NotAllowed) as refused:
            if not place:
                raise
            errors[at] = refused.message
            continue
        if wanted.versions.get(one, row.version) != row.version:
            raise Conflict(row.version, {})
    if errors:
        raise Invalid(errors)
    return [records.one(work, resource, one, "merge") for one in (key, *wanted.gone)]


# ---- what is done


def _place(work: Work, resource: Resource, row: Any, left: Mapping[str, Any], roots: rebinding.Roots) -> None:
    """The record goes to its place in the tree before all else: undo, which comes from the end, then meets no circle."""
    before = getattr(row, resource.tree) if resource.tree else None
    if not resource.tree or before == left[resource.tree]:
        return
    version = roots[str(row.__tablename__), row.id]
    step = rebinding.Step(row.id, version, {resource.tree: before}, {resource.tree: left[resource.tree]})
    rebinding.write(work, resource.table, [step], roots, raises=False)
    work.session.refresh(row, [resource.tree])


def _refuse_depth(work: Work, resource: Resource, row: Any, left: Mapping[str, Any]) -> None:
    if resource.tree and left[resource.tree] is not None:
        fault = trees.fault(work, resource, row.id, left[resource.tree])
        if fault is not None:
            raise Invalid({resource.tree: fault})


def _take_away(work: Work, resource: Resource, key: int, gone: Sequence[records.Item]) -> None:
    """The others are removed; where they went is kept for whoever asks for one of them."""
    for side in gone:
        name = str(side.values[resource.label] or f"#{side.id}")[:200]
        work.session.add(Merged(resource=resource.name, gone=side.id, into=key, name=name))
    work.session.flush()
    for side in gone:
        records.remove(work, resource, side.id)


def _give(work: Work, resource: Resource, row: Any, sides: Sequence[records.Item], left: Mapping[str, Any]) -> None:
    """The values that count, by the rules that hold for any change; one version further, whatever there was to change."""
    version = row.version
    for side in sides:
        for name, spec in resource.fields.items():
            if isinstance(spec.kind, Reference) and side.values[name] is not None:
                referred(work).add((spec.kind.resource, side.values[name]))
    given = {
        name: resource.fields[name].kind.json(value) for name, value in left.items() if getattr(row, name) != value
    }
    given.pop(resource.tree, None)
    if given:
        records.change(work, resource, row.id, given)
    if row.version == version:
        row.updated_at = clock.now()
        work.session.flush()


@history.stands_beside(Merged, "Merged record", "name")
def _may_take_back(work: Work, change: Change) -> None:
    """Who may merge them may part them."""
    name = str((change.after or change.before or {}).get("resource", ""))
    work.require(records.resource_of(name).permission("merge"))


# ---- who asks for a record that was merged


@dataclass(frozen=True)
class Led:
    """The id of the record that is left, and the sentence for it."""

    into: int
    text: Message


def led(work: Work, resource: Resource, key: object) -> Led | None:
    """Where a record is that is not there any more: in which other one that the actor may read; None for any other."""
    try:
        found = merged.into(work, resource, records.key_of(resource, key))
        item = records.one(work, resource, found[0]) if found else None
    except (Missing, NotAllowed):
        return None
    if found is None or item is None:
        return None
    name = str(item.values[resource.label] or f"#{item.id}")
    return Led(item.id, Message("{gone} was merged into {name}.", gone=found[1], name=name))


# ---- for the page


def plan(work: Work, resource: Resource, keys: Sequence[object]) -> merge_plan.Plan:
    """What would come of merging all of these into the first. Raises Missing, NotAllowed, Invalid."""
    numbers = list(dict.fromkeys(records.key_of(resource, key) for key in keys))
    if not 1 < len(numbers) <= MOST + 1:
        raise Invalid({"records": Message("Choose two records or more, at most {count}.", count=MOST + 1)})
    for number in numbers:
        for verb in VERBS:
            records.locked(work, resource, number, verb)
    return merge_plan.plan(work, resource, [records.one(work, resource, number, "merge") for number in numbers])


def likely(work: Work, resource: Resource, key: int) -> list[tuple[int, str]]:
    """(id, label) of records that may be the same as this one: with the same telling fields, then with the same name."""
    item = records.one(work, resource, key)
    shared = [one.id for one in doubles.of_record(work, resource, key) if one.id is not None]
    name = _bare(str(item.values[resource.label] or ""))
    alike = records.options(work, resource, name, LIKELY) if name else []
    keys = [one for one in dict.fromkeys((*shared, *(other for other, _ in alike))) if one != key][:LIKELY]
    page = records.names_readable(work, resource, keys)
    return [(one, page[one]) for one in keys if one in page]


def _bare(name: str) -> str:
    """The words of a name as one would look for it: without punctuation, and without what kind of company it is."""
    words = [word for part in name[:80].split() if (word := merge_lines.bare(part))]
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    return " ".join(words)
