"""Numbers, stock, and everything that is refused: at its field, with nothing half done and no number spent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_app.core import clock
from crm_app.core.errors import Conflict, IllegalMove, Invalid, Missing, NotAllowed
from crm_app.models.numbering import Counter, Sequence
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.models.stock import StockMove
from crm_app.services import actions, bulk, records, stock, timeline
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel, trade
from tests.support.trade import line, of, run, to

D = Decimal


def counters():
    return trade.columns(Counter, "sequence", "year", "last", "last_day")


def level(product):
    with Work(SYSTEM) as work:
        found = stock.levels(work, [product])[product]
    return int(found.on_hand), int(found.reserved), int(found.available)


# ---- numbers


@pytest.fixture
def company(database, tmp_path):
    """A company of its own, where days may pass."""
    with crm.using(database, tmp_path):
        yield trade.found()


def test_numbers_follow_their_pattern_begin_anew_and_never_go_back(company):
    for kind, pattern, yearly in (("invoice", "FV/{yy}{mm}/{n}", True), ("credit_note", "NC-{n:04}", False)):
        usual = next(key for key, of_kind in trade.columns(Sequence, "id", "kind") if of_kind == kind)
        run("sequences", "change", usual, pattern=pattern, yearly=yearly)
    account, issued, credited = None, [], []
    for year, month, day in ((2024, 11, 30), (2024, 12, 31), (2025, 1, 1), (2025, 2, 3)):
        with trade.on(year, month, day):
            account = account or trade.customer()
            issued.append(trade.invoice(account, line(1, 10)))
            credited.append(to("invoices", "credit", issued[-1], issue=True))
            late = trade.document("invoices", account, line(1, 10), date=date(year, month, day) - timedelta(days=1))
            today = f"{year}-{month:02}-{day:02}"
            told = f"The last number of this series is of {today}. Write a date from then until today, {today}."
            assert trade.faults(lambda late=late: run("invoices", "issue", late)) == {"date": told}
    assert [of("invoices", key).number for key in issued] == ["FV/2411/1", "FV/2412/2", "FV/2501/1", "FV/2502/2"]
    assert [of("invoices", key).number for key in credited] == ["NC-0001", "NC-0002", "NC-0003", "NC-0004"]


def test_a_late_draft_is_issued_with_another_date(company):
    trade.make("exchange-rates", currency="USD", day="2025-01-01", rate="0.9")
    trade.make("exchange-rates", currency="USD", day="2025-01-09", rate="0.8")
    with trade.on(2025, 1, 5):
        account = trade.customer(payment_days=10)
        draft = trade.document("invoices", account, line(1, 100), currency="USD")
    with trade.on(2025, 1, 10):
        trade.invoice(account, line(1, 10))
        assert list(trade.faults(lambda: run("invoices", "issue", draft))) == ["date"]
        assert list(trade.faults(lambda: run("invoices", "issue", draft, date="soon"))) == ["date"]
        assert list(trade.faults(lambda: run("invoices", "issue", draft, date="2025-01-11"))) == ["date"]
        run("invoices", "issue", draft, date="2025-01-10")
    found = of("invoices", draft)
    assert (found.date, found.due, found.rate, found.total_company) == (
        date(2025, 1, 10),
        date(2025, 1, 20),
        D("0.8"),
        D("96.80"),
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pattern": "F-{yyyy}"}, "pattern"),
        ({"pattern": "{n}"}, "pattern"),
        ({"pattern": "{n}{x}"}, "pattern"),
        ({"pattern": "{n.real}", "yearly": False}, "pattern"),
    ],
)
def test_a_pattern_that_cannot_count_is_refused(trading, values, field):
    assert list(trade.faults(lambda: trade.make("sequences", name="Odd", kind="quote", **values))) == [field]


# ---- stock


def test_stock_is_reserved_leaves_and_comes_back(trading):
    thing, service = trade.product("10", stocked=True), trade.product("10", kind="service")
    warehouse = trade.make("warehouses", name="Norte", backorder=False)
    trade.make("stock-moves", product=thing, warehouse=warehouse, quantity="10", reason="opening")
    order = trade.order(trade.customer(), line(4, product=thing), line(1, product=service))
    assert level(thing) == (10, 4, 6)
    note = to("orders", "deliver", order)
    run("deliveries", "change", note, warehouse=warehouse)
    assert level(thing) == (10, 4, 6), "what lies on a draft is still promised"
    run("deliveries", "issue", note)
    assert level(thing) == (6, 0, 6)
    back = to("deliveries", "return", note, lines=[{"line": of("deliveries", note).lines[0].id, "quantity": "1"}])
    run("deliveries", "issue", back)
    assert level(thing) == (7, 1, 6), "it is waited for again"
    lines = [row.id for row in of("deliveries", note).lines + of("deliveries", back).lines]
    moves = [
        row
        for row in trade.columns(StockMove, "product", "warehouse", "quantity", "reason", "delivery_line")
        if row[4] in lines
    ]
    assert moves == [(thing, warehouse, D(-4), "delivery", lines[0]), (thing, warehouse, D(1), "return", lines[2])]


def test_too_little_stock_is_refused_at_its_line_or_owed(trading):
    thing = trade.product("10", stocked=True)
    strict, lax = (
        trade.make("warehouses", name=f"Almacén {backorder}", backorder=backorder) for backorder in (False, True)
    )
    trade.make("stock-moves", product=thing, warehouse=strict, quantity="5")
    note = trade.document(
        "deliveries", trade.customer(), line(3, product=thing), line(3, product=thing), warehouse=strict
    )
    before = counters()
    name = of("products", thing).name
    assert trade.faults(lambda: run("deliveries", "issue", note)) == {
        "lines.1.quantity": f"Only 2 of {name} are in this warehouse."
    }
    assert (counters(), level(thing), of("deliveries", note).status) == (before, (5, 6, -1), "draft")
    run("deliveries", "change", note, warehouse=lax)
    run("deliveries", "issue", note)
    assert level(thing) == (-1, 0, -1)


def test_stock_moves_by_hand_are_checked_and_never_changed(trading):
    thing, warehouse = trade.product("1", stocked=True), trade.make("warehouses", name="Sur")
    for values, field in (
        ({"product": trade.product("1")}, "product"), ({"quantity": "0"}, "quantity"), ({"reason": "delivery"}, "reason"), ({"warehouse": 10**9}, "warehouse"),
    ):  # fmt: skip
        given = {"product": thing, "warehouse": warehouse, "quantity": "1"} | values
        assert list(trade.faults(lambda given=given: trade.make("stock-moves", **given))) == [field]
    move = trade.make("stock-moves", product=thing, warehouse=warehouse, quantity="1")
    for verb in ("change", "remove"):
        with pytest.raises(Missing):
            run("stock-moves", verb, move)


# ---- what is frozen


def issued_ones():
    account = trade.customer()
    quote = trade.document("quotes", account, line(1, 10))
    run("quotes", "send", quote)
    order = trade.order(account, line(1, 10))
    note = to("orders", "deliver", order, issue=True)
    invoice = trade.invoice(account, line(1, 10))
    return {
        "quotes": quote,
        "orders": order,
        "deliveries": note,
        "invoices": invoice,
        "payments": to("invoices", "pay", invoice),
    }


@pytest.mark.parametrize("resource", ["quotes", "orders", "deliveries", "invoices", "payments"])
def test_a_frozen_document_refuses_change_through_every_door(trading, resource):
    key = issued_ones()[resource]
    before = vars(of(resource, key))
    calls = [
        lambda: run(resource, "change", key, notes="other"),
        lambda: run(resource, "change", key, date="2020-01-01"),
        lambda: run(resource, "remove", key),
        lambda: undo_creation(resource, key),
    ]
    if before["lines"]:
        same = {"id": before["lines"][0].id}
        calls += [
            lambda: run(resource, "change", key, lines=[same | {"price": "1"}]),
            lambda: run(resource, "change", key, lines=[]),
            lambda: run(resource, "change", key, lines=[same, line(1, 1)]),
        ]
    for call in calls:
        with pytest.raises((IllegalMove, Invalid, Conflict, NotAllowed)):
            call()
    client = crm.client(trading)
    assert client.patch(f"/api/v1/{resource}/{key}", json={"notes": "other"}).status_code == 409
    answer = client.delete(f"/api/v1/{resource}/{key}")
    assert (answer.status_code, answer.json()["verb"]) == (409, "remove")
    for verb, more in (("change", {"values": {"notes": "other"}}), ("remove", {})):
        answer = client.post(f"/api/v1/bulk/{resource}/{verb}", json={"ids": [key], **more})
        assert (answer.status_code, answer.json()["count"], answer.json()["refused"]) == (200, 0, 1), answer.text
    assert vars(of(resource, key)) == before


def undo_creation(resource, key):
    with Work(SYSTEM) as work:
        first = timeline.of(work, records.resource_of(resource), key, size=100)[-1]
    actions.undo(SYSTEM, first.change_set)


def test_a_customer_who_moves_does_not_change_what_was_issued(trading):
    account = trade.customer(street="Calle Vieja 1", city="Soria")
    invoice = trade.invoice(account, line(1, 10))
    run("accounts", "change", account, street="Calle Nueva 2", name="Otro nombre", country="CO")
    found = [
        content
        for entity, key, content in trade.columns(DocumentSnapshot, "entity", "record", "content")
        if (entity, key) == ("invoice", invoice)
    ]
    assert [
        (content["customer"]["street"], content["delivery_address"]["city"], content["total"]) for content in found
    ] == [("Calle Vieja 1", "Soria", "12.1000")]
    assert of("invoices", invoice).total == D("12.10")


def test_what_nobody_in_particular_writes_is_the_customers_salespersons(trading):
    sofia, luis = (kernel.user_with({"quotes.read": "all"}).user for _ in range(2))
    account = trade.customer(owner=sofia)
    assert of("quotes", trade.document("quotes", account, line(1, 10))).owner == sofia
    assert of("quotes", trade.document("quotes", account, line(1, 10), owner=luis)).owner == luis


def test_what_is_referred_to_is_not_removed(trading):
    thing = trade.product("1")
    account = trade.customer()
    order = trade.order(account, line(1, product=thing))
    draft = to("orders", "invoice", order)
    quote = trade.document("quotes", account, line(1, 1))
    for resource, key in (("accounts", account), ("products", thing), ("orders", order)):
        with pytest.raises((Invalid, IllegalMove)):
            run(resource, "remove", key)
    run("quotes", "remove", quote)
    run("invoices", "remove", draft)
    assert of("orders", order).invoiced == "none"


def test_two_people_edit_one_draft(trading):
    key = trade.document("quotes", trade.customer(), line(1, 10))
    version = of("quotes", key).version
    actions.run(SYSTEM, "quotes", "change", key, {"reference": "mine"}, version=version)
    actions.run(SYSTEM, "quotes", "change", key, {"notes": "yours"}, version=version)
    with pytest.raises(Conflict) as caught:
        actions.run(SYSTEM, "quotes", "change", key, {"reference": "yours"}, version=version)
    assert caught.value.theirs == {"reference": "mine"}
    found = of("quotes", key)
    changed = [{"id": found.lines[0].id, "price": "11"}]
    actions.run(SYSTEM, "quotes", "change", key, {"lines": changed}, version=found.version)
    with pytest.raises(Conflict) as caught:
        actions.run(
            SYSTEM,
            "quotes",
            "change",
            key,
            {"lines": [{"id": found.lines[0].id, "price": "12"}]},
            version=found.version,
        )
    assert list(caught.value.theirs) == ["lines"]
    with pytest.raises(Conflict):
        actions.run(SYSTEM, "quotes", "send", key, {}, version=version)
    assert (of("quotes", key).net, of("quotes", key).number) == (D(11), None)


# ---- bad input

BAD_LINES = [
    ({"quantity": "0"}, "lines.0.quantity"), ({"quantity": "-1"}, "lines.0.quantity"), ({"quantity": "1e400"}, "lines.0.quantity"),
    ({"quantity": "many"}, "lines.0.quantity"), ({"quantity": "9999999999999"}, "lines.0.quantity"), ({"quantity": "NaN"}, "lines.0.quantity"),
    ({"quantity": "0.0000001"}, "lines.0.quantity"), ({"price": "dear"}, "lines.0.price"), ({"price": None}, "lines.0.price"),
    ({"price": "999999999999.999999", "quantity": "999999999999"}, "lines.0.price"), ({"price": "1000000000000"}, "lines.0.price"),
    ({"price": "Infinity"}, "lines.0.price"), ({"discount": "101"}, "lines.0.discount"), ({"discount": "-1"}, "lines.0.discount"),
    ({"description": None}, "lines.0.description"), ({"product": 10**9}, "lines.0.product"), ({"tax_class": "luxury"}, "lines.0.tax_class"),
]  # fmt: skip


@pytest.mark.parametrize("resource", ["quotes", "invoices"])
def test_bad_lines_are_told_at_their_field(trading, resource):
    account, before = trade.customer(), trade.count(resource)
    for values, field in BAD_LINES:
        bad = line(1, 10) | values
        assert list(trade.faults(lambda bad=bad: trade.document(resource, account, bad))) == [field], values
    inactive, unsold, priceless = trade.product("1", active=False), trade.product("1", sold=False), trade.product(None)
    for key, field in ((inactive, "product"), (unsold, "product"), (priceless, "price")):
        assert list(
            trade.faults(lambda key=key: trade.document(resource, account, line(1, 1), line(1, product=key)))
        ) == [f"lines.1.{field}"]
    assert list(trade.faults(lambda: trade.document(resource, account, line(1, -1, trade.product("1"))))) == [
        "lines.0.price"
    ]
    assert trade.count(resource) == before


def test_an_amount_that_no_column_holds_is_refused(trading):
    trade.make("exchange-rates", currency="KWD", day="2020-01-01", rate="9000000000")
    account = trade.customer()
    dear = [line(1, "999999999999") for _ in range(150)]
    assert list(trade.faults(lambda: trade.document("quotes", account, *dear))) == ["lines"]
    assert list(trade.faults(lambda: trade.document("quotes", account, line(1, 99999999), currency="KWD"))) == ["lines"]


def test_bad_heads_are_told_at_their_field(trading):
    account, inactive = trade.customer(), trade.customer()
    run("accounts", "change", inactive, active=False)
    for resource, values, field in (
        ("quotes", {"account": inactive}, "account"), ("invoices", {"account": inactive}, "account"), ("orders", {"account": 10**9}, "account"),
        ("quotes", {"currency": "BRL"}, "currency"), ("quotes", {"currency": "BRL", "rate": "-1"}, "rate"), ("quotes", {"currency": "EURO"}, "currency"),
        ("quotes", {"date": "2026-02-30"}, "date"), ("quotes", {"valid_until": "2020-01-01"}, "valid_until"), ("invoices", {"due": "2020-01-01"}, "due"),
        ("quotes", {"lines": []}, "lines"), ("quotes", {"lines": "all"}, "lines"), ("quotes", {"lines": [line(1, 1)] * 2001}, "lines"),
        ("quotes", {"net": "5"}, "net"), ("invoices", {"number": "F-1"}, "number"), ("invoices", {"status": "issued"}, "status"), ("orders", {"price_list": 10**9}, "price_list"),
    ):  # fmt: skip
        given = {"account": account, "lines": [line(1, 1)]} | values
        assert list(trade.faults(lambda resource=resource, given=given: trade.make(resource, **given))) == [field], (
            resource,
            values,
        )


def test_a_discount_over_the_limit_is_refused(trading):
    run("settings", "change", 1, max_discount="15")
    try:
        assert trade.faults(lambda: trade.document("quotes", trade.customer(), line(1, 1, discount="15.01"))) == {
            "lines.0.discount": "At most 15 %."
        }
        assert trade.document("quotes", trade.customer(), line(1, 1, discount="15"))
    finally:
        run("settings", "change", 1, max_discount=None)


def test_nothing_that_is_refused_spends_a_number(trading):
    account, gone = trade.customer(), trade.customer()
    trade.invoice(account, line(1, 1))
    drafts = {
        "date": trade.document("invoices", account, line(1, 1), date=clock.today() + timedelta(days=5)),
        "account": trade.document("invoices", gone, line(1, 1)),
        "lines": trade.document("invoices", account, line(1, 1), line(1, -5)),
        "lines.0.tax_class": trade.document("invoices", account, line(1, 1, tax_class="reduced"), date=clock.today()),
    }
    run("accounts", "change", gone, active=False)
    reduced = next(key for key, name, kind in rates() if name == "IVA 10 %")
    run("tax-rates", "change", reduced, active=False)
    before, snapshots = counters(), len(trade.columns(DocumentSnapshot, "id"))
    try:
        for field, key in drafts.items():
            assert list(trade.faults(lambda key=key: run("invoices", "issue", key))) == [field]
            assert (of("invoices", key).status, of("invoices", key).number) == ("draft", None)
    finally:
        run("tax-rates", "change", reduced, active=True)
    assert (counters(), len(trade.columns(DocumentSnapshot, "id"))) == (before, snapshots)


def rates():
    from crm_app.models.taxes import TaxRate

    return trade.columns(TaxRate, "id", "name", "kind")


def test_many_orders_come_in_at_once_with_the_faults_of_every_row(trading):
    account = trade.customer()
    rows = [
        {"account": account, "lines": [line(2, 10)]},
        {"account": account, "lines": [line(0, 10)]},
        {"account": account, "lines": []},
    ]
    with pytest.raises(bulk.RowsInvalid) as caught, Work(SYSTEM, "orders.create") as work:
        bulk.create(work, records.resource_of("orders"), rows)
    assert {row: list(faults) for row, faults in caught.value.rows.items()} == {1: ["lines.0.quantity"], 2: ["lines"]}
    with Work(SYSTEM, "orders.create") as work:
        keys = bulk.create(work, records.resource_of("orders"), rows[:1] * 3)
    assert [(of("orders", key).total, of("orders", key).lines[0].net) for key in keys] == [(D("24.2"), D(20))] * 3
    run("orders", "confirm", keys[0])


LATE = (
    ("quotes", "send", {"valid_until": "2025-02-04"}), ("quotes", "accept", {}), ("quotes", "order", {}), ("quotes", "invoice", {}),
    ("orders", "confirm", {}), ("deliveries", "issue", {}),
)  # fmt: skip


@pytest.mark.parametrize(("resource", "verb", "values"), LATE)
def test_a_late_draft_of_any_kind_is_numbered_with_another_date(company, resource, verb, values):
    trade.make("exchange-rates", currency="USD", day="2025-01-01", rate="0.9")
    trade.make("exchange-rates", currency="USD", day="2025-01-09", rate="0.8")
    first = {"quotes": "send", "orders": "confirm", "deliveries": "issue"}[resource]
    with trade.on(2025, 1, 5):
        account = trade.customer()
        draft, fixed = (
            trade.document(resource, account, line(1, 100), line(3, 50), currency="USD", **values, **more)
            for more in ({}, {"rate": "0.7"})
        )
        assert (of(resource, draft).rate, of(resource, draft).total_company) == (D("0.9"), D("272.25"))
    with trade.on(2025, 1, 10):
        run(resource, first, trade.document(resource, account, line(1, 10)))
        late = "The last number of this series is of 2025-01-10. Write a date from then until today, 2025-01-10."
        assert trade.faults(lambda: run(resource, verb, draft)) == {"date": late}
        assert trade.faults(lambda: run(resource, verb, draft, date="2025-01-09")) == {"date": late}
        for wrong in ("2025-01-11", "soon", "2025-02-30"):
            assert list(trade.faults(lambda wrong=wrong: run(resource, verb, draft, date=wrong))) == ["date"]
        assert (of(resource, draft).date, of(resource, draft).status) == (date(2025, 1, 5), "draft"), (
            "nothing half-done"
        )
        run(resource, verb, draft, date="2025-01-10")
        run(resource, verb, fixed, date="2025-01-10")
    found, agreed = of(resource, draft), of(resource, fixed)
    assert (found.date, found.rate, found.total_company) == (date(2025, 1, 10), D("0.8"), D("242.00"))
    assert (agreed.date, agreed.rate, agreed.total_company) == (date(2025, 1, 10), D("0.7"), D("211.75"))
    assert found.number.endswith("-00002")
    if verb == "send":
        assert found.valid_until == date(2025, 2, 9), "as many days as before"


def test_what_gives_back_keeps_the_rate_of_what_it_gives_back_whatever_its_day(company):
    for day, rate in (("2025-01-01", "0.9"), ("2025-01-09", "0.8")):
        trade.make("exchange-rates", currency="USD", day=day, rate=rate)
    account = trade.customer()
    with trade.on(2025, 1, 5):
        invoice = trade.invoice(account, line(1, 100), currency="USD")
        note = trade.document("deliveries", account, line(1, 100), currency="USD")
        run("deliveries", "issue", note)
        credit, back = to("invoices", "credit", invoice), to("deliveries", "return", note)
    with trade.on(2025, 1, 10):
        for resource, key in (("invoices", credit), ("deliveries", back)):
            run(resource, "change", key, date="2025-01-09")
            assert (of(resource, key).rate, of(resource, key).date) == (D("0.9"), date(2025, 1, 9))
            run(resource, "issue", key, date="2025-01-10")
            found = of(resource, key)
            assert (found.rate, found.date, found.total_company) == (D("0.9"), date(2025, 1, 10), D("108.90"))
    assert (of("invoices", invoice).balance, trade.disagreements()) == (D(0), [])


def test_a_sent_quote_stays_of_its_day_whatever_is_made_of_it(company):
    with trade.on(2025, 1, 5):
        quote = trade.document("quotes", trade.customer(), line(2, 100))
        run("quotes", "send", quote)
    with trade.on(2025, 1, 10):
        run("quotes", "send", trade.document("quotes", trade.customer(), line(1, 10)))
        run("quotes", "accept", quote, date="2025-01-10")
        order = to("quotes", "order", quote, date="2025-01-09")
    assert (of("quotes", quote).date, of("orders", order).date) == (date(2025, 1, 5), date(2025, 1, 9))
