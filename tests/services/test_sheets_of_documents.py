"""What stands under the lines of a document on the screen."""

from decimal import Decimal

from crm_app.core.i18n import Speech
from crm_app.models.orders import ORDERS
from crm_app.models.quotes import QUOTES
from crm_app.services import records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state import quotes
from crm_app.state import trade as trades
from tests.support import trade
from tests.support.trade import line

ES = Speech("es", "ES")


def told(*lines):
    found = trades.totals_by_recurrence(list(lines), "EUR", ES)
    return [(row["label"], row["value"]) for row in found]


def test_what_is_charged_once_stands_apart_from_what_comes_back():
    once, monthly = {"net": Decimal(1000), "recurrence": "once"}, {"net": Decimal(20), "recurrence": "monthly"}
    assert told(once, monthly, monthly) == [("Pago único", "1.000,00"), ("Mensual", "40,00")]
    assert told(monthly) == [("Mensual", "20,00")]
    assert told(once) == []
    assert told({"net": Decimal(5)}) == [], "an order has no recurrence"
    assert told(once, monthly | {"choice": "optional"}) == []


def test_what_can_only_be_read_is_written_as_one_reads_it(trading):
    key = trade.order(trade.customer(), line("1000.5", "12345.6"), line(1, "-250"))
    with Work(SYSTEM) as work:
        found = trades.beside(work, ORDERS, records.one(work, ORDERS, key))
        reader = work.actor.speech
    shown = [(row["shown"]["quantity"], row["shown"]["price"]) for row in found.sheet["lines"]]
    assert shown == [
        (reader.number(Decimal("1000.5")), reader.number(Decimal("12345.60"))),
        (reader.number(Decimal(1)), reader.number(Decimal("-250.00"))),
    ]


def test_a_quote_tells_both_of_what_is_stored(trading):
    key = trade.document("quotes", trade.customer(), line(2, 10), line(1, 30, recurrence="yearly"))
    with Work(SYSTEM) as work:
        sheet = trades.beside(work, QUOTES, records.one(work, QUOTES, key)).sheet
    assert [row["label"] for row in sheet["totals"]][:3] == ["Pago único", "Anual", "Importe neto"]


def test_a_version_without_a_number_says_which_it_is(trading):
    quote = trade.document("quotes", trade.customer(), line(2, 10))
    trade.run("quotes", "send", quote)
    draft = trade.run("quotes", "revise", quote).result["id"]
    with Work(SYSTEM) as work:
        found = quotes.compared(work, QUOTES, records.one(work, QUOTES, draft))
    assert (found.older, found.newer) == (trade.of("quotes", quote).number, "Versión 2")
