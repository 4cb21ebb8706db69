"""What lies where: moves by hand, warehouses that are given up, and what is told of a product."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_app.core import clock
from crm_app.core.i18n import Speech
from crm_app.services import records, related
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state import heads
from tests.support import crm, kernel, trade
from tests.support.trade import line, of, run, to

pytestmark = pytest.mark.usefixtures("trading")
D = Decimal


def warehouse(name, **values):
    return trade.make("warehouses", name=name, **values)


def moved(product, place, quantity, **values):
    return trade.make("stock-moves", product=product, warehouse=place, quantity=str(quantity), **values)


def test_nothing_is_moved_before_its_day_nor_taken_from_where_nothing_may_be_owed():
    goods, strict, easy = trade.product(stocked=True), warehouse("Strict", backorder=False), warehouse("Easy")
    moved(goods, strict, 5)
    moved(goods, strict, "-4.5")
    tomorrow = str(clock.today("Europe/Madrid") + timedelta(days=1))
    assert trade.faults(lambda: moved(goods, easy, 1, day=tomorrow)) == {"day": "This day is still to come."}
    assert list(trade.faults(lambda: moved(goods, strict, "-0.6"))) == ["quantity"]
    moved(goods, easy, "-0.6")
    moved(goods, strict, "-0.5")
    assert list(trade.faults(lambda: moved(goods, strict, "-0.000001"))) == ["quantity"]


def test_goods_leave_no_warehouse_that_was_given_up_and_no_number_is_spent():
    goods, place = trade.product(stocked=True), warehouse("Given up")
    moved(goods, place, 5)
    account = trade.customer()
    note, second = (trade.document("deliveries", account, line(2, 1, goods), warehouse=place) for _ in range(2))
    run("deliveries", "issue", note)
    run("warehouses", "change", place, active=False)
    assert trade.faults(lambda: run("deliveries", "issue", second)) == {"warehouse": "This warehouse is not active."}
    assert (of("deliveries", second).status, of("deliveries", second).number) == ("draft", None)
    run("deliveries", "issue", to("deliveries", "return", note))
    run("warehouses", "change", place, active=True)
    run("deliveries", "issue", second)
    numbers = [of("deliveries", key).number for key in (note, second)]
    assert int(numbers[1][-5:]) == int(numbers[0][-5:]) + 2, "the note, its return, the second note"


def test_a_product_tells_programs_and_its_page_what_lies_where(trading):
    goods, one, other = trade.product(stocked=True, unit="kg"), warehouse("One"), warehouse("Other")
    account = trade.customer()
    moved(goods, one, "5.5")
    moved(goods, other, -1)
    order = trade.order(account, line("1234.5", 1, goods))
    note = to("orders", "deliver", order, lines=trade.picked("orders", order, 2))
    run("deliveries", "change", note, warehouse=one)
    run("deliveries", "issue", note)
    program = crm.client(trading)
    told = program.get(f"/api/v1/products/{goods}/stock").json()
    rows = {row["name"]: row["on_hand"] for row in told.pop("warehouses")}
    assert told == {"on_hand": "2.5", "reserved": "1232.5", "available": "-1230"}
    assert (rows["One"], rows["Other"]) == ("3.5", "-1")
    assert shown(goods, "es") == [
        ("En almacén", "2,5 kg", "One: 3,5 · Other: −1", False),
        ("Reservado", "1.232,5 kg", "", False),
        ("Disponible", "−1.230 kg", "", True),
    ]
    boxed = trade.product(stocked=True, unit="caja")
    moved(boxed, one, 12)
    assert [shown(boxed, language)[0][1] for language in ("es", "en")] == ["12 cajas", "12 boxes"]
    service = trade.product()
    assert program.get(f"/api/v1/products/{service}/stock").json() == {
        "on_hand": None, "reserved": None, "available": None, "warehouses": [],
    }  # fmt: skip
    assert shown(service, "es") == []
    seller = crm.client(kernel.user_with({"products.read": "all"}).user)
    assert seller.get(f"/api/v1/products/{goods}/stock").status_code == 403
    assert program.get("/api/v1/products/999999/stock").status_code == 404


def shown(product, language):
    """The figures at the head of a product."""
    resource = records.resource_of("products")
    with Work(SYSTEM) as work:
        found = heads.figures.of_record(work, resource, records.one(work, resource, product))
    rows = [heads.figure_row(one, Speech(language)) for one in found]
    return [(row.label, row.text, row.more, row.late) for row in rows]


def test_the_moves_beside_a_product_tell_their_day_how_much_why_and_for_what():
    goods, place, account = trade.product(stocked=True), warehouse("Beside"), trade.customer()
    moved(goods, place, "12.5", reason="opening", text="Counted", day="2026-05-01")
    note = trade.document("deliveries", account, line(2, 1, goods), warehouse=place)
    run("deliveries", "issue", note)
    with Work(SYSTEM) as work:
        resource = records.resource_of("products")
        groups = related.of_record(work, resource, records.one(work, resource, goods))
    (moves,) = (group for group in groups if group.name == "stock-moves.product")
    day = Speech("es", "ES").day(of("deliveries", note).date)
    assert [link.more for link in moves.links] == [
        f"{day} · Cantidad: −2 · Motivo: Entrega · Observación: {of('deliveries', note).number}",
        "1 may 2026 · Cantidad: 12,5 · Motivo: Existencias iniciales · Observación: Counted",
    ]
