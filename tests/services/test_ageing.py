"""Ageing by customer, salesperson and zone: every sum is that of what it opens, and nobody is told a part as the whole."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from crm_app.core import clock
from crm_app.core.errors import Invalid, NotAllowed
from crm_app.models.payments import Payment
from crm_app.services import ageing, unsettled
from crm_app.services import trade as dates
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.ageing import Asked, aged_row, read_ageing
from tests.support import crm, kernel, sheets, trade
from tests.support.trade import line, run, to

D = Decimal


@pytest.fixture(scope="module")
def north(trading):
    """Ana has two customers, one in the zone and one below it; Bea one in no zone; one is nobody's and in no zone."""
    ana, bea = (kernel.user_with({}).user for _ in range(2))
    zone = trade.make("zones", name="Norte de prueba")
    below = trade.make("zones", name="Ñuñoa de prueba", parent=zone)
    made = SimpleNamespace(ana=ana, bea=bea, zone=zone, below=below)
    for name, price, owner, where in (
        ("Uno Norte", 100, ana, zone),
        ("Dos Norte", 200, ana, below),
        ("Tres Norte", 300, bea, None),
        ("Cuatro Norte", 400, None, None),
    ):
        account = trade.customer(name=name, owner=owner, zone=where)
        trade.invoice(account, line(1, price), payment_days=0)
        setattr(made, name.split()[0].lower(), account)
    dollars = trade.make("exchange-rates", currency="USD", day=clock.today("Europe/Madrid").isoformat(), rate="0.5")
    assert dollars
    trade.invoice(made.uno, line(1, 50), currency="USD", payment_days=0)
    run("payments", "post", trade.make("payments", account=made.tres, amount="63"))
    return made


def aged(which=ageing.ALL, group="customer", who=SYSTEM, day=None, accounts=None):
    with Work(who) as work:
        at = day or dates.today(work)
        return ageing.grouped(ageing.ageing(work, at, which, accounts), group)


def test_of_a_salesperson_and_of_a_zone_with_all_below_it_or_only_itself(north):
    def names(**asked):
        return [row.name for row in aged(ageing.Which(**asked)) if row.name.endswith("Norte")]

    assert names(salesperson=str(north.ana)) == ["Dos Norte", "Uno Norte", "Uno Norte"]
    assert names(salesperson=str(north.bea), zone="none") == ["Tres Norte"]
    assert names(salesperson="none") == ["Cuatro Norte"]
    assert names(zone=str(north.zone)) == ["Dos Norte", "Uno Norte", "Uno Norte"]
    assert names(zone=str(north.zone), itself=True) == ["Uno Norte", "Uno Norte"]
    assert names(zone=str(north.below), salesperson=str(north.ana)) == ["Dos Norte"]
    assert names(zone=str(north.zone), salesperson=str(north.bea)) == []
    with pytest.raises(Invalid) as refused:
        aged(ageing.Which(salesperson="x; DROP", zone="-"))
    assert set(refused.value.fields) == {"salesperson", "zone"}
    with pytest.raises(Invalid):
        aged(group="colour")


@pytest.mark.parametrize("group", ["salesperson", "zone"])
def test_each_sum_is_that_of_the_customers_that_it_opens(north, group):
    whole = sum((row.total for row in aged() if row.currency == "EUR"), D(0))
    sums = aged(group=group)
    assert sum((row.total for row in sums if row.currency == "EUR"), D(0)) == whole
    for row in sums:
        tag = getattr(row, group)
        which = ageing.Which(**{group: str(tag[0]) if tag else "none"}, itself=bool(tag))
        there = [one for one in aged(which) if one.currency == row.currency]
        assert (row.total, row.credit) == (
            sum((one.total for one in there), D(0)),
            sum((one.credit for one in there), D(0)),
        )
    assert [getattr(row, group) for row in sums if row.currency == "EUR"][-1] is None, "those of none stand last"
    mine = {(getattr(row, group), row.currency): row.total for row in sums}
    if group == "salesperson":
        (ana,) = {key for key, _ in mine if key and key[0] == north.ana}
        assert (mine[ana, "EUR"], mine[ana, "USD"]) == (D(363), D("60.5"))
    else:
        assert mine[(north.zone, "Norte de prueba"), "EUR"] == D(121)
        assert mine[(north.below, "Ñuñoa de prueba"), "EUR"] == D(242)


def test_programs_and_workbooks_ask_for_the_same(north, trading):
    program = crm.client(trading)
    found = program.get(f"/api/v1/ageing?salesperson={north.ana}&zone={north.below}").json()
    (row,) = found["items"]
    assert (row["account"], row["salesperson"], row["zone"], row["total"]) == (north.dos, north.ana, north.below, "242")
    assert (found["group"], found["partial"]) == ("customer", False)
    found = program.get(f"/api/v1/ageing?zone={north.zone}&group=zone").json()
    assert [(row["zone"], row["currency"], row["total"]) for row in found["items"]] == [
        (north.zone, "EUR", "121"),
        (north.zone, "USD", "60.5"),
        (north.below, "EUR", "242"),
    ]
    assert "account" not in found["items"][0]
    for address, fields in (
        ("salesperson=x", {"salesperson"}),
        ("zone=9e9", {"zone"}),
        ("itself=perhaps", {"itself"}),
        ("group=colour", {"group"}),
    ):
        answer = program.get(f"/api/v1/ageing?{address}")
        assert (answer.status_code, set(answer.json()["fields"])) == (422, fields), address
        assert program.get(f"/api/v1/ageing.xlsx?{address}").status_code == 422
    rows = sheets.rows_of(program.get(f"/api/v1/ageing.xlsx?salesperson={north.ana}").content)
    assert rows[0][:4] == ["Customer", "Salesperson", "Zone", "Currency"]
    assert [(row[0], row[2], row[3], row[-1]) for row in rows[1:]] == [
        ("Dos Norte", "Ñuñoa de prueba", "EUR", 242),
        ("Uno Norte", "Norte de prueba", "EUR", 121),
        ("Uno Norte", "Norte de prueba", "USD", D("60.5")),
    ]
    rows = sheets.rows_of(program.get(f"/api/v1/ageing.xlsx?zone={north.zone}&group=zone").content)
    assert (rows[0][:2], [(row[0], row[1], row[-1]) for row in rows[1:]]) == (
        ["Zone", "Currency"],
        [("Norte de prueba", "EUR", 121), ("Norte de prueba", "USD", D("60.5")), ("Ñuñoa de prueba", "EUR", 242)],
    )


def test_programs_and_workbooks_take_the_words_of_the_names(north, trading):
    program = crm.client(trading)
    found = program.get("/api/v1/ageing?q=UNO%20nor").json()["items"]
    assert [(row["name"], row["currency"]) for row in found] == [("Uno Norte", "EUR"), ("Uno Norte", "USD")]
    rows = sheets.rows_of(program.get("/api/v1/ageing.xlsx?q=nunoa&group=zone").content)
    assert [(row[0], row[-1]) for row in rows[1:]] == [("Ñuñoa de prueba", 242)]
    rows = sheets.rows_of(program.get("/api/v1/ageing.xlsx?q=without&group=zone").content)
    assert [row[1] for row in rows[1:]] == ["EUR"], "as the page calls those of no zone"
    assert len(sheets.rows_of(program.get("/api/v1/ageing.xlsx?q=nobody%20at%20all").content)) == 1


def test_the_page_opens_the_customers_of_a_sum_and_the_open_items_of_a_customer(north, trading):
    actor = kernel.actor(trading)
    day = clock.today("Europe/Madrid")

    def addresses(**asked):
        found = read_ageing(actor, Asked(**asked))
        return {row.name: row.address for row in rows_in_words(actor, found, Asked(**asked))}, found.names

    zone = ageing.Which(zone=str(north.zone))
    rows, names = addresses(which=zone, group="zone", day=day)
    assert rows["Norte de prueba"] == f"/ageing?date={day}&zone={north.zone}&itself=1"
    assert names == {"salesperson": "", "zone": "Norte de prueba"}
    rows, _ = addresses(which=zone, group="salesperson")
    assert list(rows.values()) == [f"/ageing?salesperson={north.ana}&zone={north.zone}"]
    rows, _ = addresses(which=ageing.Which(salesperson="none"), text="norte")
    assert rows == {"Cuatro Norte": f"/accounts/{north.cuatro}/statement?show=open"}
    nowhere = actor.speech.say("Without a zone")
    rows, _ = addresses(group="zone", text=nowhere.upper())
    assert rows == {nowhere: "/ageing?zone=none"}


def rows_in_words(actor, found, asked):
    return [aged_row(actor.speech, row, asked) for row in found.page.rows]


@pytest.mark.parametrize("scope", ["own", "team"])
def test_a_salesperson_sees_their_customers_of_whom_nothing_open_is_hidden(trading, scope):
    team = kernel.team()
    me = kernel.user_with({f"{name}.read": scope for name in ("accounts", "invoices", "payments")}, team=team)
    mate, stranger = kernel.user_with({}, team=team).user, kernel.user_with({}).user
    mine, shared, dark = (trade.customer(owner=me.user) for _ in range(3))
    others = trade.customer(owner=stranger)
    trade.invoice(mine, line(1, 100), owner=me.user)
    settled = trade.invoice(mine, line(1, 30), owner=stranger)
    to("invoices", "pay", settled)  # by the office: it hides nothing that is open
    trade.invoice(shared, line(1, 10), owner=me.user)
    trade.invoice(shared, line(1, 10), owner=mate)
    trade.invoice(dark, line(1, 10), owner=me.user)
    run("payments", "post", trade.make("payments", account=dark, amount="5", owner=stranger))
    trade.invoice(others, line(1, 10), owner=me.user)

    def seen(day=None):
        return {row.account: row.total for row in aged(who=me, day=day)}

    assert seen() == {mine: D(121)} | ({shared: D("24.20")} if scope == "team" else {})
    assert sum((row.total for row in aged(group="zone", who=me)), D(0)) == sum(seen().values(), D(0))
    run("payments", "allocate", payment_of(dark))
    assert seen()[dark] == D("7.10"), "what the hidden money has settled is told by the invoice"
    with Work(me) as work:
        (part,) = unsettled.open_items(work, mine, dates.today(work))
        assert part.total == D(121)
        if scope == "own":
            with pytest.raises(NotAllowed) as refused:
                unsettled.open_items(work, shared, dates.today(work))
            assert refused.value.permission == "invoices.read"
    program = crm.client(me.user)
    told = program.get("/api/v1/ageing").json()
    assert (told["partial"], {row["account"] for row in told["items"]}) == (True, set(seen()))
    assert program.get("/api/v1/ageing.xlsx").status_code == 200


def payment_of(account):
    """The payment of that account."""
    (key,) = [row[0] for row in trade.columns(Payment, "id", "account") if row[1] == account]
    return key


def test_who_sees_what_is_as_of_the_day_and_the_past_stays_as_it_was(trading):
    me = kernel.user_with({f"{name}.read": "own" for name in ("accounts", "invoices", "payments")})
    account = trade.customer(owner=me.user)
    invoice = trade.invoice(account, line(1, 100), owner=me.user)
    day = clock.today("Europe/Madrid")
    with clock.frozen(clock.now() + timedelta(days=3)):
        to("invoices", "pay", invoice)
        assert aged(who=me) == []
        assert [row.total for row in aged(who=me, day=day)] == [D(121)]


LEFT_OUT = "Customers of whom you may not read everything that is open are left out."


@pytest.mark.parametrize("name", ["ageing", "held"])
def test_a_workbook_that_may_leave_customers_out_says_so_in_its_last_row(north, trading, name):
    permissions = ("invoices.read", "payments.read", "orders.read", "deliveries.read", "accounts.read")
    some = kernel.user_with(dict.fromkeys(permissions, "own"))
    told = [row[0] for row in sheets.rows_of(crm.client(some.user).get(f"/api/v1/{name}.xlsx").content)]
    every = [row[0] for row in sheets.rows_of(crm.client(trading).get(f"/api/v1/{name}.xlsx").content)]
    assert (told[-1], LEFT_OUT in every) == (kernel.actor(some.user).speech.say(LEFT_OUT), False)
