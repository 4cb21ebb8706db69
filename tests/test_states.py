"""What no state of the page may do, whoever wrote it."""

from inspect import get_annotations

import reflex as rx

from crm_app.pages import registry


def _below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_no_state_gives_a_field_of_its_base_another_type():
    assert len(registry.PAGES) > 30
    hidden = {
        f"{one.__name__}.{name}: {hint} for {get_annotations(base)[name]}"
        for one in _below(rx.State)
        for name, hint in get_annotations(one).items()
        for base in one.__mro__[1:]
        if base.__module__.startswith("crm_app")
        and get_annotations(base).get(name, hint) != hint
        and "ClassVar" not in str(hint)
    }
    assert hidden == set()
