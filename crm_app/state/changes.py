"""What is set goes over the wire and is drawn again: so only what is different is set."""

from typing import Any

import reflex as rx


def assign(state: rx.State, **values: Any) -> None:
    """Set those of the values that are not what the state holds already."""
    for name, value in values.items():
        if state.get_value(name) != value:
            setattr(state, name, value)
