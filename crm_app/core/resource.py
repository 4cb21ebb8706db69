"""A Resource says what lists, forms, search, export, the API and permissions need to know of a table. Names only.

It stands beside its table and is checked when that module is imported: a name that is no field fails there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from . import words
from .fields import Choice, Computed, Itself, Kind, Reference, Text
from .query import Filter, Query
from .workflow import Workflow

GROUPS = ("Sales", "Relations", "Catalogue", "Insight", "Settings")
STANDING = "standing"
ID = "id"
_BRIEF = 6


@dataclass(frozen=True)
class FieldSpec:
    """One column as people meet it. `label` is the English key; `needs` a verb that who sets it must be allowed, too."""

    name: str
    label: str
    kind: Kind
    required: bool = False
    default: Any = None
    readonly: bool = False
    help: str = ""
    sortable: bool = False
    unique: bool = False
    needs: str = ""

    def shape(self, word: Callable[[str], Any]) -> dict[str, Any]:
        """What an input for one value has to know, its words put by `word`. A country is picked like a reference."""
        kind = self.kind
        return {
            "name": self.name,
            "label": word(self.label),
            "widget": "reference" if kind.widget == "country" else kind.widget,
            "options": [[key, word(label)] for key, label in kind.pairs()] if isinstance(kind, Choice) else [],
            "resource": kind.resource if isinstance(kind, Reference) else "lists/countries",
            "way": isinstance(kind, Reference) and not kind.person,
            "required": self.required,
            "initial": kind.write(self.default),
            "size": getattr(kind, "size", 0),
        }


@dataclass(frozen=True)
class Section:
    """A titled group of fields in a form."""

    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A column that the lines inside a record tell: `field` of those called `lines` that count today, one beside the other."""

    lines: str
    field: str


@dataclass(frozen=True)
class Ready:
    """A view that a list has without anybody saving it. `url` is the query part of its address; a day in it may be told from
    the company's today: "today", "today+7", "today-7".
    """

    title: str
    url: str

    @property
    def query(self) -> Query:
        """What it asks for."""
        return Query.from_params(parse_qsl(self.url))


@dataclass(frozen=True)
class Stand:
    """How records may stand that meet all filters of `url`, the query part of an address. `label` is the English word for it,
    `many` that for several of them where it is another one.
    """

    value: str
    label: str
    url: str
    many: str = ""

    @property
    def view(self) -> Ready:
        """The records that stand so, as a view of the list."""
        return Ready(self.many or self.label, self.url)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What it asks for."""
        return self.view.query.filters


@dataclass(frozen=True, eq=False)
class Resource:
    """See the module. `name` is the plural of the URL ("accounts"); `one` and `many` are the English words for it.

    `label` is the field that names a record, `owner` the field that says whose it is (scope own and team),
    `tree` the field that names the record of the same kind that it is a part of, `place` where it stands in its group.

    `views` are the tabs that its list has for everybody. `sums` are the amounts that are added up under the list, per currency;
    those of records that hold `contrary` (a field and its value: a credit note, money paid out) are taken away, and those that
    meet the filters of `uncounted` are left out unless somebody asks for them; its title says so. With `board` the list may
    also be seen as a board of the workflow's states.

    `stands` are what is computed of records: the list is filtered by them as by a field called "standing".

    `owner` names the field of whose the record is; with `team` it is also that team's.

    `telling` are the fields of which two records should not hold the same: where two do, people are told.

    `feminine` says of what kind its word is in Spanish, so that words about a record agree with it.

    Records that stand inside others without a page of their own (the lines of documents) name by `inside` the field of the
    record that is opened for them, and by `guard` the Resource whose permissions count. `origins` are the columns that name the
    lines which such a line was made from: told to programs, written by verbs alone. Rows that stand `apart` tell of records that
    have a list themselves, and are not shown once more beside what these refer to.

    `told` are columns that the lines inside tell, by their names: an account has the names of its contacts.
    """

    name: str
    table: Any
    one: str
    many: str
    icon: str
    fields: Mapping[str, FieldSpec]
    label: str
    search: tuple[str, ...]
    columns: tuple[str, ...]
    form: tuple[Section, ...]
    filters: tuple[str, ...] = ()
    sort: str = ""
    owner: str = ""
    team: str = ""
    group: str = "Relations"
    nav: bool = True
    workflow: Workflow | None = None
    verbs: tuple[str, ...] = ("read", "create", "change", "remove")
    api: bool = True
    facts: tuple[str, ...] = field(default=())
    tree: str = ""
    place: int = 50
    views: tuple[Ready, ...] = ()
    stands: tuple[Stand, ...] = ()
    sums: tuple[str, ...] = ()
    contrary: tuple[str, str] | None = None
    uncounted: Ready | None = None
    board: bool = False
    guard: str = ""
    inside: str = ""
    telling: tuple[str, ...] = ()
    feminine: bool = False
    origins: tuple[str, ...] = ()
    apart: bool = False
    told: Mapping[str, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {
            "label": (self.label,),
            "search": self.search,
            "columns": self.columns,
            "form": tuple(name for section in self.form for name in section.fields),
            "filters": self.filters,
            "sort": (self.sort.removeprefix("-"),) if self.sort else (),
            "owner": (self.owner,) if self.owner else (),
            "team": (self.team,) if self.team else (),
            "facts": self.facts,
            "tree": (self.tree,) if self.tree else (),
            "workflow": (self.workflow.state,) if self.workflow else (),
            "views": tuple(part.field for view in self.views for part in view.query.filters),
            "stands": tuple(part.field for stand in self.stands for part in stand.filters),
            "sums": self.sums,
            "inside": (self.inside,) if self.inside else (),
            "telling": self.telling,
            "contrary": self.contrary[:1] if self.contrary else (),
            "uncounted": tuple(part.field for part in self.uncounted.query.filters) if self.uncounted else (),
        }
        for part, names in named.items():
            unknown = [
                name for name in names if name not in self.fields and (part != "columns" or name not in self.told)
            ]
            if unknown:
                raise ValueError(f"{self.name}.{part} names no field: {', '.join(unknown)}")
        if self.workflow and not self.fields[self.workflow.state].readonly:
            raise ValueError(f"{self.name}.{self.workflow.state} must be readonly: only verbs move a record")

    @cached_property
    def reach(self) -> frozenset[str]:
        """The fields that tell whose a record is."""
        return frozenset(name for name in (self.owner, self.team) if name)

    @cached_property
    def asked(self) -> Mapping[str, FieldSpec]:
        """What the list may be filtered by: its fields, the records that its lines name, how its records stand, their ids."""
        named = {
            part.name: FieldSpec(part.name, spec.label, spec.kind, readonly=True)
            for part in RESOURCES.lines(self)
            if isinstance((spec := part.resource.fields[part.resource.label]).kind, Reference) and not spec.kind.person
        }
        named |= {name: self.shown[name] for name, told in self.told.items() if not self.part(told).names(told.field)}
        named[ID] = FieldSpec(ID, self.one, Itself(self.name), readonly=True)
        if not self.stands:
            return {**named, **self.fields}
        options = StrEnum("Standing", {stand.value.upper(): stand.value for stand in self.stands})  # type: ignore[misc]
        kind = Computed(options, tuple(stand.label for stand in self.stands))
        return {STANDING: FieldSpec(STANDING, "Situation", kind, readonly=True), **named, **self.fields}

    @cached_property
    def shown(self) -> Mapping[str, FieldSpec]:
        """What the list shows and is sorted by: its fields, and what its lines tell."""
        return {**self.fields, **{name: self._told(name, told) for name, told in self.told.items()}}

    def _told(self, name: str, told: Told) -> FieldSpec:
        part = self.part(told)
        label = part.resource.many if told.field == part.resource.label else part.resource.fields[told.field].label
        return FieldSpec(name, label, Text(), readonly=True, sortable=True)

    def part(self, told: Told) -> "Lines":
        """The lines that tell it."""
        return next(part for part in RESOURCES.lines(self) if part.name == told.lines)

    @property
    def writable(self) -> tuple[str, ...]:
        """Names of the fields that a user may set."""
        return tuple(name for name, spec in self.fields.items() if not spec.readonly)

    @property
    def brief(self) -> tuple[str, ...]:
        """What to ask for where a record is made in passing: its name, what it cannot be without, then what tells most of it.

        Six fields, more only where more are needed.
        """
        needed = [name for name in self.writable if self.fields[name].required and self.fields[name].default is None]
        first = tuple(dict.fromkeys((self.label, *needed)))
        telling = (name for name in (*self.facts, *self.columns) if name in self.writable)
        return tuple(dict.fromkeys((*first, *telling)))[: max(_BRIEF, len(first))]

    @property
    def new_one(self) -> str:
        """The English title of a record that is being made."""
        return f"New {self.one.lower()}"

    def permission(self, verb: str) -> str:
        """The name of the permission for a verb on this Resource."""
        return f"{self.guard or self.name}.{verb}"


@dataclass(frozen=True, eq=False)
class Lines:
    """Records that live inside another one (an account's addresses, an invoice's lines): saved, undone and removed with it.

    `name` is theirs in forms and the API, `resource` describes them, `parent` is their field that names the record around
    them. `limit` is how many there may be. By their fields `sought` the record around them is found: another telephone, a code.
    """

    name: str
    resource: Resource
    parent: str
    limit: int = 200
    sought: tuple[str, ...] = ()

    def names(self, name: str) -> bool:
        """True for the field of these lines that names another record."""
        return isinstance(self.resource.fields[name].kind, Reference)


class Registry:
    """Every Resource by its name, in the order of declaration; and the lines inside them."""

    def __init__(self) -> None:
        self._found: dict[str, Resource] = {}
        self._lines: dict[str, list[Lines]] = {}

    def add(self, resource: Resource) -> Resource:
        """Register; a second one of the same name is a programming error."""
        if resource.name in self._found:
            raise ValueError(f"two resources are called {resource.name}")
        self._found[resource.name] = resource
        words.LISTS[resource.name] = resource.many
        if resource.workflow is not None:
            kind = resource.fields[resource.workflow.state].kind
            labels = kind.pairs() if isinstance(kind, Choice) else ()
            words.STATES.update({(resource.name, state): label for state, label in labels})
        return resource

    def get(self, name: str) -> Resource | None:
        """The Resource of that name, if there is one."""
        return self._found.get(name)

    def add_lines(self, owner: Resource, lines: Lines) -> Lines:
        """Put lines inside a Resource."""
        if lines.name in owner.fields or lines.name in (found.name for found in self.lines(owner)):
            raise ValueError(f"{owner.name} has two things called {lines.name}")
        self._lines.setdefault(owner.name, []).append(lines)
        return lines

    def lines(self, owner: Resource) -> list[Lines]:
        """The lines inside a Resource, in the order of declaration."""
        return self._lines.get(owner.name, [])

    def by_table(self, table: str) -> tuple[Resource, Resource] | None:
        """Of a table's name: the Resource that describes it, and the one whose permissions count (for lines, the one around)."""
        for owner in self._found.values():
            if owner.table.__tablename__ == table:
                return owner, owner
            for lines in self.lines(owner):
                if lines.resource.table.__tablename__ == table:
                    return lines.resource, owner
        return None

    def __iter__(self) -> Iterator[Resource]:
        """Group by group, as the navigation has them; the order does not hang on which module was imported first."""
        return iter(sorted(self._found.values(), key=lambda found: (GROUPS.index(found.group), found.place)))


RESOURCES = Registry()
