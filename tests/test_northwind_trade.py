"""The trade of a whole foreign company: every order of it comes in, becomes an invoice with one click, and adds up as in its own file.

Northwind keeps unit price x quantity x (1 - discount) and never rounds: its 830 orders come to 1,265,793.0395, shown as 1,265,793.04.
Here an amount on paper has the decimals of its currency, so each line is rounded to the cent, half away from zero, and everything
above it is a sum of lines. 81 of the 2,155 lines have a part of a cent, which makes 1,265,793.29 of the whole: 0.2505 more.
(Rounded once per order it would be 1,265,793.22; but then the lines on the paper would not add up to its net.)
The expected figures below come from SQL over the file, in whole numbers: a ten-thousandth of a dollar is 1.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from crm_app.core.money import round_money
from crm_app.models.invoices import Invoice, InvoiceLine
from crm_app.models.orders import SalesOrder
from crm_app.models.products import Category, Product
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from tests.support import crm, databases, northwind, trade

pytestmark = northwind.needed
D = Decimal

EXACT = "CAST(ROUND(d.UnitPrice * 100) AS INTEGER) * d.Quantity * (100 - CAST(ROUND(d.Discount * 100) AS INTEGER))"
CENTS = f"({EXACT} + 50) / 100"
LINES = '"Order Details" d JOIN Orders o USING (OrderID) JOIN Products p USING (ProductID) JOIN Categories c USING (CategoryID)'


def amounts(key: str, amount: str = CENTS, unit: int = 100) -> dict[object, Decimal]:
    """The sum of the lines in the file, by that column."""
    found = northwind.rows(f"SELECT {key} AS key, SUM({amount}) AS amount FROM {LINES} GROUP BY 1")  # noqa: S608 - our own words
    return {row["key"]: D(row["amount"]) / unit for row in found}


def order_of(row: dict, lines: list[dict], customers: dict, products: dict) -> dict:
    """An order as the services take it."""
    return {
        "account": customers[row["CustomerID"]], "date": row["OrderDate"][:10], "reference": str(row["OrderID"]),
        "lines": [
            trade.line(line["Quantity"], line["UnitPrice"], products[line["ProductID"]], discount=f"{line['Discount'] * 100:.0f}")
            for line in lines
        ],
    }  # fmt: skip


def take_in() -> list[tuple[int, str]]:
    """The orders of the file, the oldest first, as drafts: (id, date)."""
    keys = northwind.partners()
    products = northwind.products(keys["Suppliers"], all_sold=True)
    heads = northwind.rows("SELECT * FROM Orders ORDER BY OrderDate, OrderID")
    lines: dict[int, list[dict]] = {row["OrderID"]: [] for row in heads}
    for row in northwind.table("Order Details"):
        lines[row["OrderID"]].append(row)
    ids = northwind.create(
        "orders", [order_of(row, lines[row["OrderID"]], keys["Customers"], products) for row in heads]
    )
    return [(key, row["OrderDate"][:10]) for key, row in zip(ids, heads, strict=True)]


@pytest.fixture(scope="module")
def invoiced(sqlite_template, tmp_path_factory):
    """Every order confirmed, and invoiced on its own day with one click: the ids of the orders, the oldest first."""
    folder = tmp_path_factory.mktemp("northwind")
    with databases.sqlite_copy(sqlite_template, folder) as url, crm.using(url, folder):
        trade.found("US", "USD")
        orders = take_in()
        for key, day in orders:
            trade.run("orders", "confirm", key)
            trade.to("orders", "invoice", key, date=day, issue=True)
        yield [key for key, _ in orders]


def test_every_line_and_every_order_and_every_invoice_comes_to_what_the_file_says(invoiced):
    by_order = {str(key): amount for key, amount in amounts("o.OrderID").items()}
    assert len(by_order) == 830
    for table in (SalesOrder, Invoice):
        found = trade.columns(table, "reference", "net", "total", "currency")
        assert found == [(key, by_order[key], by_order[key], "USD") for key, *_ in found]
        assert sorted(row[0] for row in found) == sorted(by_order)
    code, reference = column_of(Product, "code"), column_of(Invoice, "reference")
    by_line = amounts("o.OrderID || '/' || printf('NW-%03d', p.ProductID)")
    assert revenue(reference + "/" + code) == by_line
    assert len(by_line) == 2155


def test_every_invoice_is_issued_on_its_day_with_the_next_number_of_its_year(invoiced):
    days = northwind.rows("SELECT OrderDate FROM Orders ORDER BY OrderDate, OrderID")
    expected, years = [], {"1996": 0, "1997": 0, "1998": 0}
    for day in (row["OrderDate"][:10] for row in days):
        years[day[:4]] += 1
        expected.append(("issued", date.fromisoformat(day), f"F-{day[:4]}-{years[day[:4]]:06}"))
    assert trade.columns(Invoice, "status", "date", "number") == expected
    assert years == {"1996": 152, "1997": 408, "1998": 270}
    assert set(trade.columns(SalesOrder, "status", "invoiced")) == {("confirmed", "all")}


def test_the_whole_differs_from_the_file_by_the_parts_of_a_cent_of_81_lines(invoiced):
    (exact,) = amounts("1", EXACT, 10_000).values()
    assert (exact, round(exact, 2)) == (D("1265793.0395"), D("1265793.04"))
    torn = f"SELECT COUNT(*) AS lines, SUM({CENTS} * 100 - {EXACT}) AS more FROM {LINES} WHERE {EXACT} % 100"  # noqa: S608 - our own words
    assert northwind.rows(torn) == [{"lines": 81, "more": 2505}]
    whole = sum((net for (net,) in trade.columns(InvoiceLine, "net")), D(0))
    assert whole == sum((net for (net,) in trade.columns(Invoice, "net")), D(0)) == D("1265793.29")
    assert whole - exact == D("0.2505")
    assert sum(round_money(amount, "USD") for amount in amounts("o.OrderID", EXACT, 10_000).values()) == D("1265793.22")


def test_revenue_by_category_and_by_year_is_that_of_the_file(invoiced):
    assert revenue(column_of(Category, "name")) == amounts("c.CategoryName")
    assert len(amounts("c.CategoryName")) == 8
    years = revenue(sa.func.strftime("%Y", column_of(Invoice, "date")))
    assert years == amounts("strftime('%Y', o.OrderDate)")
    exact = amounts("strftime('%Y', o.OrderDate)", EXACT, 10_000)
    assert {year: amount - exact[year] for year, amount in years.items()} == {
        "1996": D("0.02"), "1997": D("0.1465"), "1998": D("0.084"),
    }  # fmt: skip


def revenue(by: Any) -> dict[object, Decimal]:
    """The nets of the lines of issued invoices, by that column."""
    net = column_of(InvoiceLine, "net")
    statement = (
        sa.select(by, sa.type_coerce(sa.func.sum(net), net.type))
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoiceLine, "invoice"))
        .join(Product, column_of(Product, "id") == column_of(InvoiceLine, "product"))
        .join(Category, column_of(Category, "id") == column_of(Product, "category"))
        .where(column_of(Invoice, "status") == "issued")
        .group_by(by)
    )
    with Work(SYSTEM) as work:
        return {row[0]: row[1] for row in work.session.execute(statement)}


def test_the_books_agree_and_a_second_click_makes_nothing(invoiced):
    assert trade.to("orders", "invoice", invoiced[0], issue=True) == trade.columns(Invoice, "id")[0][0]
    assert trade.count("invoices") == 830
    assert trade.disagreements() == []
