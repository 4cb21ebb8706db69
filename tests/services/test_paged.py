"""Tables that are computed whole are shown page by page: ageing, and the statement of a customer with many movements."""

from datetime import date
from decimal import Decimal

import pytest

from crm_app.core.i18n import Speech
from crm_app.core.query import named
from crm_app.services import statements, unsettled
from crm_app.state import ageing as ages
from crm_app.state import paged, receivables
from tests.support import kernel, trade

D = Decimal
SPEECH = Speech("en")


def test_a_page_is_cut_out_and_one_that_is_not_there_becomes_the_nearest():
    rows = list(range(101))
    assert [paged.cut(rows, page).rows for page in (1, 2, 3)] == [rows[:50], rows[50:100], rows[100:]]
    assert [paged.cut(rows, page).page for page in (-5, 0, 3, 4, 10**12)] == [1, 1, 3, 3, 3]
    assert [paged.cut(rows, page).more for page in (1, 2, 3)] == [True, True, False]
    assert (paged.cut(rows, 3).span(SPEECH), paged.cut([], 3)) == ("101\u2013101", paged.Cut([], 1, 0))
    assert paged.cut([], 1).span(SPEECH) == "0"


def test_names_are_found_by_all_words_whatever_their_accents():
    names = ["Pérez e Hijos", "PEREZ Marítima", "Hijos de Ana"]
    assert named(names, "perez", str) == names[:2]
    assert named(names, " hijos  pér ", str) == names[:1]
    assert named(names, "", str) == names
    assert named(names, "%_", str) == []


@pytest.fixture(scope="module")
def owing(trading):
    """Three customers that owe 121, 60.5 and 12.1."""
    return [
        trade.invoice(trade.customer(name=name), trade.line(1, price)) and name
        for name, price in (("Álamo Aged", 100), ("Zarza Aged", 50), ("Ñame Aged", 10))
    ]


def test_ageing_is_sorted_narrowed_and_summed(owing, trading):
    actor = kernel.actor(trading)

    def names(sort="", text="aged"):
        found = ages.read_ageing(actor, ages.Asked(text=text, sort=sort))
        return [row.name for row in found.page.rows], found.sort

    assert names() == (["Álamo Aged", "Ñame Aged", "Zarza Aged"], "name")
    assert names("-name") == (["Zarza Aged", "Ñame Aged", "Álamo Aged"], "-name")
    assert names("total") == (["Ñame Aged", "Zarza Aged", "Álamo Aged"], "total")
    assert names("-current") == (["Álamo Aged", "Zarza Aged", "Ñame Aged"], "-current")
    assert names("; DROP") == (["Álamo Aged", "Ñame Aged", "Zarza Aged"], "name")
    assert names("-total", "name aged") == (["Ñame Aged"], "-total")
    found = ages.read_ageing(actor, ages.Asked(text="aged"))
    assert [(row.currency, row.total) for row in found.sums] == [("EUR", "193,60")]
    assert ages.read_ageing(actor, ages.Asked(text="nobody at all", page=7)).page == paged.Cut([], 1, 0)


def test_a_long_statement_shows_its_end_and_says_what_stands_before():
    moves = tuple(
        statements.Movement(date(2026, 1, 1), "invoices", number, f"F-{number}", "invoice", None, D(1), D(number))
        for number in range(1, 8)
    )
    whole = statements.Statement("EUR", D(0), moves, D(7))
    part = receivables.part_of(SPEECH, whole, 3)
    assert ([row.number for row in part.rows], part.earlier, part.carried, part.closing) == (
        ["F-5", "F-6", "F-7"],
        "4 earlier movements",
        "4.00",
        "7.00",
    )
    assert receivables.part_of(SPEECH, whole, 6).earlier == "1 earlier movement"
    assert (receivables.part_of(SPEECH, whole, 7).earlier, len(receivables.part_of(SPEECH, whole, 7).rows)) == ("", 7)


def test_many_open_items_show_the_oldest_and_say_what_follows_and_what_it_comes_to():
    items = tuple(
        unsettled.Unsettled(date(2026, 1, 1), "invoices", number, f"F-{number}", "invoice", None, D(2), D(2))
        for number in range(1, 8)
    )
    whole = unsettled.OpenItems("EUR", items)
    part = receivables.unsettled_of(SPEECH, whole, 3)
    assert ([row.number for row in part.rows], part.later, part.rest, part.total) == (
        ["F-1", "F-2", "F-3"],
        "4 more open items",
        "8.00",
        "14.00",
    )
    assert receivables.unsettled_of(SPEECH, whole, 6).later == "1 more open item"
    part = receivables.unsettled_of(SPEECH, whole, 7)
    assert (part.later, part.rest, len(part.rows)) == ("", "", 7)
    assert len(receivables.unsettled_of(SPEECH, unsettled.OpenItems("EUR", items * 40)).rows) == receivables.MOVEMENTS
