"""What the head of a record is made of: whose it is, its figures and facts, the ways to its neighbours and to the next step."""

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Email, Number, Phone
from crm_app.core.resource import FieldSpec, Resource
from crm_app.state.forms import RecordState
from crm_app.state.heads import DoubleRow, FigureRow
from crm_app.state.session import Me

from . import kit
from .links import ReachLink, link
from .merging import merge_double
from .text import t, when


def owner_line(state: type[RecordState]) -> rx.Component:
    """Whose the record is, and when it was changed last."""
    owner = state.resource.owner
    whose = rx.el.span(kit.avatar(state.shown[owner]), state.shown[owner], class_name="record-owner", title=t("Owner"))
    told = (_told(state.resource.fields[name], _with_currency(state, name)) for name in state.resource.facts)
    return rx.el.div(
        when(state.figures.length() > 0, rx.fragment(*told)),
        when(state.shown[owner] != "", whose) if owner else rx.fragment(),
        when(
            state.figures.length() == 0,
            rx.el.span(t("{what}, changed {when}", what=t(state.resource.one), when=state.shown["updated_at"])),
        ),
        class_name="record-sub",
    )


def neighbours(state: type[RecordState]) -> rx.Component:
    """The record before this one in the list that one came from, and the one after it."""

    def neighbour(to: Var[str], icon: str, text: Var[str]) -> rx.Component:
        look = "button button-quiet button-icon"
        none = rx.el.button(kit.icon(icon), disabled=True, aria_label=text, title=text, class_name=look)
        return rx.cond(to != "", link(to, kit.icon(icon), aria_label=text, title=text, class_name=look), none)

    ways = rx.el.div(
        neighbour(state.earlier, "chevron-up", t("Previous in the list")),
        neighbour(state.later, "chevron-down", t("Next in the list")),
        class_name="row neighbours",
    )
    return when((state.earlier != "") | (state.later != ""), ways)


def begin(state: type[RecordState], resource: Resource, field: str) -> rx.Component:
    """The next step: a new record of that list, which names this one."""
    to = Var.create(f"/{resource.name}/new?{field}=") + state.record.to_string()
    button = link(to, kit.icon(resource.icon), rx.el.span(t(resource.new_one)), class_name="button button-primary")
    return when(Me.may.contains(resource.permission("create")), button)


def facts(state: type[RecordState]) -> rx.Component:
    """The figures of the record, else its facts, which stand under its name then; below what it has in common with others."""
    found = state.resource
    told = [_fact(found.fields[name], _with_currency(state, name)) for name in found.facts]
    strip = rx.cond(
        state.figures.length() > 0,
        rx.el.dl(rx.foreach(state.figures, _figure), class_name="facts"),
        rx.el.dl(*told, class_name="facts") if told else rx.fragment(),
    )
    return rx.fragment(when(state.record != 0, strip), _doubles(state))


def _with_currency(state: type[RecordState], name: str) -> Var[str]:
    """A fact; an amount with what it is in, unless that is a fact of its own."""
    kind, text = state.resource.fields[name].kind, state.shown[name]
    if not isinstance(kind, Number) or not kind.currency or kind.currency in state.resource.facts:
        return text
    return rx.cond(text != "", text + "\u00a0" + state.shown[kind.currency], "")


def _told(spec: FieldSpec, text: Var[str]) -> rx.Component:
    label = t(spec.label)
    said = rx.el.span(label, ": ", class_name="sr-only")
    return when(text != "", rx.el.span(said, _reaching(spec, text), title=label, dir="auto"))


def _reaching(spec: FieldSpec, text: Var[str]) -> Var[str] | rx.Component:
    """The text; a telephone number calls, an e-mail address begins a message."""
    if isinstance(spec.kind, Phone | Email):
        return ReachLink.create(text=text, phone=isinstance(spec.kind, Phone))
    return text


def _doubles(state: type[RecordState]) -> rx.Component:
    """Other records that hold what should tell this one from them, to be looked at; nothing is refused."""
    rows = rx.foreach(state.doubles, lambda row: _double(state, row))
    notice = rx.el.div(rows, class_name="banner banner-wait notices", role="status")
    return when(state.doubles.length() > 0, notice) if state.resource.telling else rx.fragment()


def _double(state: type[RecordState], row: Var[DoubleRow]) -> rx.Component:
    text = rx.cond(row.way != "", link(row.way, row.text, class_name="link", dir="auto"), rx.el.span(row.text))
    merge = merge_double(state, row.id)
    return rx.el.p(kit.icon("copy"), text, merge, key=row.way + row.text)


def _fact(spec: FieldSpec, text: Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t(spec.label)),
        rx.el.dd(rx.cond(text != "", _reaching(spec, text), "\u2013"), class_name="truncate", title=text),
        class_name="fact",
    )


def _figure(row: Var[FigureRow]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(row.label),
        rx.el.dd(row.text, class_name=rx.cond(row.late, "truncate is-late", "truncate"), title=row.text),
        when(row.more != "", rx.el.dd(row.more)),
        class_name="fact",
        key=row.label,
    )
