"""What no state of the page may do, whoever wrote it."""

import reflex as rx

from crm_app.pages import registry


def _below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_no_state_gives_a_field_of_its_base_another_type():
    assert registry.PAGES
    hidden = {
        f"{one.__name__}.{name}: {hint} for {base.__annotations__[name]}"
        for one in _below(rx.State)
        for name, hint in one.__dict__.get("__annotations__", {}).items()
        for base in one.__mro__[1:]
        if base.__dict__.get("__annotations__", {}).get(name, hint) != hint
        and base.__module__.startswith("crm_app")
        and "ClassVar" not in str(hint)
    }
    assert hidden == set()
