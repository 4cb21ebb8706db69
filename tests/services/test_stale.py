"""Two people who edit one document at once: what touches different lines and fields is kept of both, the rest is told line by line."""

import json

import pytest

from crm_app.core.errors import Conflict
from crm_app.models.quotes import QUOTES
from crm_app.services import actions
from crm_app.services.actors import SYSTEM
from crm_app.state.clashes import clash_rows, settled
from tests.support import kernel, trade
from tests.support.trade import line, of

pytestmark = pytest.mark.usefixtures("trading")
NAMES = ("Chair", "Table", "Lamp")


@pytest.fixture
def quote():
    """Three lines: chair, table, lamp, one of each at 10."""
    return trade.document("quotes", trade.customer(), *(line(1, 10, description=name) for name in NAMES))


def sent(quote, **changes):
    """All lines as a form sends them, with these changes by the name of the line; None takes one away."""
    found = []
    for row in of("quotes", quote).lines:
        whole = {"id": row.id, "description": row.description, "quantity": str(row.quantity), "price": str(row.price)}
        asked = changes.get(row.description, {})
        found += [] if asked is None else [whole | asked]
    return found


def save(quote, version, rows, **values):
    return actions.run(SYSTEM, "quotes", "change", quote, {"lines": rows, **values}, version=version)


def told(quote):
    return [(row.description, int(row.quantity), int(row.price)) for row in of("quotes", quote).lines]


def test_changes_of_different_lines_and_fields_are_both_kept(quote):
    version = of("quotes", quote).version
    mine = sent(quote, Chair={"quantity": "2"}, Lamp=None)
    mine.insert(1, line(4, 1, description="Mine"))
    theirs = [line(5, 1, description="First"), *sent(quote, Chair={"price": "20"}, Table={"quantity": "3"})]
    save(quote, version, [*theirs, line(6, 1, description="Last")])
    save(quote, version, mine)
    assert told(quote) == [
        ("First", 5, 1), ("Chair", 2, 20), ("Mine", 4, 1), ("Table", 3, 10), ("Last", 6, 1),
    ]  # fmt: skip
    assert of("quotes", quote).net == 5 + 40 + 4 + 30 + 6


def test_what_both_took_away_or_set_alike_is_no_clash(quote):
    version = of("quotes", quote).version
    mine = sent(quote, Chair={"quantity": "2"}, Lamp=None)
    save(quote, version, sent(quote, Chair={"quantity": "2"}, Lamp=None, Table={"price": "11"}))
    save(quote, version, mine)
    assert told(quote) == [("Chair", 2, 10), ("Table", 1, 11)]


@pytest.mark.parametrize(
    ("mine", "theirs", "clashing"),
    [
        ({"Chair": {"price": "1"}, "Table": {"quantity": "2"}}, {"Chair": {"price": "2"}}, ["Chair"]),
        ({"Chair": None}, {"Chair": {"price": "2"}, "Table": {"price": "3"}}, ["Chair"]),
        ({"Chair": {"price": "1"}}, {"Chair": None, "Table": {"price": "3"}}, []),
    ],
)
def test_a_line_that_both_changed_otherwise_is_told_and_nothing_is_saved(quote, mine, theirs, clashing):
    version, rows = of("quotes", quote).version, sent(quote, **mine)
    save(quote, version, sent(quote, **theirs))
    before = told(quote)
    with pytest.raises(Conflict) as clash:
        save(quote, version, rows)
    assert [row["description"] for row in clash.value.theirs["lines"]] == clashing
    assert told(quote) == before


def test_a_list_that_names_no_line_that_was_there_is_not_added_to_theirs(quote):
    version = of("quotes", quote).version
    save(quote, version, sent(quote, Chair={"price": "2"}))
    with pytest.raises(Conflict) as clash:
        save(quote, version, [line(1, 1, description="All anew")])
    assert len(clash.value.theirs["lines"]) == 3


def test_two_at_the_same_instant_are_both_kept(quote):
    version = of("quotes", quote).version
    rows = [sent(quote, **{name: {"quantity": "7"}}) for name in NAMES]
    answers = kernel.at_once(*(lambda one=one: save(quote, version, one) for one in rows))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert told(quote) == [(name, 7, 10) for name in NAMES]
    assert of("quotes", quote).net == 210
    assert trade.disagreements() == []


def test_whoever_moved_lines_has_them_so(quote):
    version = of("quotes", quote).version
    mine, theirs = sent(quote, Chair={"quantity": "2"}), sent(quote)
    mine.append(line(1, 1, description="Mine"))
    save(quote, version, theirs[::-1])
    save(quote, version, mine)
    assert told(quote) == [("Lamp", 1, 10), ("Mine", 1, 1), ("Table", 1, 10), ("Chair", 2, 10)]
    version, mine = of("quotes", quote).version, sent(quote)[::-1]
    save(quote, version, sent(quote, Table={"price": "3"}))
    save(quote, version, mine)
    assert told(quote) == [("Chair", 2, 10), ("Table", 1, 3), ("Mine", 1, 1), ("Lamp", 1, 10)]


@pytest.mark.parametrize(
    ("whose", "lines"),
    [
        ("mine", [("Chair", 1, 9), ("Table", 5, 10), ("Lamp", 8, 10)]),
        ("theirs", [("Chair", 1, 7), ("Table", 5, 10)]),
    ],
)
def test_what_was_chosen_of_a_clash_leaves_all_else_of_both(quote, whose, lines):
    version, mine = of("quotes", quote).version, sent(quote, Chair={"price": "9"}, Lamp={"quantity": "8"})
    save(quote, version, sent(quote, Chair={"price": "7"}, Table={"quantity": "5"}, Lamp=None))
    with pytest.raises(Conflict) as clash:
        save(quote, version, mine)
    actor, pending = kernel.user_with({"quotes.read": "all", "quotes.change": "all"}), {"lines": json.dumps(mine)}
    (row,) = clash_rows(actor, QUOTES, pending, clash.value.theirs, quote, version)
    assert row.mine.split("\n") == ["Chair · Cantidad 1 · Precio 9,00", "Lamp · Cantidad 8 · Precio 10,00"]
    assert row.theirs == "Chair · Cantidad 1 · Precio 7,00"
    given = settled(actor, QUOTES, quote, version, pending, {"lines": whose})
    actions.run(actor, "quotes", "change", quote, given, version=clash.value.version)
    assert told(quote) == lines
