"""A toy document with a life of its own, for what the kernel does with workflows. It leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import SQLModel

from crm_app.core.fields import Text
from crm_app.core.resource import RESOURCES
from crm_app.core.workflow import Move, Workflow
from crm_app.models.base import Record, column, resource
from crm_app.services import actions, verbs
from crm_app.services.database import engine

LIFE = Workflow(
    "state", (Move("issue", ("draft",), "issued"), Move("credit", ("issued",), "credited")), frozenset({"draft"})
)


@contextmanager
def declared() -> Iterator[Any]:
    """The table, its Resource "papers" and its verbs, for as long as the block lasts."""

    class Paper(Record, table=True):
        __tablename__ = "paper"

        name: str = column(Text(40), "Name", required=True)
        state: str = column(Text(12), "State", default="draft", readonly=True)

    resource(Paper, "papers", one="Paper", many="Papers", icon="file", workflow=LIFE)
    for verb in ("issue", "credit"):
        actions.action("papers", verb, verb.title())(lambda _work, _row, _values: None)
    try:
        yield Paper
    finally:
        SQLModel.metadata.remove(Paper.__table__)
        del RESOURCES._found["papers"]
        for verb in ("issue", "credit"):
            del verbs._ACTIONS["papers", verb]


def make_table(table: Any) -> None:
    with engine().execution_options(writes=True).begin() as connection:
        table.__table__.create(connection)
