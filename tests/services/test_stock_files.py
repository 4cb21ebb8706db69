"""Stock from a file: what was counted is told beforehand, becomes moves whole or not at all, and is taken back by one undo."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_app import cli
from crm_app.core import clock
from crm_app.core.errors import NotAllowed
from crm_app.models.stock import StockMove
from crm_app.services import actions, stock, stock_files
from crm_app.services.actors import SYSTEM
from crm_app.services.stock_files import File
from crm_app.services.work import Work
from tests.support import crm, kernel, trade

pytestmark = pytest.mark.usefixtures("trading")
D = Decimal


def goods(code, **values):
    return trade.product(code=code, **{"stocked": True, **values})


def warehouse(name, **values):
    return trade.make("warehouses", name=name, **values)


def moves():
    return trade.columns(StockMove, "product", "warehouse", "quantity", "day", "reason", "text")


def on_hand(product):
    with Work(SYSTEM) as work:
        return {place.name: place.on_hand for place in stock.places(work, product) if place.on_hand}


def take(text, name="stock.csv", **more):
    return stock_files.import_file(SYSTEM, File(name, text.encode(), **more))


def refused(text, **more):
    told = stock_files.rehearse(SYSTEM, File("x.csv", text.encode(), **more))
    return [(one.line, one.why.text.format(**one.why.args)) for one in told.refused]


def test_what_a_file_counts_becomes_opening_stock_then_corrections_and_nothing_where_it_is_right():
    bolt, nut = goods("F-BOLT"), goods("F-NUT", barcode="841001002003")
    warehouse("Norte"), warehouse("Sur")
    text = (
        'Código;Almacén;Cantidad;Fecha;Nota\nf-bolt;norte;1.250,5;31/01/2026;"fila\n 3"\n841001002003;Sur;12;;\n;;;;\n'
    )
    before = moves()
    told = stock_files.rehearse(SYSTEM, File("a.csv", text.encode()))
    assert (told.new, told.same, told.wrong, told.warehouses, told.first) == (
        2,
        0,
        0,
        ("Norte", "Sur"),
        date(2026, 1, 31),
    )
    assert moves() == before
    done = take(text)
    today = clock.today("Europe/Madrid")
    assert [row[2:] for row in moves()[len(before) :]] == [
        (D("1250.5"), date(2026, 1, 31), "opening", "fila 3"), (D(12), today, "opening", "stock.csv"),
    ]  # fmt: skip
    assert (on_hand(bolt), on_hand(nut)) == ({"Norte": D("1250.5")}, {"Sur": D(12)})
    again = take(text)
    assert (again.new, again.same) == (0, 2)
    take("F-BOLT\tNorte\t1000\nF-NUT\tNorte\t3", "Filas pegadas")
    assert [row[2:] for row in moves()[len(before) + 2 :]] == [
        (D("-250.5"), today, "adjustment", "Filas pegadas"), (D(3), today, "opening", "Filas pegadas"),
    ]  # fmt: skip
    assert on_hand(nut) == {"Norte": D(3), "Sur": D(12)}
    actions.undo(SYSTEM, done.change_set)
    assert on_hand(nut) == {"Norte": D(3)}


def test_a_count_of_an_earlier_day_leaves_what_moved_since_as_it_is():
    bolt, place = goods("E-BOLT"), warehouse("Earlier")
    day = clock.today("Europe/Madrid") - timedelta(days=10)
    trade.make("stock-moves", product=bolt, warehouse=place, quantity="7", day=str(day))
    trade.make("stock-moves", product=bolt, warehouse=place, quantity="-2", day=str(day + timedelta(days=3)))
    take("code,warehouse,quantity\nE-BOLT,Earlier,10\n", day=day)
    assert on_hand(bolt) == {"Earlier": D(8)}, "ten lay there, two went since"


def test_each_line_that_cannot_be_taken_says_why_and_then_none_is():
    goods("L-BOLT"), trade.product(code="L-WORK"), warehouse("Lines"), warehouse("Strict lines", backorder=False)
    nut = goods("L-NUT")
    day = clock.today("Europe/Madrid") - timedelta(days=5)
    take("code,warehouse,quantity\nL-NUT,Strict lines,5\n", day=day)
    take("code,warehouse,quantity\nL-NUT,Strict lines,1\n")
    text = (
        "code,warehouse,quantity,date\nL-BOLT,Lines,2\nL-BOLT,lines,3\nNONE,Lines,1\nL-WORK,Lines,1\nL-BOLT,Nowhere,1\n"
        "L-BOLT,,1\nL-BOLT,Strict lines,-1\nL-BOLT,Strict lines,\n,Lines,4\nL-BOLT\nL-BOLT,Strict lines,lots\n"
        f"L-BOLT,Strict lines,1,2999-01-01\nL-BOLT,Strict lines,1,soon\nL-NUT,Strict lines,1,{day}\n"
    )
    product = trade.of("products", nut).name
    found = dict(refused(text))
    assert found.pop(5).startswith("No stock is kept of Product ")
    assert found == {
        3: "Line 2 counts the same product in the same warehouse.",
        4: "No product has the code NONE.",
        6: "There is no warehouse Nowhere.",
        7: "Name the warehouse: there are several.",
        8: "Write 0 or more.",
        9: "It says no quantity. Write 0 where nothing is left.",
        10: "It names no product.",
        11: "This line has fewer cells than the first.",
        12: "Write a number such as 1234.56.",
        13: "This day is still to come.",
        14: "Write a date as year-month-day, such as 2026-11-23.",
        15: f"Only 1 of {product} are in this warehouse.",
    }
    before = moves()
    assert "line 4" in trade.faults(lambda: take(text))
    assert trade.faults(lambda: take("name;price\na;2\nb;3")) == {
        "file": "The first line must name the columns: code, warehouse, quantity."
    }
    assert trade.faults(lambda: take("code;quantity\n")) == {"file": "The file counts nothing."}
    assert moves() == before


def test_over_http_it_is_told_written_once_and_not_by_everybody(trading):
    bolt = goods("H-BOLT")
    warehouse("Over http")
    program, address = crm.client(trading), "/api/v1/stock-moves/import"
    text = b"code\twarehouse\tquantity\nH-BOLT\tOver http\t4.5\n"
    told = program.post(f"{address}?name=a.csv&rehearse=1&day=2026-02-01", content=text).json()
    assert (told["new"], told["warehouses"], told["from"], told["change_set"]) == (1, ["Over http"], "2026-02-01", None)
    answers = [program.post(address, content=text, headers={"Idempotency-Key": "s"}) for _ in range(2)]
    assert [(one.status_code, one.json()["new"]) for one in answers] == [(200, 1), (200, 1)]
    assert answers[0].json()["change_set"] == answers[1].json()["change_set"]
    assert on_hand(bolt) == {"Over http": D("4.5")}
    wrong = program.post(f"{address}?rehearse=1", content=b"code,quantity\nX-0,1").json()
    assert (wrong["refused"], wrong["lines"][0]["line"]) == (1, 2)
    assert program.post(address, content=b"code,quantity\nX-0,1").status_code == 422
    assert program.post(f"{address}?day=soon", content=text).json()["fields"].keys() == {"day"}
    assert program.post(address, content=b"x" * 10_000_001).status_code == 413
    assert crm.client().post(address, content=text).status_code == 401
    grants = {"stock-moves.read": "all", "products.read": "all", "warehouses.read": "all"}
    assert crm.client(kernel.user_with(grants).user).post(address, content=text).status_code == 403
    for call in (stock_files.rehearse, stock_files.import_file):
        with pytest.raises(NotAllowed):
            call(kernel.user_with({"stock-moves.create": "all", "products.read": "all"}), File("x.csv", text))
    actions.undo(SYSTEM, answers[0].json()["change_set"])
    assert on_hand(bolt) == {}


def test_the_command_counts_stock(tmp_path, capsys):
    bolt, path = goods("C-BOLT"), tmp_path / "stock.csv"
    warehouse("By command")
    path.write_text("code,warehouse,quantity\nC-BOLT,By command,9\n")
    assert cli.main(["stock", str(path), "--rehearse"]) == 0
    assert "1 moves, 0 right already, 0 refused." in capsys.readouterr().out
    assert on_hand(bolt) == {}
    assert cli.main(["stock", str(path), "--day", "2026-03-01", "--json"]) == 0
    assert '"new": 1' in capsys.readouterr().out
    assert on_hand(bolt) == {"By command": D(9)}
    path.write_text("code,quantity\nNONE,9\n")
    assert cli.main(["stock", str(path)]) == 1
    assert "line 2: No product has the code NONE." in capsys.readouterr().err
