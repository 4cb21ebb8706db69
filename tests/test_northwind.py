"""A whole foreign company comes in through the services, accents and odd rows and all, and nothing is lost on the way."""

from decimal import Decimal

import pytest

from crm_app.core.query import Filter, Query
from crm_app.services import records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, northwind
from tests.support.northwind import table

pytestmark = northwind.needed


@pytest.fixture
def company(database, tmp_path):
    with crm.using(database, tmp_path):
        crm.founded()
        northwind.products(northwind.partners()["Suppliers"])
        yield


def found(resource: str, text: str = "", **filters: object):
    query = Query(text=text, filters=tuple(Filter(name, "eq", str(value)) for name, value in filters.items()), size=200)
    with Work(SYSTEM) as work:
        that = records.resource_of(resource)
        page = records.page(work, that, query, columns=tuple(that.fields))
        assert page.total == len(page.items)
        return [records.one(work, that, item.id) for item in page.items]


def one(resource: str, text: str):
    (item,) = found(resource, text)
    return item


def test_nothing_is_lost(company):
    assert (
        len(found("accounts", roles="customer")),
        len(found("accounts", roles="supplier")),
        len(found("products")),
    ) == (93, 29, 77)
    assert sum((item.values["price"] for item in found("products")), Decimal(0)) == Decimal("2222.71")
    assert len([item for item in found("products") if not item.values["active"]]) == 8
    people = [
        row["ContactName"].strip() for name in ("Customers", "Suppliers") for row in table(name) if row["ContactName"]
    ]
    assert sorted(item.values["name"] for item in found("contacts")) == sorted(people)
    names = {row["CompanyName"] for name in ("Customers", "Suppliers") for row in table(name)}
    assert {item.values["name"] for item in found("accounts")} == names


def test_accents_stay_and_are_found_without_them(company):
    assert one("accounts", "specialites monde").values["name"] == "Spécialités du monde"
    assert one("accounts", "forets d'erables").values["city"] == "Ste-Hyacinthe"
    assert one("products", "rossle").values["name"] == "Rössle Sauerkraut"
    assert one("contacts", "guylene").lines["accounts"][0].labels["account"] == "Aux joyeux ecclésiastiques"


def test_odd_rows_come_as_they_are(company):
    odd = found("accounts", "it", roles="customer")
    assert [(item.values["country"], item.values["phone"]) for item in odd if item.values["name"] == "IT"] == [
        (None, None)
    ] * 2
    assert {item.labels["account"] for person in found("contacts", "val") for item in person.lines["accounts"]} >= {
        "IT"
    }
    assert one("accounts", "mayumi").values["street"] == "92 Setsuko, Chuo-ku"
    assert one("accounts", "berglunds").values["country"] == "SE"


def test_what_belongs_together_is_linked(company):
    blaye = one("products", "blaye")
    assert (blaye.values["price"], blaye.labels["category"], blaye.values["unit"]) == (
        Decimal("263.5"),
        "Beverages",
        "12 - 75 cl bottles",
    )
    assert [(line.labels["supplier"], line.values["code"]) for line in blaye.lines["supplier_codes"]] == [
        ("Aux joyeux ecclésiastiques", "38")
    ]
    alfreds = one("accounts", "alfreds").lines
    assert [(line.labels["contact"], line.values["title"], line.values["first"]) for line in alfreds["contacts"]] == [
        ("Maria Anders", "Sales Representative", True)
    ]
    assert [line.values["number"] for line in alfreds["phones"]] == ["030-0076545"]
