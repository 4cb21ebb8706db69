"""A record's life: legal moves, and the sentence for the others."""

from types import SimpleNamespace

import pytest

from crm_app.core.errors import IllegalMove
from crm_app.core.fields import Text
from crm_app.core.i18n import Speech
from crm_app.core.resource import FieldSpec, Registry, Resource, Section
from crm_app.core.workflow import Move, Workflow

LIFE = Workflow(
    "state",
    (
        Move("send", ("draft",), "sent"),
        Move("accept", ("sent",), "accepted"),
        Move("cancel", ("draft", "sent"), "cancelled"),
        Move("remind", ("accepted",)),
    ),
    frozenset({"draft"}),
)
STATES = ("draft", "sent", "accepted", "cancelled")


def resource(**changed) -> Resource:
    specs = {"name": FieldSpec("name", "Name", Text()), "state": FieldSpec("state", "State", Text(), readonly=True)}
    given = {
        "label": "name",
        "search": ("name",),
        "columns": ("name",),
        "form": (Section("Details", ("name",)),),
        "fields": specs,
    }
    return Resource(
        **{
            "name": "papers",
            "table": SimpleNamespace,
            "one": "Paper",
            "many": "Papers",
            "icon": "file",
            **given,
            **changed,
        }
    )


def test_a_verb_leads_from_its_sources_to_its_target():
    assert LIFE.target("Q-1", "draft", "send") == "sent"
    assert LIFE.open_moves("sent") == ("accept", "cancel")
    assert LIFE.open_moves("accepted") == ("remind",)
    assert LIFE.open_moves("cancelled") == ()
    assert LIFE.target("Q-1", "accepted", "remind") == "accepted", "it leads nowhere"
    ways = {(a, b): LIFE.verb_to(a, b) for a in STATES for b in STATES if LIFE.verb_to(a, b)}
    assert ways == {
        ("draft", "sent"): "send",
        ("sent", "accepted"): "accept",
        ("draft", "cancelled"): "cancel",
        ("sent", "cancelled"): "cancel",
    }
    assert LIFE.leads("draft", "cancelled")
    assert LIFE.reversible("sent", "accepted")
    assert not LIFE.reversible("draft", "cancelled"), "it ended before it had a number"
    assert not LIFE.reversible("draft", "sent"), "it was given a number"
    assert not LIFE.reversible("sent", "sent")
    assert not LIFE.leads("sent", "draft")
    assert not LIFE.leads("draft", "accepted")


@pytest.mark.parametrize(
    ("state", "verb", "told"),
    [
        ("draft", "accept", "Q-1 is draft: Accept is not possible. Possible now: Send, Cancel."),
        ("cancelled", "send", "Q-1 is cancelled: neither Send nor any other step is possible."),
        ("nowhere", "fly", "Q-1 is nowhere: neither Fly nor any other step is possible."),
    ],
)
def test_an_illegal_move_names_the_record_its_state_and_the_open_moves(state, verb, told):
    with pytest.raises(IllegalMove) as caught:
        LIFE.target("Q-1", state, verb)
    assert Speech("en").say(caught.value.message) == told
    assert caught.value.open_moves == LIFE.open_moves(state)


def test_a_verb_stands_once_in_a_workflow():
    with pytest.raises(ValueError, match="twice"):
        Workflow("state", (Move("send", ("a",), "b"), Move("send", ("b",), "c")), frozenset())


@pytest.mark.parametrize("part", ["label", "search", "columns", "form", "filters", "sort", "owner", "facts"])
def test_a_resource_that_names_no_field_fails_where_it_is_declared(part):
    wrong = {"form": (Section("Details", ("nothing",)),), "label": "nothing", "sort": "-nothing", "owner": "nothing"}
    with pytest.raises(ValueError, match=f"papers.{part} names no field: nothing"):
        resource(**{part: wrong.get(part, ("nothing",))})


def test_the_state_of_a_workflow_is_not_for_forms():
    assert resource(workflow=LIFE).workflow == LIFE
    open_state = {"name": FieldSpec("name", "Name", Text()), "state": FieldSpec("state", "State", Text())}
    with pytest.raises(ValueError, match="only verbs move a record"):
        resource(workflow=LIFE, fields=open_state)


def test_two_resources_of_one_name_are_a_mistake():
    registry = Registry()
    registry.add(resource())
    with pytest.raises(ValueError, match="two resources"):
        registry.add(resource())
    assert (registry.get("papers").one, registry.get("nothing")) == ("Paper", None)
