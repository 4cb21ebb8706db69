"""What every table is made of: column types that keep values exactly, the columns all records share, and `resource()`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from crm_app.core import clock, fields
from crm_app.core.fields import Kind, fold
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, FieldSpec, Lines, Resource, Section

from .moments import MomentText

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Exact(TypeDecorator[Decimal]):
    """A decimal with fixed places: NUMERIC on PostgreSQL, a scaled integer on SQLite (which has no decimal type)."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(28, self.places))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimals")
        return int(scaled) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        unit = Decimal(1).scaleb(-self.places)
        return Decimal(value) * unit if dialect.name == "sqlite" else Decimal(value).quantize(unit)


class ChoiceSet(TypeDecorator[tuple[str, ...]]):
    """Any number of a StrEnum's members in one integer, a bit each in the enum's order: new members go to the end."""

    impl = sa.Integer
    cache_ok = True

    def __init__(self, options: type) -> None:
        super().__init__()
        self.options = options
        self._bits = {member.value: 1 << bit for bit, member in enumerate(options)}  # type: ignore[arg-type, var-annotated]

    def mask(self, values: Any) -> int:
        """The bits of these members."""
        return sum({self._bits.get(value, 0) for value in values})

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return value if value is None or isinstance(value, int) else self.mask(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        if value is None:
            return None
        return tuple(name for name, bit in self._bits.items() if value & bit)

    class comparator_factory(TypeDecorator.Comparator[Any]):  # noqa: N801 - SQLAlchemy's name
        """`&` compares bits, on both databases."""

        def has_any(self, mask: int) -> sa.ColumnElement[bool]:
            """True where at least one of the mask's members is set."""
            return sa.cast(self.expr, sa.Integer).op("&")(mask) != 0


class TagSet(TypeDecorator[tuple[str, ...]]):
    """Short words in one text, each between commas: ",new,vip,"."""

    impl = sa.String
    cache_ok = True

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return (
            value
            if value is None or isinstance(value, str)
            else "".join(f",{word}" for word in value) + ("," if value else "")
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(word for word in value.split(",") if word)


Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SortKey = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")

_TYPES: dict[type[Kind], Any] = {
    fields.LongText: lambda kind: sa.Text(),
    fields.Boolean: lambda kind: sa.Boolean(),
    fields.Whole: lambda kind: sa.BigInteger(),
    fields.Number: lambda kind: Exact(kind.places),
    fields.Day: lambda kind: sa.Date(),
    fields.MomentKind: lambda kind: MomentText(200),
    fields.Choices: lambda kind: ChoiceSet(kind.options),
    fields.Tags: lambda kind: TagSet(1300),
    fields.Choice: lambda kind: sa.String(40),
    fields.Reference: lambda kind: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}


def column(
    kind: Kind,
    label: str,
    *,
    default: Any = None,
    required: bool = False,
    readonly: bool = False,
    index: bool = False,
    unique: bool = False,
    references: str = "",
    help: str = "",  # noqa: A002 - the word a form uses
    needs: str = "",
) -> Any:
    """A column that people meet: its kind decides the SQL type, `label` is the English key of its name.

    `references` is "table.column"; deleting what is referenced is refused by the database. `needs` see FieldSpec.
    """
    make = next((_TYPES[base] for base in type(kind).__mro__ if base in _TYPES), None)
    sql_type = make(kind) if make else sa.String(getattr(kind, "size", 200))
    spec = {"kind": kind, "label": label, "required": required, "readonly": readonly, "default": default}
    spec |= {"help": help, "needs": needs}
    options: dict[str, Any] = {"foreign_key": references} if references else {}
    nullable = not required and default is None
    return Field(
        default=default,
        sa_type=sql_type,
        nullable=nullable,
        index=index or bool(references),
        unique=unique,
        sa_column_kwargs={"info": {"spec": spec}},
        **options,
    )


_UNSORTED = (fields.Choices, fields.Computed, fields.LongText, fields.Tags)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts ids itself only in INTEGER PRIMARY KEY


class Record(SQLModel):
    """Base of the tables whose every change is kept in the history. `version` counts changes, for optimistic locking."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    created_at: datetime = Field(default_factory=clock.now)
    updated_at: datetime = Field(default_factory=clock.now)
    version: int = Field(default=1)

    RESOURCE: ClassVar[Resource]

    def root(self) -> tuple[str | None, int | None]:
        """Table and id of the record around this one; nothing for a record that stands by itself."""
        return None, None

    def check(self) -> Mapping[str, Message]:
        """The record's own rules: field name to sentence. Called before every save."""
        return {}


class Line(Record):
    """A Record inside another: its changes stand in the history of the record around it.

    PERIOD names the fields that it counts from and until. Lines with the same in SAME say one thing; ALONE is a flag that one of
    those has which hold the same in its fields.
    """

    position: int = Field(default=0)

    PARENT: ClassVar[str]
    SAME: ClassVar[tuple[str, ...]] = ()
    ALONE: ClassVar[tuple[str, tuple[str, ...]] | None] = None
    PERIOD: ClassVar[tuple[str, str] | None] = None

    def root(self) -> tuple[str | None, int | None]:
        """The record around it."""
        column_ = self.__table__.columns[self.PARENT]  # type: ignore[attr-defined]
        parent = next(iter(column_.foreign_keys)).column.table.name
        return parent, getattr(self, self.PARENT)

    def check(self) -> Mapping[str, Message]:
        """It does not end before it begins."""
        begin, end = (getattr(self, name) for name in self.PERIOD) if self.PERIOD else (None, None)
        if self.PERIOD is None or begin is None or end is None or begin <= end:
            return {}
        return {self.PERIOD[1]: Message("It ends before it begins.")}


class Searchable(Record):
    """A Record that lists and the global search find. Both columns are written by the flush hook of Work."""

    search: str = Field(default="", sa_type=sa.Text())
    sort_key: str = Field(default="", sa_type=SortKey)

    def index_text(self, resource: Resource) -> None:
        """Fill `search` and `sort_key` from the Resource's search fields."""
        values = {name: getattr(self, name) for name in (*resource.search, resource.label)}
        self.search = search_text(resource, values)
        self.sort_key = sort_text(resource, values)


def search_text(resource: Resource, values: Mapping[str, Any]) -> str:
    """The search fields of a record as one normalised text.

    Every word is led by two spaces, so that a trigram index also answers one and two letters: as a word's beginning. A word
    that punctuation parts or leads follows once more without it: "sl" finds "S.L.", "b12" finds "B-12".
    """
    parts: list[str] = []
    addresses: list[str] = []  # nobody looks for an address without its dots
    for name in resource.search:
        value = values[name]
        if value:
            kind = resource.fields[name].kind
            text = kind.write(value)
            (addresses if isinstance(kind, fields.Email | fields.Phone) else parts).append(text)
            if isinstance(kind, fields.Phone):
                addresses.append("".join([char for char in text if char.isdigit()]))
    words = fold(" ".join(parts)).split()
    bare = dict.fromkeys(_bare(word) for word in words if not word.isalnum())
    more = [word for word in bare if word and word not in words]
    return "  " + "  ".join([*words, *more, *fold(" ".join(addresses)).split()])


def _bare(word: str) -> str:
    """The word without punctuation; "" where it begins so as it is, and is found already."""
    letters = "".join([char for char in word if char.isalnum()])
    return "" if word.startswith(letters) else letters


def sort_text(resource: Resource, values: Mapping[str, Any]) -> str:
    """What a record is sorted by: its label, normalised."""
    return fold(str(values[resource.label] or ""))[:120]


# The id of a removed record is never given to a new one: its history and its place for undo stay its own.
KEEP_IDS = {"sqlite_autoincrement": True}


def sorted_by_key(table: str, *counted: str) -> tuple[Any, ...]:
    """The index of a Searchable table's own order, for `__table_args__`. (The migration makes the search index.)

    With `counted`, an index of these columns too: the first page counts by it what is new.
    """
    found = [sa.Index(f"ix_{table}_sort", "sort_key", "id")]
    return (*found, *([sa.Index(f"ix_{table}_new", *counted)] if counted else []), KEEP_IDS)


def resource(
    table: type[Record],
    name: str,
    *,
    one: str,
    many: str,
    icon: str,
    label: str = "name",
    search: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    form: tuple[Section, ...] = (),
    sort: str = "",
    **more: Any,
) -> Resource:
    """Declare and register the table's Resource; its fields are read from the columns. Raises ValueError on a wrong name.

    `more` is what else a Resource has, such as `filters`, `owner` or `workflow`.
    """
    specs = _specs(table, label)
    found = Resource(
        name=name,
        table=table,
        one=one,
        many=many,
        icon=icon,
        fields=specs,
        label=label,
        search=search or (label,),
        columns=columns or (label,),
        form=form or (Section("Details", tuple(n for n, spec in specs.items() if not spec.readonly)),),
        sort=sort or label,
        **more,
    )
    table.RESOURCE = found
    return RESOURCES.add(found)


def lines(
    owner: Resource,
    table: type[Line],
    name: str,
    *,
    one: str,
    many: str,
    label: str,
    icon: str = "",
    parent: str = "",
    limit: int = 200,
    sought: tuple[str, ...] = (),
) -> Lines:
    """Declare the records that live inside the owner's; the owner's permissions are theirs. Raises ValueError on a wrong name.

    `parent` is the field that names the owner, where it is not the table's own PARENT: a link between two records is shown
    inside both. `limit` is how many there may be, `sought` are the fields of theirs by which the owner is found.
    """
    parent = parent or table.PARENT
    specs = {key: spec for key, spec in _specs(table, label).items() if key not in (parent, "created_at", "updated_at")}
    found = Resource(
        name=name,
        table=table,
        one=one,
        many=many,
        icon=icon,
        fields=specs,
        label=label,
        search=(),
        columns=tuple(specs),
        form=(Section(many, tuple(specs)),),
        nav=False,
        origins=tuple(c.name for c in table.__table__.columns if "origin" in c.info),  # type: ignore[attr-defined]
    )
    if parent == table.PARENT:
        table.RESOURCE = found
    return RESOURCES.add_lines(owner, Lines(name, found, parent, limit, sought))


def _specs(table: type[Record], label: str) -> dict[str, FieldSpec]:
    """The table's fields in the order of its columns; all of one plain value can be sorted by."""
    specs: dict[str, FieldSpec] = {}
    for column_ in table.__table__.columns:  # type: ignore[attr-defined]
        spec = column_.info.get("spec")
        if spec:
            sortable = column_.name == label or not isinstance(spec["kind"], _UNSORTED)
            specs[column_.name] = FieldSpec(name=column_.name, sortable=sortable, unique=bool(column_.unique), **spec)
    stamp = fields.MomentKind()
    specs["created_at"] = FieldSpec("created_at", "Created", stamp, readonly=True, sortable=True)
    specs["updated_at"] = FieldSpec("updated_at", "Changed", stamp, readonly=True, sortable=True)
    return specs


def encode(value: Any) -> Any:
    """A column's value as JSON for the history."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


_AS_JSON = frozenset({str, int, bool, float, dict, list})


def encoded(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What is set of these columns, as JSON for the history."""
    return {
        name: value if type(value) in _AS_JSON else encode(value)
        for name in names
        if (value := values[name]) is not None
    }


def decode(column_: sa.Column[Any], value: Any) -> Any:
    """The reverse of `encode` for that column."""
    if value is None:
        return None
    if isinstance(column_.type, Exact):
        return Decimal(value)
    if isinstance(column_.type, ChoiceSet | TagSet):
        return tuple(value)
    if isinstance(column_.type, sa.Date):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if isinstance(value, str) and _is_moment(column_) else value


def _is_moment(column_: sa.Column[Any]) -> bool:
    kind = column_.type
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(kind, MomentText) or isinstance(inner, sa.DateTime)
