"""What a line costs and why, and which taxes it bears: filled in when a document is saved."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.i18n import Message
from crm_app.models.currencies import ExchangeRate
from crm_app.models.quotes import QuoteLine
from crm_app.services import previews, records, rules
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from tests.support import trade
from tests.support.trade import line

D = Decimal


def price_list(name, *rules, **values):
    return trade.make(
        "price-lists", name=name, rules=[{name: str(of) for name, of in rule.items()} for rule in rules], **values
    )


def quoted(account, *lines, **values):
    return trade.of("quotes", trade.document("quotes", account, *lines, **values))


def why(quote):
    """The derivation of each line: what, price, of."""
    with Work(SYSTEM) as work:
        mine = (
            sa.select(QuoteLine.why)
            .where(column_of(QuoteLine, "quote") == quote.id)
            .order_by(column_of(QuoteLine, "position"))
        )
        return [
            steps and [(step["what"], D(step["price"]), step["of"]) for step in steps]
            for (steps,) in work.session.execute(mine)
        ]


def test_a_line_takes_what_its_product_says_and_a_typed_price_stays(trading):
    boots = trade.product(
        "49.90", unit="pair", cost="20", tax_class="reduced", name_es="Botas", description_es="De cuero"
    )
    account = trade.customer(language="es")
    quote = quoted(account, line(2, product=boots), line(1, 45, boots, discount="10", description="Boots, seconds"))
    first, second = quote.lines
    assert (first.description, first.unit, first.tax_class, first.cost) == (
        "Botas\nDe cuero",
        "pair",
        "reduced",
        D("20"),
    )
    assert (first.price, first.net, second.price, second.net) == (D("49.90"), D("99.80"), D("45"), D("40.50"))
    assert second.description == "Boots, seconds"
    assert (quote.net, quote.tax, quote.total) == (D("140.30"), D("14.03"), D("154.33"))
    assert why(quote) == [[("List price of the product", D("49.90"), "EUR")], None]


def test_a_typed_price_drops_the_derivation_of_the_one_before(trading):
    quote = quoted(trade.customer(), line(1, product=trade.product("10")))
    key = quote.lines[0].id
    trade.run("quotes", "change", quote.id, lines=[{"id": key, "quantity": "3"}])
    quote = trade.of("quotes", quote.id)
    assert (quote.net, why(quote)) == (D("30"), [[("List price of the product", D("10"), "EUR")]])
    trade.run("quotes", "change", quote.id, lines=[{"id": key, "price": "9"}])
    quote = trade.of("quotes", quote.id)
    assert (quote.net, why(quote)) == (D("27"), [None])
    trade.run("quotes", "change", quote.id, lines=[{"id": key, "price": None}])
    assert trade.of("quotes", quote.id).net == D("30"), "an empty price asks the list again"


def test_the_closest_rule_counts_then_the_list_above_then_the_product(trading):
    tools = trade.make("categories", name="Tools")
    saws = trade.make("categories", name="Saws", parent=tools)
    saw, hammer, hat = trade.product("100", category=saws), trade.product("20", category=tools), trade.product("8")
    above = price_list("Everybody", {"kind": "discount", "value": 5})
    special = price_list(
        "Builders",
        {"category": tools, "kind": "discount", "value": 10},
        {"product": saw, "kind": "fixed", "value": 80, "least": 10},
        parent=above,
    )
    account = trade.customer(price_list=special)
    quote = quoted(account, line(1, product=saw), line(10, product=saw), line(1, product=hammer), line(1, product=hat))
    assert quote.price_list == special
    assert [row.price for row in quote.lines] == trade.money("90", "80", "18", "7.6")
    assert why(quote) == [
        [("List price of the product", D(100), "EUR"), ("Discount of the list, %", D(90), "Builders: 10")],
        [("List price of the product", D(100), "EUR"), ("Fixed price of the list", D(80), "Builders: 80")],
        [("List price of the product", D(20), "EUR"), ("Discount of the list, %", D(18), "Builders: 10")],
        [("List price of the product", D(8), "EUR"), ("Discount of the list, %", D("7.6"), "Everybody: 5")],
    ]


def test_a_discount_on_the_base_list_goes_off_what_the_lists_above_say(trading):
    saw, hat = trade.product("100"), trade.product("8")
    retail = price_list("Retail", {"product": saw, "kind": "fixed", "value": 90})
    half = {"round_to": "0.5", "ending": "0"}
    trade_list = price_list("Trade", {"kind": "above", "value": 10} | half, parent=retail)
    partners = price_list("Partners", {"kind": "above", "value": 20, "least": 5}, parent=trade_list)
    account = trade.customer(price_list=partners)
    quote = quoted(account, line(5, product=saw), line(1, product=saw), line(5, product=hat))
    assert [row.price for row in quote.lines] == trade.money("64.8", "81", "6")
    assert why(quote)[0] == [
        ("List price of the product", D(100), "EUR"),
        ("Fixed price of the list", D(90), "Retail: 90"),
        ("Discount on the base list, %", D(81), "Trade: 10"),
        ("Discount on the base list, %", D("64.8"), "Partners: 20"),
    ]
    gross = price_list("Counter", {"kind": "above", "value": 10, "round_to": 1}, parent=retail, included=True)
    counter = quoted(trade.customer(price_list=gross), line(1, product=saw))
    assert (counter.included, counter.lines[0].price, counter.total) == (
        True,
        D(99),
        D(99),
    )  # 90 with 21 % less 10 %, up to 1
    assert trade.faults(lambda: price_list("Too much", {"kind": "above", "value": 101})) == {
        "rules.0.value": "At most 100 %."
    }


def test_margin_and_psychological_endings(trading):
    thing, costless = trade.product(None, cost="61"), trade.product("50")
    wanted = price_list("Margin 40", {"kind": "margin", "value": 40, "round_to": 10, "ending": "-0.01"})
    quote = quoted(trade.customer(price_list=wanted), line(1, product=thing), line(1, product=costless))
    assert [row.price for row in quote.lines] == trade.money("89.99", "49.99")


def test_a_list_counts_between_its_days_and_the_zone_lends_its_own(trading):
    thing = trade.product("100")
    old = price_list("Until 2019", {"kind": "discount", "value": 50}, valid_to="2019-12-31")
    zone = trade.make("zones", name="Islands", price_list=price_list("Of the zone", {"kind": "discount", "value": 20}))
    inner = trade.make("zones", name="Small island", parent=zone)
    assert quoted(trade.customer(price_list=old), line(1, product=thing)).net == D(100)
    assert quoted(
        trade.customer(price_list=old), line(1, product=thing), date="2019-12-31", valid_until="2020-01-15"
    ).net == D(50)
    assert quoted(trade.customer(zone=inner), line(1, product=thing)).net == D(80)


def test_a_price_is_converted_once_and_never_there_and_back(trading):
    for currency, rate in (("USD", "0.9"), ("GBP", "1.17")):
        trade.make("exchange-rates", currency=currency, day="2020-01-01", rate=rate)
    thing = trade.product("10.01", currency="EUR")
    dollars = price_list("Dollars", {"kind": "discount", "value": 10}, currency="USD")
    fixed = price_list("Fixed dollars", {"kind": "fixed", "value": 12}, currency="USD")
    account = trade.customer()
    assert quoted(account, line(1, product=thing), currency="USD", price_list=dollars).lines[0].price == D("10.010000")
    home = quoted(account, line(1, product=thing), currency="EUR", price_list=dollars)
    assert home.lines[0].price == D("9.009"), "euros stay euros"
    assert [what for what, _, _ in why(home)[0]] == ["List price of the product", "Discount of the list, %"]
    pounds = quoted(account, line(1, product=thing), currency="GBP", price_list=fixed)
    assert (pounds.lines[0].price, pounds.rate) == (D("9.230769"), D("1.17"))
    assert why(pounds)[0][-2:] == [
        ("Fixed price of the list", D(12), "Fixed dollars: 12"),
        ("Converted", D("9.230769"), "USD 0.9 / GBP 1.17"),
    ]
    assert (pounds.net, pounds.net_company) == (D("9.23"), D("10.80"))


def of_rate(document):
    return document.rate, document.rate_typed, document.rate_day, document.rate_source


def test_the_rate_is_that_of_the_day_unless_it_is_written(trading):
    for day, rate in (("2021-01-01", "0.5"), ("2021-02-01", "0.6")):
        trade.make("exchange-rates", currency="CHF", day=day, rate=rate, source="Central bank")
    account = trade.customer(currency="CHF")
    values = {"date": "2021-01-31", "valid_until": "2021-03-01"}
    assert quoted(account, line(1, 100), **values).total_company == D("60.50")
    written = quoted(account, line(1, 100), **values, rate="0.55")
    assert (written.rate, written.total_company) == (D("0.55"), D("66.55"))
    assert of_rate(written) == (D("0.55"), True, None, None)
    trade.run("quotes", "change", written.id, date="2021-02-02", rate="0.55")
    assert of_rate(trade.of("quotes", written.id)) == (D("0.55"), True, None, None), "a typed rate stays"
    trade.run("quotes", "change", written.id, rate=None)
    assert of_rate(trade.of("quotes", written.id)) == (D("0.6"), False, date(2021, 2, 1), "Central bank")
    trade.run("quotes", "change", written.id, date="2021-01-31", rate="0.6")
    assert of_rate(trade.of("quotes", written.id)) == (D("0.5"), False, date(2021, 1, 1), "Central bank")
    home = quoted(account, line(1, 100), **values, rate="0.55").id
    trade.run("quotes", "change", home, currency="EUR")
    assert of_rate(trade.of("quotes", home)) == (D(1), False, None, None)


def test_what_is_made_of_a_document_takes_the_rate_of_its_own_day_unless_one_was_agreed(trading):
    for day, rate in (("2021-03-01", "0.3"), ("2021-04-01", "0.4")):
        trade.make("exchange-rates", currency="HUF", day=day, rate=rate, source="Central bank")
    account, values = trade.customer(currency="HUF"), {"date": "2021-03-31", "valid_until": "2021-05-01"}
    of_april = (D("0.4"), False, date(2021, 4, 1), "Central bank")
    followed = quoted(account, line(4, 100), **values)
    agreed = quoted(account, line(4, 100), **values, rate="0.35")
    for quote, of_then, of_now in (
        (followed, (D("0.3"), False, date(2021, 3, 1), "Central bank"), of_april),
        (agreed, (D("0.35"), True, None, None), (D("0.35"), True, None, None)),
    ):
        made = trade.to("quotes", "invoice", quote.id, percent="50", date="2021-03-31")
        assert of_rate(trade.of("invoices", made)) == of_then
        order = trade.to("quotes", "order", quote.id, date="2021-04-01")
        deposit = trade.to("quotes", "invoice", quote.id, deposit="10", date="2021-04-02")
        trade.run("orders", "confirm", order)
        note = trade.to("orders", "deliver", order, issue=True, percent="25")
        invoice = trade.to("deliveries", "invoice", note, issue=True)
        for resource, key in (("orders", order), ("invoices", deposit), ("deliveries", note), ("invoices", invoice)):
            assert of_rate(trade.of(resource, key)) == of_now, resource
        bill = trade.of("invoices", invoice)
        assert bill.total_company == D(121) * of_now[0]
        trade.make("exchange-rates", currency="HUF", day=str(bill.date), rate="0.9")
        back = trade.to("invoices", "credit", invoice, issue=True)
        returned = trade.to("deliveries", "return", note)
        for resource, key in (("invoices", back), ("deliveries", returned)):
            assert of_rate(trade.of(resource, key)) == of_now, "what goes back is worth what it was"
        trade.run("exchange-rates", "remove", trade.columns(ExchangeRate, "id")[-1][0])


def test_several_documents_go_into_one_at_the_rate_that_all_agree_on_else_at_that_of_its_day(trading):
    trade.make("exchange-rates", currency="CZK", day="2021-03-01", rate="0.13")
    account = trade.customer(currency="CZK")
    orders = [
        trade.order(account, line(1, 100), **more) for more in ({"rate": "0.2"}, {"rate": "0.2"}, {"rate": "0.3"}, {})
    ]
    same = trade.to("orders", "invoice", orders[0], also=[orders[1]])
    assert of_rate(trade.of("invoices", same)) == (D("0.2"), True, None, None)
    mixed = trade.to("orders", "invoice", orders[2], also=[orders[3]])
    assert of_rate(trade.of("invoices", mixed)) == (D("0.13"), False, date(2021, 3, 1), None)


def test_a_typed_rate_prices_products_whatever_the_table_says(trading):
    thing, account = trade.product("50", currency="EUR", cost="20"), trade.customer()
    assert list(trade.faults(lambda: quoted(account, line(1, product=thing), currency="RON"))) == ["currency"]
    quotes, head = records.resource_of("quotes"), {"account": account, "currency": "RON", "rate": "0.1"}
    with Work(SYSTEM) as work:
        found = previews.preview(work, quotes, head, [{"quantity": "2", "product": thing, "open": True}])
    assert (found.lines[0].values["price"], found.head["net"], found.lines[0].margin) == (
        D(500),
        D(1000),
        (D(200), D(60)),
    )
    quote = quoted(account, line(2, product=thing), line(1, 7), currency="RON", rate="0.1")
    assert [row.price for row in quote.lines] == [D(500), D(7)]
    assert why(quote)[0][-1] == ("Converted", D(500), "EUR 1 / RON 0.1")
    trade.run("quotes", "change", quote.id, rate="0.2")
    changed = trade.of("quotes", quote.id)
    assert ([row.price for row in changed.lines], changed.net_company) == ([D(250), D(7)], D("101.40"))
    trade.make("exchange-rates", currency="RON", day="2020-01-01", rate="0.4")
    assert quoted(account, line(1, product=thing), currency="RON").net == D(125)
    assert quoted(account, line(1, product=thing), currency="RON", rate="0.2").net == D(250)
    assert list(trade.faults(lambda: quoted(account, line(1, product=thing), currency="RON", rate="0"))) == ["rate"]


def test_prices_that_include_their_taxes(trading):
    shop = price_list("Shop", {"kind": "fixed", "value": 121}, included=True)
    quote = quoted(trade.customer(price_list=shop), line(1, product=trade.product("1")), line(1, "0.99"))
    assert (quote.included, quote.total, quote.net, quote.tax, quote.rounding) == (
        True,
        D("121.99"),
        D("100.82"),
        D("21.17"),
        D(0),
    )
    assert [row.net for row in quote.lines] == trade.money("100", "0.82")


def test_optional_and_alternative_lines_have_a_net_but_no_part_in_the_total(trading):
    quote = quoted(
        trade.customer(), line(1, 100), line(2, 30, choice="optional"), line(1, 90, choice="alternative"), line(1, -5, description="Discount"),
    )  # fmt: skip
    assert [row.net for row in quote.lines] == trade.money("100", "60", "90", "-5")
    assert (quote.net, quote.tax, quote.total) == (D(95), D("19.95"), D("114.95"))


def taxed(*lines, **values):
    invoice = trade.of("invoices", trade.document("invoices", trade.customer(**values), *lines))
    return [(part["name"], D(part["base"]), D(part["amount"])) for part in invoice.tax_lines], invoice


def test_taxes_by_where_the_customer_is_and_who(trading):
    lines = [line(1, 100), line(1, 200, tax_class="reduced"), line(1, 50, tax_class="exempt")]
    home = [("IVA 21 %", D(100), D(21)), ("IVA 10 %", D(200), D(20)), ("Exento de IVA", D(50), D(0))]
    assert taxed(*lines, country="ES")[0] == home
    assert taxed(*lines, country=None)[0] == home
    assert taxed(*lines, country="FR")[0] == home, "in the Union without a tax identifier"
    assert taxed(*lines, country="FR", tax_id="FR40303265045")[0] == [("Intracomunitario 0 %", D(350), D(0))]
    assert taxed(*lines, country="CO")[0] == [("Exportación 0 %", D(350), D(0))]
    assert taxed(*lines, country="ES", tax_status="exempt")[0] == [("Cliente exento", D(350), D(0))]
    parts, invoice = taxed(*lines, country="ES", tax_status="surcharge")
    assert parts == [
        ("IVA 21 %", D(100), D(21)), ("Recargo 5,2 %", D(100), D("5.2")), ("IVA 10 %", D(200), D(20)),
        ("Recargo 1,4 %", D(200), D("2.8")), ("Exento de IVA", D(50), D(0)),
    ]  # fmt: skip
    assert (invoice.net, invoice.tax, invoice.total) == (D(350), D(49), D(399))


def test_a_rate_counts_between_its_days(trading):
    trade.make(
        "tax-rates", name="Old", country="ES", tax_class="super_reduced", value="3", sequence=9, valid_to="2022-12-31"
    )
    account = trade.customer()
    values = {"lines": [line(1, 100, tax_class="super_reduced")], "account": account}
    before = trade.of("quotes", trade.make("quotes", date="2022-12-31", valid_until="2023-12-31", **values))
    after = trade.of("quotes", trade.make("quotes", date="2023-01-01", valid_until="2023-12-31", **values))
    assert (before.tax, after.tax) == (D(7), D(4))


def test_what_the_customer_withholds_is_kept_off_the_payable_and_never_off_the_total(trading):
    rate = trade.make("tax-rates", name="IRPF 19 %", country="ES", kind="withheld_of_net", value="19")
    parts, invoice = taxed(line(1, 1000), withholdings=[{"tax_rate": rate}])
    assert parts == [("IVA 21 %", D(1000), D(210)), ("IRPF 19 %", D(1000), D(190))]
    assert (invoice.total, invoice.withheld, invoice.payable) == (D(1210), D(190), D(1020))


def test_dates_terms_addresses_and_owner_come_from_the_customer(trading):
    terms = trade.make(
        "payment-terms", name="30/60", parts=[{"percent": "50", "days": 30}, {"percent": "50", "days": 60}]
    )
    place = {"purpose": "delivery", "street": "Muelle 3", "city": "Puerto Real", "region": "Cádiz", "country": "ES"}
    account = trade.customer(payment_terms=terms, street="Mayor 1", city="Soria", addresses=[place])
    found = trade.of("invoices", trade.document("invoices", account, line(1, 100), date="2026-01-31"))
    assert (found.ship_street, found.ship_city, found.ship_region) == ("Muelle 3", "Puerto Real", "Cádiz")
    assert found.due == date(2026, 4, 1)
    other = trade.of(
        "invoices", trade.document("invoices", trade.customer(payment_days=15), line(1, 100), date="2026-01-31")
    )
    assert other.due == date(2026, 2, 15)
    trade.run("invoices", "change", other.id, due="2026-03-31")
    trade.run("invoices", "change", other.id, notes="Thank you")
    assert trade.of("invoices", other.id).due == date(2026, 3, 31), "a written day stays"


def breaks(**values):
    """A thing that costs 10, from ten on 8, and the list that says so."""
    thing = trade.product("12", currency="EUR")
    steps = [{"product": thing, "kind": "fixed", "value": value, "least": least} for least, value in ((0, 10), (10, 8))]
    return thing, price_list(f"Breaks {thing}", *steps, **values)


def now(resource, key):
    """(price, whether it follows the list) of each line."""
    return [(row.price, row.listed) for row in trade.of(resource, key).lines]


@pytest.mark.parametrize(
    ("resource", "foreign"), [("quotes", "SEK"), ("orders", "NOK"), ("deliveries", "DKK"), ("invoices", "PLN")]
)
def test_a_listed_price_follows_quantity_list_customer_and_currency_and_a_typed_one_stays(trading, resource, foreign):
    trade.make("exchange-rates", currency=foreign, day="2020-01-01", rate="0.5")
    thing, of_steps = breaks(currency="EUR")
    half = price_list(f"Half {foreign}", {"kind": "discount", "value": 50})
    account, other = trade.customer(price_list=of_steps), trade.customer(price_list=half)
    key = trade.document(resource, account, line(1, product=thing), line(1, "9.5", thing), line(1, 7))
    first, second, third = (row.id for row in trade.of(resource, key).lines)
    kept = [(D("9.5"), False), (D(7), False)]
    assert now(resource, key) == [(D(10), True), *kept]
    lines = [{"id": first, "quantity": "10"}, {"id": second, "quantity": "10"}, {"id": third, "quantity": "10"}]
    trade.run(resource, "change", key, lines=lines)
    assert now(resource, key) == [(D(8), True), *kept]
    trade.run(resource, "change", key, price_list=half)
    assert now(resource, key) == [(D(6), True), *kept]
    trade.run(resource, "change", key, price_list=of_steps, currency=foreign)
    assert now(resource, key) == [(D(16), True), *kept]
    trade.run(resource, "change", key, account=other)
    assert now(resource, key) == [(D(6), True), *kept], "list and currency of the new customer"


def test_a_listed_price_that_nothing_concerns_stays_though_the_product_costs_more_now(trading):
    thing = trade.product("10")
    key = trade.document("quotes", trade.customer(), line(1, product=thing))
    trade.run("products", "change", thing, price="11")
    number = trade.of("quotes", key).lines[0].id
    trade.run("quotes", "change", key, notes="Soon", lines=[{"id": number, "description": "A thing", "price": "10"}])
    assert now("quotes", key) == [(D(10), True)]
    trade.run("quotes", "change", key, lines=[{"id": number, "listed": False}])
    assert (now("quotes", key), why(trade.of("quotes", key))) == ([(D(10), False)], [None])
    trade.run("quotes", "change", key, lines=[{"id": number, "quantity": "5"}])
    assert now("quotes", key) == [(D(10), False)]
    trade.run("quotes", "change", key, lines=[{"id": number, "listed": True}])
    assert now("quotes", key) == [(D(11), True)]


def test_a_list_that_is_over_on_the_new_date_prices_no_more(trading):
    thing, until = breaks(valid_to="2024-12-31")
    values = {"date": "2024-12-31", "valid_until": "2026-12-31"}
    key = trade.document("quotes", trade.customer(price_list=until), line(1, product=thing), **values)
    assert now("quotes", key) == [(D(10), True)]
    trade.run("quotes", "change", key, date="2025-01-01")
    assert now("quotes", key) == [(D(12), True)]


def test_an_agreed_price_stays_in_the_next_document_and_follows_the_list_in_a_revision(trading):
    thing, of_steps = breaks()
    quote = trade.document("quotes", trade.customer(price_list=of_steps), line(10, product=thing))
    trade.run("quotes", "send", quote)
    revision = trade.to("quotes", "revise", quote)
    trade.run("quotes", "change", revision, lines=[{"id": trade.of("quotes", revision).lines[0].id, "quantity": "9"}])
    assert now("quotes", revision) == [(D(10), True)]
    trade.run("quotes", "change", revision, lines=[{"id": trade.of("quotes", revision).lines[0].id, "quantity": "10"}])
    order = trade.to("quotes", "order", revision)
    trade.run("orders", "change", order, lines=[{"id": trade.of("orders", order).lines[0].id, "quantity": "3"}])
    assert now("orders", order) == [(D(8), False)]


def test_what_is_typed_shows_the_price_that_is_saved(trading):
    thing, of_steps = breaks()
    key = trade.document("quotes", trade.customer(price_list=of_steps), line(1, product=thing), line(1, 9, thing))
    listed, typed = (row.id for row in trade.of("quotes", key).lines)
    rows = [
        {"id": listed, "product": str(thing), "quantity": "10", "price": "10", "listed": "true"},
        {"id": typed, "product": str(thing), "quantity": "10", "price": "9", "listed": "false"},
    ]
    quotes = records.resource_of("quotes")
    with Work(SYSTEM) as work:
        found = previews.preview(work, quotes, {}, rows, document=key)
        steps = [previews.why(work, quotes, key, {}, row) for row in rows]
    assert [row.values["price"] for row in found.lines] == [D(8), D(9)]
    assert [price for _, _, price in steps[0]] == [D(12), D(8)]
    assert [(what, price) for what, _, price in steps[1]][-2:] == [
        ("Fixed price of the list", D(8)), ("Written by hand", D(9)),
    ]  # fmt: skip


def test_a_products_own_price_is_without_taxes_and_a_lists_as_the_list_says(trading):
    thing, reduced = trade.product("9.99", cost="6"), trade.product("100", tax_class="reduced")
    fixed = {"product": reduced, "kind": "fixed", "value": "121"}
    shop = price_list("With taxes", fixed, included=True)
    off = price_list(
        "Off with taxes", {"kind": "discount", "value": 10, "round_to": 1, "ending": "-0.05"}, included=True
    )
    margin = price_list("Margin with taxes", {"kind": "margin", "value": 50}, included=True)
    account = trade.customer()
    quote = quoted(account, line(3, product=thing), line(1, product=reduced), price_list=shop)
    assert [row.price for row in quote.lines] == trade.money("12.0879", "121")
    assert why(quote)[0] == [
        ("List price of the product", D("9.99"), "EUR"), ("With taxes", D("12.0879"), "IVA 21 %"),
    ]  # fmt: skip
    assert (quote.lines[0].net, quote.lines[1].net, quote.total) == (D("29.97"), D("110"), D("157.26"))
    assert quoted(account, line(1, product=thing), price_list=off).lines[0].price == D("10.95")
    assert quoted(account, line(1, product=thing), price_list=margin).lines[0].price == D("10.89")
    net = quoted(account, line(1, product=reduced), price_list=shop, included=False)
    assert (net.lines[0].price, net.net, net.total) == (D("110"), D("110"), D("121"))
    assert why(net)[0][-1] == ("Without taxes", D("110"), "IVA 10 %")
    abroad = quoted(trade.customer(country="CO"), line(1, product=thing), price_list=shop)
    assert (abroad.lines[0].price, abroad.total) == (D("9.99"), D("9.99"))
    trade.run("quotes", "change", quote.id, lines=[{"id": quote.lines[0].id, "tax_class": "reduced"}])
    assert now("quotes", quote.id)[0] == (D("10.989"), True)


def test_what_is_wrong_at_another_part_of_a_document_is_not_told_at_a_line(trading, monkeypatch):
    quotes, head = records.resource_of("quotes"), {"account": trade.customer(), "currency": "EUR"}

    def wrong(_work, _resource, draft):
        draft.errors |= {name: Message("No.") for name in ("shares.0.percent", "lines.7.price")}

    monkeypatch.setattr(rules, "apply", wrong)
    with Work(SYSTEM) as work:
        found = previews.preview(work, quotes, head, [line(1, 10)])
    assert [row.faults for row in found.lines] == [{}]


def test_a_margin_tells_its_cost_and_rounding_what_it_rounded(trading):
    known, unknown = trade.product("100", cost="60"), trade.product("100")
    ending = {"round_to": 10, "ending": "-0.01"}
    margins = price_list("Margins", {"kind": "margin", "value": 45} | ending)
    quote = quoted(trade.customer(price_list=margins), line(1, product=known), line(1, product=unknown))
    assert [row.price for row in quote.lines] == trade.money("89.99", "99.99")
    rounded = ("Rounded up, then added", D("89.99"), "10 -0.01")
    assert why(quote) == [
        [("Cost of the product", D(60), "EUR"), ("Margin on the cost, %", D(87), "Margins: 45"), rounded],
        [
            ("List price of the product", D(100), "EUR"),
            ("No cost is known", D(100), "Margins: 45"),
            (rounded[0], D("99.99"), rounded[2]),
        ],
    ]
