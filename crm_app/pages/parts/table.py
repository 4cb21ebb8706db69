"""The list screen of any Resource: live filter, chips, a table whose heads sort, and the pages under it."""

import re
from functools import cache
from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Boolean, Currency, LongText, Reference, Text
from crm_app.core.query import LEAST_WIDTH, MOST_WIDTH
from crm_app.core.resource import FieldSpec, Resource
from crm_app.state.lists import Head, ListState, Row, priority
from crm_app.state.paged import Foot, PagedState

from . import boards, bulk, filters, kit, sums, views
from .cells import cells as cells_editor
from .links import link
from .shell import Trail, empty, heading, may, shell
from .text import t, when

_FEW = 6  # columns: those of words share the room
_AT_ONCE = 25  # rows, more than most windows show; the others follow when they are drawn
_PAGE, _BOXES = 1220, 56  # pixels: a list beside the navigation on a usual screen, and its boxes to tick
_NAME, _LEAST, _MOST = 264, 116, 160  # pixels there: what the name keeps, and of columns of words
# of columns, in pixels or as a part of the page (cqi) where that is more
_SEVERAL = "max(132px, 14cqi)"  # the names of other records
_LENGTH = re.compile(r"([\d.]+)(px|cqi)")
_WIDTHS = {
    "checkbox": "104px",
    "checkboxes": "max(138px, 12.3cqi)",
    "email": "max(246px, 21.5cqi)",
    "tel": "146px",
    "country": "120px",
    "date": "112px",
    "number": "96px",
    "decimal": "max(108px, 10.2cqi)",
    "select": "max(108px, 10.4cqi)",
}
_LAST = "var(--last, 0px)"  # what the last column that is shown has more, for the gutter after it
_NARROW = ("country", "date", "number")
_SHARING = ("text", "reference")


class Below(rx.Component):
    """Rows that come a moment after those above them; a letter typed meanwhile spares them."""

    library = kit.BESIDE["lists.jsx"]
    tag = "Below"
    token: rx.Var[str]


def list_screen(
    state: type[ListState],
    *,
    trail: Trail | None = None,
    toolbar: tuple[rx.Component, ...] = (),
    actions: tuple[rx.Component, ...] = (),
) -> rx.Component:
    """The whole page. `actions` are buttons in its head."""
    found = state.resource
    many = t(found.many)
    return shell(
        kit.url_query(query=state.address, mode=state.steps),
        heading(many, boards.switch(state), *actions, when(may(found, "create"), _new(found)), count=state.count),
        views.tabs(state),
        _toolbar(state, toolbar),
        rx.cond(
            state.failure != "",
            empty("circle-alert", t("This list cannot be shown"), state.failure, _whole(found)),
            rx.cond(state.loaded & (state.rows.length() == 0), _nothing(state), _shown(state)),
        ),
        cells_editor(state),
        sums.asking(state),
        rx.cond(state.board | (state.failure != ""), rx.fragment(), bulk.foot(state, foot(state))),
        trail=trail or ((t(found.group), ""), (many, "")),
        reload=state.load,
        undo=state.undo,
        needs=found.permission("read"),
    )


def _whole(found: Resource) -> rx.Component:
    return link(f"/{found.name}", t("Show the whole list"), class_name="button")


def _shown(state: type[ListState]) -> rx.Component:
    """The table, or the board in its place."""
    table = _table(state)
    return rx.cond(state.board, boards.board(state), table) if state.resource.board else table


def _new(found: Resource) -> rx.Component:
    return link(
        f"/{found.name}/new",
        kit.icon("plus"),
        rx.el.span(t(f"New {found.one.lower()}")),
        class_name="button button-primary",
        custom_attrs={"data-create": ""},
    )


def _toolbar(state: type[ListState], more: tuple[rx.Component, ...]) -> rx.Component:
    found = state.resource
    label = t(f"Filter {found.many.lower()}")
    return rx.el.div(
        filter_box(state, label),
        filters.chips(state),
        bulk.export_menu(state, "button button-quiet button-sm"),
        views.columns_button(state),
        *more,
        class_name="toolbar",
    )


def _table(state: type[ListState]) -> rx.Component:
    found = state.resource
    columns = len(found.columns)
    blank = rx.fragment(
        *(rx.el.th(t(found.shown[name].label), class_name=priority(index)) for index, name in enumerate(found.columns))
    )
    heads = rx.cond(state.loaded, rx.foreach(state.heads, lambda head: _head(state, head)), blank)

    def rows(some: Var[list[Row]]) -> rx.Component:
        return rx.foreach(some, lambda row, place: _row(state, row, place))

    body = rx.cond(
        state.loaded,
        rx.fragment(rows(state.rows[:_AT_ONCE]), Below.create(rows(state.rows[_AT_ONCE:]), token=state.address)),
        rx.fragment(*(_skeleton(columns) for _ in range(12))),
    )
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(bulk.pick_all(state), heads)),
            rx.el.tbody(body),
            sums.row(state),
            class_name="table",
            custom_attrs={"data-list": "", "aria-busy": rx.cond(state.loaded, "false", "true")},
        ),
        class_name="table-scroll",
        tab_index=0,
        role="region",
        aria_label=t(found.many),
    )


def _numbers(state: type[ListState], name: Var[str]) -> Var[str]:
    """The class of a column whose values stand at the right."""
    right = [spec.name for spec in state.resource.fields.values() if spec.kind.align == "right"]
    return rx.cond(Var.create(right).contains(name), "num ", "")


def _head(state: type[ListState], head: Var[Head]) -> rx.Component:
    fields = state.resource.shown
    widths = {
        spec.name: _width(state.resource, spec) for spec in fields.values() if spec.name != _widest(state.resource)
    }
    usual = [(name, width if width == "auto" else f"calc({width} + {_LAST})") for name, width in widths.items()]
    flexible = Var.create([name for name in fields if widths.get(name, "auto") == "auto"]).contains(head.name)
    label = views.label_of(state, head.name)
    arrow = rx.cond(
        head.sorted != "", kit.icon(rx.cond(head.sorted == "down", "arrow-down", "arrow-up")), rx.fragment()
    )
    sortable = Var.create([spec.name for spec in fields.values() if spec.sortable]).contains(head.name)
    button = bulk.sort(
        label,
        arrow,
        rx.cond(head.place != "", rx.el.small(head.place), rx.fragment()),
        name=head.name,
        title=t("Shift and click: sort by this too"),
        on_sort=state.sort_by,
    )
    return rx.el.th(
        rx.cond(sortable, button, rx.el.span(label, class_name="unsorted")),
        bulk.size(
            name=head.name,
            width=head.width,
            label=t("Width of the column {name}", name=label),
            title=t("Draw, or use the arrow keys; double click: as it was"),
            least=LEAST_WIDTH,
            most=MOST_WIDTH,
            on_size=state.size_column,
        ),
        key=head.name,
        class_name=_numbers(state, head.name) + head.priority,
        style={"width": rx.cond(head.width != "", head.width, rx.match(head.name, *usual, "auto"))},
        custom_attrs={
            "data-auto": rx.cond(flexible & (head.width == ""), "true", "false"),
            "aria-sort": rx.match(head.sorted, ("up", "ascending"), ("down", "descending"), "none"),
        },
    )


def _width(resource: Resource, spec: FieldSpec) -> str:
    """The width of a column; words share what the others leave beside the name."""
    words = _words(resource)
    return _own_width(resource, spec) or f"max({max(_LEAST, words * 0.85):.0f}px, {words / _PAGE * 100:.1f}cqi)"


@cache
def _words(resource: Resource) -> float:
    """How many pixels of a usual page a column of words has where the list shows its own columns."""
    beside = (resource.shown[name] for name in resource.columns if name != _widest(resource))
    widths = [width for spec in beside if (width := _own_width(resource, spec)) != "auto"]
    left = _PAGE - _BOXES - _NAME - sum(_pixels(width) for width in widths)
    return min(_MOST, max(_LEAST, left / max(1, widths.count(""))))


def _pixels(width: str) -> float:
    """How wide that is on a usual page."""
    return max((float(size) * (1 if unit == "px" else _PAGE / 100) for size, unit in _LENGTH.findall(width)), default=0)


def _own_width(resource: Resource, spec: FieldSpec) -> str:
    """The width of a column, "" for words; a document's number is shown whole, and the badges of a state want more than a word."""
    if isinstance(spec.kind, Currency):
        return "124px" if spec.name == resource.label else "76px"
    if resource.group == "Settings" and spec.kind.widget not in _NARROW:
        return "auto"  # few columns, whose words differ in length from one language to the other, share the room
    if isinstance(spec.kind, Reference) and spec.kind.person:
        return "134px"  # a face beside the name
    if isinstance(spec.kind, LongText) or (len(resource.columns) <= _FEW and spec.kind.widget in _SHARING):
        return "auto"
    if spec.name in resource.told:
        return _SEVERAL
    if spec.name == resource.label:
        return "160px" if resource.uncounted else "140px"  # behind the number of a version stands which it is
    if len(resource.columns) <= _FEW and spec.kind.widget == "select":
        return "156px"
    stands = resource.workflow is not None and spec.name == resource.workflow.state
    return "148px" if stands else _WIDTHS.get(spec.kind.widget, "")


def _numbered(resource: Resource) -> bool:
    """True for documents, which are called by their number."""
    return resource.label == "number"


def _widest(resource: Resource) -> str:
    """The column that takes the room that is left: the name, where that is a document's number the first that refers to a record
    which is no person, where it is a code the words beside it.
    """
    if isinstance(resource.fields[resource.label].kind, Currency):
        return next(name for name in resource.columns if type(resource.fields[name].kind) is Text)
    if not _numbered(resource) and not isinstance(resource.fields[resource.label].kind, Reference):
        return resource.label
    kinds = ((name, resource.fields[name].kind) for name in resource.columns if name != resource.label)
    others = (name for name, kind in kinds if isinstance(kind, Reference) and not kind.person)
    return next(others, resource.label)


def _row(state: type[ListState], row: Var[Row], place: Var[int]) -> rx.Component:
    def drawn(head: Var[Head], index: Var[int]) -> rx.Component:
        text = row.cells[index]
        found = {state.resource.label: _way_to(state.resource, row, text, faced=not _numbered(state.resource))}
        for spec in state.resource.fields.values():
            if isinstance(spec.kind, Boolean) or (isinstance(spec.kind, Reference) and spec.kind.person):
                found.setdefault(spec.name, cell(spec, text))
        if state.resource.workflow:
            found.setdefault(state.resource.workflow.state, bulk.badges(text=text))
        plain = rx.el.span(text, title=text, class_name="truncate", dir="auto")
        look = rx.cond(head.name == state.resource.label, " is-name", " muted")
        return rx.el.td(
            rx.match(head.name, *found.items(), plain),
            key=head.name,
            class_name=_numbers(state, head.name) + head.priority + look,
            tab_index=-1,
            custom_attrs={"data-field": head.name},
        )

    chosen = rx.cond(bulk.picked(state, row), "true", "false")
    return rx.el.tr(
        bulk.pick(state, row),
        rx.foreach(state.heads, drawn),
        key=place,  # other records are written into the lines that are there: quicker than new lines
        custom_attrs={"aria-selected": chosen, "data-row": row.id},
    )


def _way_to(resource: Resource, row: Var[Row], text: Var[str], *, faced: bool) -> rx.Component:
    """The record's name as its link; of one that stands inside another, that one's. (Then `label` is that one's id.)"""
    kind = resource.fields[resource.inside].kind if resource.inside else None
    if not isinstance(kind, Reference):
        return name_cell(resource.name, row, faced=faced)
    return link(f"/{kind.resource}/" + row.label, text, class_name="name truncate row-link", title=text)


def name_cell(resource: str, row: Var[Row], *, faced: bool = True) -> rx.Component:
    """The record's name, which is the link of the whole row; a number has no face."""
    return rx.el.span(
        kit.avatar(row.label, "avatar-square") if faced else rx.fragment(),
        link(
            f"/{resource}/" + row.id.to_string(),
            row.label,
            class_name="name truncate row-link",
            title=row.label,
            dir="auto",
        ),
        rx.cond(row.off, rx.el.span(kit.icon("circle-dashed"), t("Not active"), class_name="badge"), rx.fragment()),
        class_name="row",
    )


def cell(spec: FieldSpec, text: Var[str]) -> rx.Component:
    """A value of that kind in a table."""
    if isinstance(spec.kind, Boolean):
        yes = rx.el.span(kit.icon("circle-check"), t(spec.label), class_name="badge badge-done")
        if not spec.kind.negative:
            return when(text == "true", rx.el.span(kit.icon("check", size="sm"), t("Yes"), class_name="row yes"))
        no = rx.el.span(kit.icon("circle-dashed"), t(spec.kind.negative), class_name="badge")
        return rx.cond(text == "true", yes, no)
    if isinstance(spec.kind, Reference) and spec.kind.person:
        return when(text != "", rx.el.span(kit.avatar(text), rx.el.span(text, class_name="truncate"), class_name="row"))
    return rx.el.span(text, title=text, class_name="truncate", dir="auto")


def _skeleton(columns: int) -> rx.Component:
    """A line of the list before there is any: few elements, for a browser has to make them twice."""
    bar = rx.el.div(class_name="skeleton")
    return rx.el.tr(rx.el.td(bar, col_span=columns + 1), class_name="is-waiting", aria_hidden=True)


def _nothing(state: type[ListState]) -> rx.Component:
    found = state.resource
    filtered = (state.text != "") | (state.chips.length() > 0)
    none_match = empty(
        "search",
        t("Nothing matches"),
        t("Try fewer letters, or take a filter away."),
        rx.el.button(t("Show the whole list"), on_click=state.clear, class_name="button"),
    )
    first = when(may(found, "create"), link(f"/{found.name}/new", t(f"New {found.one.lower()}"), class_name="button"))
    none_yet = empty(
        found.icon,
        t(f"No {found.many.lower()} yet"),
        t("What you add appears here, with search, filters and its history."),
        first,
    )
    behind = state.page_number > state.pages
    return rx.el.div(
        rx.cond(behind, _behind(state), rx.cond(filtered, none_match, none_yet)), class_name="table-scroll"
    )


def _behind(state: type[ListState]) -> rx.Component:
    """The address asks for a page that the list does not have."""
    first = rx.el.button(t("First page"), on_click=state.turn_to(1), class_name="button")
    last = rx.el.button(t("Last page"), on_click=state.turn_to(state.pages), class_name="button")
    title = t("There is no page {number}", number=state.page_number)
    return empty("search", title, t("The list ends before it."), first, rx.cond(state.more, rx.fragment(), last))


def filter_box(state: type[ListState] | type[PagedState], label: Var[str]) -> rx.Component:
    """Where one types what the rows are narrowed by."""
    return kit.live_input(
        id="list-filter",
        value=state.text,
        on_text=state.search,
        placeholder=label,
        label=label,
        clear_label=t("Clear"),
        class_name="filter-box",
    )


def foot(state: type[ListState] | type[Foot]) -> rx.Component:
    """Where in the whole the page stands, and the way to the next ones."""

    def turn(icon: str, label: str, page: Any, able: Any) -> rx.Component:
        return rx.el.button(
            kit.icon(icon),
            on_click=state.turn_to(page),
            disabled=~able,
            aria_label=t(label),
            class_name="button button-quiet button-icon button-sm",
        )

    return rx.el.div(
        rx.el.span(t("{span} of {count}", span=state.span, count=state.count), class_name="fig", role="status"),
        rx.el.span(class_name="grow"),
        turn("chevron-left", "Previous page", state.page_number - 1, state.page_number > 1),
        rx.el.span(state.page_number, class_name="fig"),
        turn("chevron-right", "Next page", state.page_number + 1, state.more),
        class_name="list-foot",
    )


def left_out() -> rx.Component:
    """Tells that sums over documents may leave out customers of whom some documents are hidden from the reader."""
    text = t("Customers of whom you may not read everything that is open are left out.")
    return rx.el.p(kit.icon("circle-alert"), text, class_name="row muted small left-out")
